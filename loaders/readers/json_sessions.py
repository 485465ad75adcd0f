"""JSON, or JavaScript that holds nothing else: a list of sessions, or an object with one somewhere inside."""

import json
from collections.abc import Generator, Iterator
from typing import Any

from loaders.json_objects.indico import arrange_indico
from loaders.json_objects.javascript import SUFFIXES, is_javascript, parse_javascript
from loaders.json_objects.lists import find_lists
from loaders.json_objects.objects import read_objects
from loaders.json_objects.openreview import read_venue
from loaders.json_objects.pages import missing_pages
from loaders.json_objects.people import arrange_people
from loaders.json_objects.pretalx import arrange_slots, missing_parts, missing_titles
from loaders.json_objects.references import find_references, meaning_of_file
from loaders.json_objects.shapes import Simplifier
from loaders.json_objects.sittings import split_sittings
from loaders.json_objects.values import no_sessions, parse
from loaders.records.record import Diagnostic, Options, Record
from loaders.sites.assemble import assemble_file
from loaders.sources.source_file import SourceFile
from service.errors import InputError

NAME = "json"
_MAX_KEY = 60  # characters of a key in a location


def matches(source: SourceFile, options: Options) -> bool:
    """Whether the file starts as one JSON value, not as one on each line, or gives one to a name."""
    start = source.head_text
    if start.startswith("["):
        return not _is_prose(start)
    if not start.startswith("{"):
        return is_javascript(start) and (source.is_named or _is_data(source))
    first, _, rest = start.partition("\n")
    return not (_is_object(first) and rest.strip())


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each object of the lists of sessions; locations are item numbers or keys."""
    simplifier = Simplifier(options)
    published = _parse(source)
    value = simplifier.simplify(published)
    if joined := assemble_file(value, source.name):
        yield from joined.diagnostics
        items: list[tuple[str, Any]] = [*joined.sessions]
    else:
        items = yield from _from_lists(arrange_slots(arrange_indico(value)), source, options)
    if not items:
        return
    if missing := missing_pages(published, source):
        # A bad row: what may be on another page is not removed.
        yield Diagnostic(source.name, missing)
    unclear = filter(None, [missing_parts([item for _, item in items])])
    for note in (*simplifier.notes, *unclear):
        yield Diagnostic(source.name, note, skipped=False)
    yield from read_objects(iter(items), [item for _, item in items], options)


def _from_lists(
    value: Any, source: SourceFile, options: Options
) -> Generator[Diagnostic, None, list[tuple[str, Any]]]:
    """Return the objects of the lists of sessions with their locations; yield what is to be said of others."""
    stem = source.path.rpartition("/")[2].partition(".")[0]
    value = arrange_people(value, stem)
    lists = find_lists(value, options, stem)
    if not lists.parts:
        yield _no_lists(value, source)
        return []
    found = [
        (f"{part.path}." if len(lists.parts) > 1 else "", key[:_MAX_KEY], item)
        for part in lists.parts
        for key, item in part.items
    ]
    references = find_references(source, lists.lists, [item for *_, item in found], options)
    items = [
        (f"{source.name}#{path}{key}", references.resolve(sitting))
        for path, key, item in found
        for sitting in split_sittings(read_venue(item))
    ]
    for name, size in lists.others.items():
        note = f"the list {name} is not read: {size} items, no sessions"
        yield Diagnostic(source.name, note, skipped=False)
    for note in (*lists.notes, *references.notes):
        yield Diagnostic(source.name, note, skipped=False)
    return items


def _no_lists(value: Any, source: SourceFile) -> Diagnostic:
    """Return the note on a file without sessions. Raises InputError if nothing else is named."""
    if len(source.siblings) > 1 and (meant := meaning_of_file(source.path)):
        note = f"a list of {meant}: sessions beside it name them by id"
        return Diagnostic(source.name, note, skipped=False)
    return no_sessions(
        source,
        missing_titles(value)
        or "holds no list of sessions with titles. Give a JSON list of objects "
        'with a title, or map the key: --map "Key=title"',
    )


def _parse(source: SourceFile) -> Any:
    return parse_javascript(source) if is_javascript(source.head_text) else parse(source)


def _is_data(source: SourceFile) -> bool:
    """Whether a file of a folder is a script of nothing but data; others are programs."""
    if not source.path.lower().endswith(SUFFIXES):
        return False
    try:
        return bool(parse_javascript(source))
    except InputError:
        return False


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_prose(start: str) -> bool:
    """Whether a bracket starts something other than a list of objects: "[draft] Title,Speaker"."""
    return start[1:].lstrip()[:1] not in ("{", "[", "]", '"', "") and not start[1:2].isdigit()
