"""JSON: a list of sessions, or an object with a list of sessions somewhere inside."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from loaders.readers.json_lists import find_lists
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.rows import to_record
from loaders.records.times import find_date_order
from loaders.records.values import as_text, excerpt
from loaders.sources.source_file import SourceFile
from loaders.tables.columns import field_of, map_columns, not_understood, zone_in
from service.errors import InputError

NAME = "json"
_CODE = re.compile(r"(?=\D*\d)[A-Z0-9-]{1,12}")  # of a speaker: S1, 3XK9QD


def matches(source: SourceFile) -> bool:
    """Whether the file starts as one JSON value that goes on beyond its first line or is a whole."""
    start = source.head_text
    if start.startswith("["):
        return not _is_prose(start)
    if not start.startswith("{"):
        return False
    first, _, rest = start.partition("\n")
    return not (_is_object(first) and rest.strip())


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each object of the list of sessions; locations are item numbers."""
    lists = find_lists(parse(source), options)
    if not lists.parts:
        yield no_sessions(
            source,
            "holds no list of sessions with titles. Give a JSON list of objects "
            'with a title, or map the key: --map "Key=title"',
        )
        return
    for name, size in lists.others.items():
        yield Diagnostic(
            source.name, f"the list {name} is not read: {size} items, no sessions", False
        )
    items = [
        (
            f"{source.name}#{f'{part.path}.' if len(lists.parts) > 1 else ''}{number}",
            _with_named(item, lists.named),
        )
        for part in lists.parts
        for number, item in enumerate(part.items, 1)
    ]
    yield from read_objects(iter(items), [item for _, item in items], options)


def no_sessions(source: SourceFile, problem: str) -> Diagnostic:
    """Return the note on a file without sessions among others.

    Raises InputError with the problem if the caller named the file.
    """
    if source.is_named:
        raise InputError(f"{source.name} {problem}")
    return Diagnostic(source.name, "a file without sessions", skipped=False)


def parse(source: SourceFile) -> Any:
    """Return the file's JSON value. Raises InputError that names line and column if it is damaged."""
    try:
        return json.loads(source.text())
    except json.JSONDecodeError as error:
        raise InputError(
            f"{source.name}:{error.lineno}:{error.colno}: not valid JSON ({error.msg}). Export it again."
        ) from error
    except RecursionError as error:
        raise InputError(
            f"{source.name} nests too deeply to be a programme. Export it again."
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"{source.name}: not valid JSON ({error}). Export it again.") from error


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a JSON list; none if it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def member(value: Any, *keys: str) -> Any:
    """Return what stands under the keys, one inside the other; None where there is no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def read_objects(
    objects: Iterator[tuple[str, Any]], sample: list[Any], options: Options
) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each (location, object); `sample` shows most of the keys that there are."""
    rows = [spread for item in sample if isinstance(spread := _spread(item), dict)]
    keys = _Keys(options)
    keys.learn(key for item in rows for key in item)
    dated = (*keys.columns.get("date", ()), *keys.columns.get("start", ()))
    dates = (str(item[key]) for item in rows for key in dated if isinstance(item.get(key), str))
    order = options.date_order or find_date_order(dates)
    zone, location, told = zone_in(keys.columns.get("start", ())), "", 0
    for position, (location, value) in enumerate(objects):
        item = _spread(value)
        if position == 0 and keys.unknown:
            yield Diagnostic(location, not_understood(keys.unknown, "keys"), False)
            told = len(keys.unknown)
        if not isinstance(item, dict):
            yield Diagnostic(location, "not a JSON object", row=excerpt(item))
            continue
        keys.learn(item)
        ids = [
            field for field in ("speakers", "track") if _drop_ids(item, keys.columns.get(field, ()))
        ]
        record = to_record(item, keys.columns, location)
        record.warnings += [f"{field}: ids without names are left out" for field in ids]
        record.date_order = order
        record.zone = record.zone or zone
        yield record
    if late := keys.unknown[told:]:
        yield Diagnostic(location, not_understood(late, "keys"), False)


def _spread(item: Any) -> Any:
    """An object with its times beside its other values: {"slot": {"room", "start"}}, {"date", "time", "tz"}."""
    if not isinstance(item, dict):
        return item
    spread: dict[str, Any] = {}
    for key, value in item.items():
        inner = (
            value[0] if key == "slots" and isinstance(value, list) and len(value) == 1 else value
        )
        if not isinstance(inner, dict):
            spread[key] = value or spread.get(key, value)
        elif key in ("slot", "slots"):
            spread |= {
                part: inner[part]
                for part in ("room", "start", "end")
                if inner.get(part) and not spread.get(part)
            }
        elif inner.get("date") and inner.get("time"):
            spread[key] = f"{as_text(inner['date'])} {as_text(inner['time'])}"
            if inner.get("tz"):
                spread.setdefault("timezone", inner["tz"])
        else:
            spread[key] = value
    return spread


def _with_named(item: Any, named: Mapping[str, Mapping[str, Any]]) -> Any:
    """An object with the speakers, track and room themselves where it gives their ids."""
    if not isinstance(item, dict) or not named:
        return item
    return {key: _named(value, named.get(field_of(key), {})) for key, value in item.items()}


def _named(value: Any, objects: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_named(item, objects) for item in value]
    return objects.get(as_text(value), value) if isinstance(value, (str, int)) else value


def _drop_ids(item: dict[str, Any], headers: Iterable[str]) -> bool:
    """Take out numbers, and codes in a list, where a name is meant; whether there were any."""
    found = False
    for header in headers:
        value = item.get(header)
        if isinstance(value, list):
            item[header] = [part for part in value if not _is_id(part)]
            found = found or len(item[header]) < len(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            del item[header]
            found = True
    return found


def _is_id(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and _CODE.fullmatch(value) is not None)


class _Keys:
    """The keys met so far, what they mean, and those that mean nothing."""

    def __init__(self, options: Options) -> None:
        self.columns: dict[str, list[str]] = {}
        self.unknown: list[str] = []
        self._options = options
        self._met: set[str] = set()

    def learn(self, keys: Iterable[str]) -> None:
        """Take in keys that were not met before."""
        new = [key for key in dict.fromkeys(keys) if key not in self._met]
        if not new:
            return
        self._met.update(new)
        known = (key for found in self.columns.values() for key in found)
        self.columns, unknown = map_columns(dict.fromkeys((*known, *new)), self._options)
        self.unknown += [key for key in unknown if key not in self.unknown]


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_prose(start: str) -> bool:
    """Whether a bracket starts something else than a list of objects: "[draft] Title,Speaker"."""
    return start[1:].lstrip()[:1] not in ("{", "[", "]", '"', "") and not start[1:2].isdigit()
