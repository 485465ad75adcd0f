"""JSON: a list of sessions, or an object with a list of sessions somewhere inside."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from loaders.record import Complaint, Options, Record
from loaders.rows import is_accepted, map_columns, to_record
from loaders.sources import SourceFile
from loaders.times import find_date_order
from service.errors import InputError

NAME = "json"


def matches(source: SourceFile) -> bool:
    """Whether the file starts as one JSON value that goes on beyond its first line or is a whole."""
    start = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        return True
    if not start.startswith(b"{"):
        return False
    first, _, rest = start.partition(b"\n")
    return not (_is_object(first) and rest.strip())


def read(source: SourceFile, options: Options) -> Iterator[Record | Complaint]:
    """Yield a Record for each object of the list of sessions; places are item numbers."""
    items = find_list(parse(source))
    if items is None:
        raise InputError(
            f"{source.name} holds no list of sessions with titles. Give a JSON list of objects "
            'with a title, or map the key: --map "Key=title"'
        )
    yield from read_objects(
        ((f"{source.name}#{number}", item) for number, item in enumerate(items, 1)),
        list(items),
        options,
    )


def parse(source: SourceFile) -> Any:
    """Return the file's JSON value. Raises InputError that names line and column if it is damaged."""
    try:
        return json.loads(source.text())
    except json.JSONDecodeError as error:
        raise InputError(
            f"{source.name}:{error.lineno}:{error.colno}: not valid JSON ({error.msg}). Export it again."
        ) from error
    except RecursionError as error:
        raise InputError(f"{source.name} nests too deeply to be a programme.") from error


def read_objects(
    objects: Iterator[tuple[str, Any]], sample: list[Any], options: Options
) -> Iterator[Record | Complaint]:
    """Yield a Record for each (place, object); `sample` shows which keys there are."""
    keys = dict.fromkeys(key for item in sample if isinstance(item, dict) for key in item)
    columns, unknown = map_columns(keys, options)
    dates = (str(item.get(key)) for item in sample if isinstance(item, dict)
             for key in (*columns.get("date", ()), *columns.get("start", ())))  # fmt: skip
    order = options.date_order or find_date_order(dates)
    for position, (place, item) in enumerate(objects):
        if position == 0 and unknown:
            yield Complaint(place, "keys not understood: " + ", ".join(unknown), False)
        if not isinstance(item, Mapping):
            yield Complaint(place, "not a JSON object", row=json.dumps(item)[:1000])
        elif not is_accepted(item, columns):
            yield Complaint(place, "not accepted", row=json.dumps(item))
        else:
            record = to_record(item, columns, place)
            record.date_order = order
            yield record


def find_list(value: Any, depth: int = 0) -> list[Any] | None:
    """Return the first list, outermost first, that holds objects with a key that means a title."""
    if isinstance(value, list):
        objects = [item for item in value[:50] if isinstance(item, dict)]
        keys = dict.fromkeys(key for item in objects for key in item)
        if "title" in map_columns(keys, Options())[0]:
            return value
    if depth > 4 or not isinstance(value, (dict, list)):
        return None
    inner = value.values() if isinstance(value, dict) else value[:50]
    return next(
        (found for item in inner if (found := find_list(item, depth + 1)) is not None), None
    )


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
