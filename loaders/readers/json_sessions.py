"""JSON: a list of sessions, or an object with a list of sessions somewhere inside."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from loaders.json_objects.lists import find_lists
from loaders.json_objects.objects import read_objects
from loaders.json_objects.values import no_sessions, parse
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.values import as_text
from loaders.sources.source_file import SourceFile
from loaders.tables.columns import field_of

NAME = "json"


def matches(source: SourceFile, options: Options) -> bool:
    """Whether the file starts as one JSON value, not as one on each line."""
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
            _resolve_ids(item, lists.referenced),
        )
        for part in lists.parts
        for number, item in enumerate(part.items, 1)
    ]
    yield from read_objects(iter(items), [item for _, item in items], options)


def _resolve_ids(item: Any, referenced: Mapping[str, Mapping[str, Any]]) -> Any:
    """Replace the ids of speakers, track and room by the objects that have these ids."""
    if not isinstance(item, dict) or not referenced:
        return item
    return {key: _resolve(value, referenced.get(field_of(key), {})) for key, value in item.items()}


def _resolve(value: Any, objects: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_resolve(item, objects) for item in value]
    return objects.get(as_text(value), value) if isinstance(value, (str, int)) else value


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_prose(start: str) -> bool:
    """Whether a bracket starts something other than a list of objects: "[draft] Title,Speaker"."""
    return start[1:].lstrip()[:1] not in ("{", "[", "]", '"', "") and not start[1:2].isdigit()
