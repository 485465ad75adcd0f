"""Speakers, tracks and rooms that sessions name by id, in the same file or in one beside it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loaders.json_objects.javascript import SUFFIXES, is_javascript, parse_javascript
from loaders.json_objects.keyed import Entries, entries_of
from loaders.json_objects.lists import is_reference
from loaders.json_objects.names import Path, meaning
from loaders.json_objects.shapes import Simplifier
from loaders.json_objects.values import parse
from loaders.records.record import Options
from loaders.records.speakers import speaker_names
from loaders.records.values import as_text
from loaders.sources.source_file import SourceFile
from loaders.tables.columns import field_of, header_key
from service.errors import InputError

_ID_KEYS = ("id", "code", "slug", "guid", "uuid", "uid", "key", "username")
_IDS = re.compile(r"(.+?) (?:ids?|codes?|slugs?|refs?|keys?|uids?)")
_MAX_SIBLINGS = 30
_MAX_TOLD = 5
_MAX_SIBLING_BYTES = 32 * 2**20


@dataclass(slots=True)
class References:
    """For each field, the objects that its ids stand for; `shared` are the ids that stand for several."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    shared: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, meant: str, items: Iterable[tuple[str, Any]], *, is_keyed: bool) -> None:
        """Add the objects of a list that is keyed, or whose objects have ids; an id of two stands for none."""
        known = self.objects.setdefault(meant, {})
        for key, item in items:
            if not isinstance(item, dict) or not item:
                continue
            ids = {as_text(item[name]) for name in _ID_KEYS if item.get(name)}
            for id in ids or ({key} if is_keyed else ()):
                other = known.setdefault(id, item)
                if _name(other, meant) != _name(item, meant):
                    names = self.shared.setdefault((meant, id), [_name(other, meant)])
                    names.append(_name(item, meant))
        known |= {id: {} for field, id in self.shared if field == meant}

    @property
    def notes(self) -> Iterator[str]:
        """What the report says of ids that stand for several."""
        for (meant, id), names in self.shared.items():
            listed = ", ".join(name[:40] for name in names[:_MAX_TOLD])
            yield f"several have the id of {meant} {id[:40]!r}, which stands for none of them: {listed}"

    def resolve(self, item: Any) -> Any:
        """Return a session with the objects that its ids stand for in their place."""
        if not isinstance(item, dict) or not self.objects:
            return item
        found: dict[str, Any] = {}
        for key, value in item.items():
            meant, name = _field_of_ids(key)
            known = self.objects.get(meant)
            resolved = _resolve(value, known) if known else value
            if name == key or not item.get(name):
                found[name if resolved != value else key] = resolved
        return found


def _name(item: dict[str, Any], meant: str) -> str:
    """Return what tells an object from others of its id: the name of a person, room or track."""
    return "; ".join(speaker_names([item])) if meant == "speakers" else as_text(item)


def _field_of_ids(key: str) -> tuple[str, str]:
    """Return the field that a key means, and its name without "ids": speakerIds are speakers."""
    if field := field_of(key):
        return field, key
    match = _IDS.fullmatch(header_key(key))
    if match is None:
        return "", key
    several = match[1] + "s"
    if match[1] == "tag":  # which is a day, in German
        return "tags", several
    field = field_of(match[1]) or field_of(several)
    return (field, match[1]) if field else ("", key)


def _resolve(value: Any, known: Mapping[str, Any]) -> Any:
    """Return what ids stand for; a value that is none stays as it is."""
    if isinstance(value, list):
        return [_resolve(item, known) for item in value]
    if isinstance(value, dict):
        if value and all(
            item is True for item in value.values()
        ):  # how Firebase keeps a set of ids
            return [_resolve(key, known) for key in value]
        ids = [item for key, item in value.items() if _is_id_key(key)]
        names = any(
            isinstance(item, str) for key, item in value.items() if field_of(key) == "speakers"
        )
        return known.get(as_text(ids[0]), value) if ids and not names else value
    return known.get(as_text(value), value) if isinstance(value, (str, int)) else value


def _is_id_key(key: str) -> bool:
    return key in _ID_KEYS or key.endswith(("_id", "Id"))


def find_references(
    source: SourceFile, lists: list[tuple[Path, Any]], sessions: list[Any], options: Options
) -> References:
    """Return what ids stand for in the file itself; where it does not say that, in the files beside it."""
    found = References()
    for path, parts in lists:
        for part in parts:
            found.add(meaning(path), part.items, is_keyed=part.is_keyed)
    if any(_names_ids(item, found) for item in sessions):
        for meant, value in _siblings(source, options):
            entries = _listed(value, meant)
            if entries and meant not in found.objects:
                found.add(meant, entries, is_keyed=entries.is_keyed)
    return found


def _names_ids(item: Any, found: References) -> bool:
    """Return whether a session names speakers, a track or a room of which this file does not tell the name."""
    if not isinstance(item, dict):
        return False
    return any(
        meant not in found.objects and is_reference((name,)) and _looks_like_ids(value)
        for key, value in item.items()
        for meant, name in [_field_of_ids(key)]
        if meant
    )


def _looks_like_ids(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(
        isinstance(item, (int, str)) and not isinstance(item, bool) and " " not in as_text(item)
        for item in values
    )


def _siblings(source: SourceFile, options: Options) -> Iterator[tuple[str, Any]]:
    """Yield what the JSON and JavaScript in the folder holds that is called speakers, tracks or rooms."""
    folder = source.path.rpartition("/")[0]
    files = [
        (meant, other)
        for path, other in source.siblings.items()
        if path.lower().endswith((".json", *SUFFIXES))
        and path.rpartition("/")[0] == folder
        and other.name != source.name
        and other.size <= _MAX_SIBLING_BYTES
        and (meant := meaning_of_file(path))
    ]
    for meant, file in files[:_MAX_SIBLINGS]:
        try:
            is_script = is_javascript(file.head_text)
            value = parse_javascript(file) if is_script else parse(file)
            yield meant, Simplifier(options).simplify(value)
        except InputError:
            continue  # reported when that file itself is read


def meaning_of_file(path: str) -> str:
    """Return the field that a file's name says its objects are ids of: "speakers" for people.js; else ""."""
    stem = header_key(path.rpartition("/")[2].rpartition(".")[0])
    names = [stem, *reversed(stem.split())]
    return next((meaning((name,)) for name in names if is_reference((name,))), "")


def _listed(value: Any, meant: str) -> Entries | None:
    """Return the objects of a file beside the sessions: of its only list, or of one called as the file is."""
    entries = entries_of(value, meant + "s")
    if entries is None and isinstance(value, dict):
        inner = [entries_of(item, key) for key, item in value.items()]
        entries = next((item for item in inner if item and len(item)), None)
    return entries
