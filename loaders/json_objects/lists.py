"""Finds the lists of sessions in a JSON value; objects keyed by id, day, time or room are lists too."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from loaders.json_objects.context import Context, context_of, with_context
from loaders.json_objects.keyed import Entries, entries_of
from loaders.json_objects.names import (
    EACH,
    Path,
    is_other_list,
    is_session_list,
    list_name,
    meaning,
)
from loaders.json_objects.names import key_field as field_of_key
from loaders.records.record import Options
from loaders.tables.columns import header_key, map_columns

_MAX_DEPTH = 12
_MAX_KINDS = 2_000
MAX_KEYS = 2_000
"""Keys that are looked at, of an object that is no list and of all sessions of a list."""
_MAX_TOLD = 5
_OF_PROGRAMS = {"dependencies", "devDependencies", "scripts", "lockfileVersion"}
_WEAK_FIELDS = {  # links and sponsors have them too
    "source_id", "url", "links", "slides", "recording", "tags", "event", "year", "zone", "state",
    "cancelled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One list of sessions: its path ("days.2.sessions"), and its items by their numbers, or by keys."""

    path: str
    items: list[tuple[str, Any]]
    is_keyed: bool = False


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of sessions in a value, and the paths and sizes of the other lists with titles or names.

    `lists` are all lists of objects, by the path to them, `notes` what is not certain.
    """

    parts: list[Part]
    others: dict[str, int]
    lists: list[tuple[Path, list[Part]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _ListKind:
    """All lists at one path: their size, and the keys of their items with the fields these mean."""

    path: Path
    size: int = 0
    keys: dict[str, None] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    is_titled: bool = False

    def map_keys(self, options: Options) -> bool:
        """Find the fields that the keys mean; return whether one means a title, be it only "name"."""
        columns = map_columns(self.keys, options)[0]
        mapped = {header_key(column) for column, _ in options.columns}
        titles = [header_key(title) for title in columns.get("title", ())]
        self.is_titled = any(title != "name" or title in mapped for title in titles)
        self.fields = {*columns} - _WEAK_FIELDS
        return bool(titles)

    @property
    def name(self) -> str:
        """The keys that lead to the list, for messages."""
        return ".".join(key for key in self.path if key != EACH) or "that holds all others"

    @property
    def has_names(self) -> bool:
        """Whether its items have names."""
        return "name" in map(header_key, self.keys)

    @property
    def is_usable(self) -> bool:
        """Whether it may hold sessions; a list called "speakers" only if its items have titles and more."""
        return not is_other_list(self.path) or (self.is_titled and len(self.fields) > 1)

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """A sort key: higher for likelier sessions. Being called "talks" counts the fields twice."""
        weight = len(self.fields) * (2 if is_session_list(self.path) else 1)
        return (not is_other_list(self.path), self.is_titled, weight, -len(self.path))

    def is_like(self, best: "_ListKind") -> bool:
        """Whether it holds sessions like the best list: "monday" and "tuesday", "keynotes" and "talks"."""
        apart = not _is_inside(self.path, best.path) and not _is_inside(best.path, self.path)
        same = (is_other_list(self.path), self.is_titled) == (
            is_other_list(best.path),
            best.is_titled,
        )
        near = self.keys.keys() <= best.keys.keys() or 2 * len(self.fields) >= len(best.fields)
        return self is best or (apart and same and near)


@dataclass(slots=True)
class _Survey:
    """The lists met on the way through a value, and the keys of which nothing is certain, by path."""

    kinds: dict[Path, _ListKind] = field(default_factory=dict)
    unsure: dict[Path, Entries] = field(default_factory=dict)

    def add(self, path: Path, entries: Entries, context: Context) -> None:
        """Add the objects of a list, with the keys that they have or inherit."""
        found = [item for _, item in entries.sample if isinstance(item, dict)]
        if not found or (path not in self.kinds and len(self.kinds) >= _MAX_KINDS):
            return
        kind = self.kinds.setdefault(path, _ListKind(path))
        kind.size += len(entries)
        keys = dict.fromkeys(key for item in (*found, context) for key in islice(item, MAX_KEYS))
        kind.keys |= dict.fromkeys(islice(keys, max(MAX_KEYS - len(kind.keys), 0)))


def find_lists(value: Any, options: Options, name: str = "") -> Lists:
    """Return the lists whose objects have titles and the most fields of sessions; none if there are none.

    An object with a title that holds none but its speakers, links and the like is a list of one session. `name`
    is that of the file, which says what an object of objects is keyed by.
    """
    survey = _Survey()
    _look(value, (), {}, survey, name)
    kinds = survey.kinds
    titled = [kind for kind in kinds.values() if kind.map_keys(options)]
    usable = [kind for kind in titled if kind.is_usable]
    if all(is_other_list(kind.path) for kind in usable) and _is_session(value, options):
        return Lists([Part("", [("1", _cut(value))])], {})
    if not usable:
        return Lists([], {})
    best = max(usable, key=lambda kind: kind.rank)
    paths = [kind.path for kind in usable if kind.is_like(best)]
    parts = [part for path in paths for part in _parts(value, path, (), (), {}, name)]
    listed_kinds = [kind for kind in kinds.values() if kind in titled or kind.has_names]
    others = [
        kind for kind in listed_kinds if not any(_is_inside(kind.path, path) for path in paths)
    ]
    unsure = {
        path: entries
        for path, entries in survey.unsure.items()
        if any(_is_inside(other, path) for other in paths)
    }
    return Lists(
        parts,
        {kind.name: kind.size for kind in others},
        [
            (path, list(_parts(value, path, (), (), {}, name)))
            for path in kinds
            if is_reference(path)
            and not any(_is_inside(path, other) or _is_inside(other, path) for other in paths)
        ],
        list(_notes(unsure)),
    )


def is_reference(path: Path) -> bool:
    """Return whether sessions may refer to a list's objects by their ids: of speakers, rooms, slots, ..."""
    return meaning(path) in ("speakers", "track", "room", "kind", "tags", "start")


def _notes(unsure: dict[Path, Entries]) -> Iterator[str]:
    for path, entries in unsure.items():
        keys = ", ".join(key[:40] for key, _ in entries.sample[:_MAX_TOLD])
        more = " and others" if len(entries) > _MAX_TOLD else ""
        where = ".".join(key for key in path if key != EACH)
        taken = {"source_id": "ids", "room": "rooms"}.get(entries.field, "")
        if taken:
            yield f"the keys {keys}{more}{f' of {where}' if where else ''} are taken for {taken}"
        else:
            yield f"the keys {keys}{more} above sessions may be days, rooms or tracks: not read as such"


def _look(value: Any, path: Path, context: Context, survey: _Survey, name: str) -> None:
    """Collect the lists of objects in a value, with the keys that the objects have or inherit."""
    if len(path) > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        context = context | context_of(value, path)
    entries = entries_of(value, _own_name(path, name))
    if entries:
        survey.add(path, entries, context)
        if not entries.is_sure:
            survey.unsure.setdefault(path, entries)
        for key, item in entries.sample:
            _look(item, (*path, EACH), context | entries.context(key, item), survey, name)
    elif isinstance(value, dict):
        for key, inner in islice(value.items(), MAX_KEYS):
            if isinstance(inner, (dict, list)):
                _look(inner, (*path, key), context | _of_key(key), survey, name)


def _parts(
    value: Any, path: Path, done: Path, steps: tuple[str, ...], context: Context, name: str
) -> Iterator[Part]:
    """Yield the lists at a path, their items with what they inherit; `done` and `steps` lead to the value."""
    if isinstance(value, dict):
        context = context | context_of(value, done)
    if path and path[0] != EACH:
        if isinstance(value, dict) and path[0] in value:
            key, inner = path[0], value[path[0]]
            around = context | _of_key(key)
            yield from _parts(inner, path[1:], (*done, key), (*steps, key), around, name)
        return
    entries = entries_of(value, _own_name(done, name))
    if entries and not path:
        yield Part(".".join(steps), list(_items(entries, context)), entries.is_keyed)
    for key, item in entries if entries and path else ():
        around = context | entries.context(key, item) if entries else context
        yield from _parts(item, path[1:], (*done, EACH), (*steps, key), around, name)


def _items(entries: Entries, context: Context) -> Iterable[tuple[str, Any]]:
    for key, item in entries:
        around = context | entries.context(key, item)
        if entries.field == "source_id" and isinstance(item, dict):
            around |= {"id": key}
        yield key, with_context(_cut(item), around)


def _cut(item: Any) -> Any:
    """Return an item with no more keys than are looked at."""
    is_large = isinstance(item, dict) and len(item) > MAX_KEYS
    return dict(islice(item.items(), MAX_KEYS)) if is_large else item


def _of_key(key: str) -> Context:
    """Return what a key among others says about the sessions inside: the day that it is."""
    field = field_of_key(key)
    return {field: key} if field else {}


def _own_name(path: Path, name: str) -> str:
    """Return the key of the value at a path; the file's name for the outermost, "" for an item of a list."""
    return "" if path[-1:] == (EACH,) else list_name(path) or name


def _is_inside(path: Path, other: Path) -> bool:
    return path[: len(other)] == other


def _is_session(value: Any, options: Options) -> bool:
    """Whether an object on its own is a session: it has a title and another field, and is no program's file."""
    is_object = isinstance(value, dict) and _OF_PROGRAMS.isdisjoint(value)
    columns = map_columns(_cut(value), options)[0] if is_object else {}
    return "title" in columns and len(columns) > 1
