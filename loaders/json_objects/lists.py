"""Finds the lists of sessions in a JSON value, and what sessions inherit from the objects around them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from loaders.records.record import Options
from loaders.records.values import as_text
from loaders.tables.columns import field_of, header_key, map_columns

Path = tuple[str, ...]
"""The keys to a list from the outermost value; for any item of a list on the way, "[]"."""

_EACH = "[]"
_MAX_DEPTH = 8
_SAMPLE_SIZE = 50  # items of a list looked at
_SESSION_LISTS = {
    "events", "contributions", "presentations", "papers", "lectures", "submissions", "items", "keynotes",
}  # fmt: skip
_OTHER_LISTS = {
    "sponsors", "partners", "exhibitors", "organizers", "organisers", "news", "tickets", "faqs", "questions",
    "answers", "categories", "resources", "attachments", "files", "images", "videos", "comments", "reviews",
}  # fmt: skip
_OTHER_LIST_FIELDS = {
    "speakers", "first_name", "last_name", "track", "level", "language", "room", "date", "tags", "url", "links",
    "slides", "recording",
}  # fmt: skip
_REFERENCED = ("speakers", "track", "room")
_WEAK_FIELDS = {  # links and sponsors have them too
    "source_id", "url", "links", "slides", "recording", "tags", "event", "year", "zone", "state",
    "cancelled",
}  # fmt: skip
_DATE = re.compile(r"\d{4}|\d[./]\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Part:
    """One list of sessions: its path ("days.2.sessions") and its items."""

    path: str
    items: list[Any]


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of sessions in a value, and the paths and sizes of the other lists with titles or names.

    `referenced` are the objects that sessions may refer to by id: for each field, by id.
    """

    parts: list[Part]
    others: dict[str, int]
    referenced: dict[str, dict[str, Any]] = field(default_factory=dict)


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
        return ".".join(key for key in self.path if key != _EACH) or "that holds all others"

    @property
    def has_names(self) -> bool:
        """Whether its items have names."""
        return "name" in map(header_key, self.keys)

    @property
    def is_usable(self) -> bool:
        """Whether it may hold sessions; a list called "speakers" only if its items have titles and more."""
        return not _is_other_list(self.path) or (self.is_titled and len(self.fields) > 1)

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """A sort key: higher for likelier sessions. Being called "talks" counts the fields twice."""
        weight = len(self.fields) * (2 if _is_session_list(self.path) else 1)
        return (not _is_other_list(self.path), self.is_titled, weight, -len(self.path))

    def is_like(self, best: "_ListKind") -> bool:
        """Whether it holds sessions like the best list: "monday" and "tuesday", "keynotes" and "talks"."""
        apart = not _is_inside(self.path, best.path) and not _is_inside(best.path, self.path)
        same = (_is_other_list(self.path), self.is_titled) == (
            _is_other_list(best.path),
            best.is_titled,
        )
        near = self.keys.keys() <= best.keys.keys() or 2 * len(self.fields) >= len(best.fields)
        return self is best or (apart and same and near)


def find_lists(value: Any, options: Options) -> Lists:
    """Return the lists whose objects have titles and the most fields of sessions; none if there are none.

    An object with a title that holds none but its speakers, links and the like is a list of one session.
    """
    kinds: dict[Path, _ListKind] = {}
    _survey(value, (), {}, kinds)
    titled = [kind for kind in kinds.values() if kind.map_keys(options)]
    usable = [kind for kind in titled if kind.is_usable]
    if all(_is_other_list(kind.path) for kind in usable) and _is_session(value, options):
        return Lists([Part("", [value])], {})
    if not usable:
        return Lists([], {})
    best = max(usable, key=lambda kind: kind.rank)
    paths = [kind.path for kind in usable if kind.is_like(best)]
    parts = [part for path in paths for part in _parts(value, path, (), {})]
    listed_kinds = [kind for kind in kinds.values() if kind in titled or kind.has_names]
    others = [
        kind for kind in listed_kinds if not any(_is_inside(kind.path, path) for path in paths)
    ]
    referenced: dict[str, dict[str, Any]] = {}
    for kind in kinds.values():
        if (meaning := _meaning(kind.path)) in _REFERENCED and kind.path not in paths:
            listed = (item for part in _parts(value, kind.path, (), {}) for item in part.items)
            referenced.setdefault(meaning, {}).update(_by_id(listed))
    return Lists(parts, {kind.name: kind.size for kind in others}, referenced)


def _by_id(items: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for item in items:
        if isinstance(item, dict) and len(item) > 1:
            yield from ((as_text(item[key]), item) for key in ("id", "code") if item.get(key))


def _survey(value: Any, path: Path, context: dict[str, str], kinds: dict[Path, _ListKind]) -> None:
    """Collect the lists of objects in a value, with the keys that the objects have or inherit."""
    if len(path) > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        context = context | _context_of(value, path)
        for key, inner in value.items():
            _survey(inner, (*path, key), context | _day(key), kinds)
    elif isinstance(value, list):
        sample = value[:_SAMPLE_SIZE]
        if found := [item for item in sample if isinstance(item, dict)]:
            kind = kinds.setdefault(path, _ListKind(path))
            kind.size += len(value)
            kind.keys |= dict.fromkeys(key for item in (*found, context) for key in item)
        for item in sample:
            _survey(item, (*path, _EACH), context, kinds)


def _parts(value: Any, path: Path, steps: Path, context: dict[str, str]) -> Iterator[Part]:
    """Yield the lists at a path, their items with what they inherit; `steps` lead to the value."""
    if isinstance(value, dict):
        context = context | _context_of(
            value, tuple(_EACH if step.isdigit() else step for step in steps)
        )
    if not path and isinstance(value, list):
        yield Part(".".join(steps), [_with_context(item, context) for item in value])
    elif path[:1] == (_EACH,) and isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _parts(item, path[1:], (*steps, str(number)), context)
    elif path and isinstance(value, dict) and path[0] in value:
        yield from _parts(value[path[0]], path[1:], (*steps, path[0]), context | _day(path[0]))


def _context_of(value: dict[str, Any], path: Path) -> dict[str, str]:
    """What every session in an object inherits from it: the zone; of an item its day, room or track."""
    context = {"timezone": as_text(value.get("timezone") or value.get("time_zone_name"))}
    if path[-1:] == (_EACH,):
        date = next((as_text(value[key]) for key in value if field_of(key) == "date"), "")
        context["date"] = date if _DATE.search(date) else ""
        if (group := _meaning(path)) in ("room", "track"):
            context[group] = as_text(value.get("name") or value.get("title"))
    return {key: text for key, text in context.items() if text}


def _day(key: str) -> dict[str, str]:
    return {"date": key} if _DAY.fullmatch(key) else {}


def _with_context(item: Any, context: dict[str, str]) -> Any:
    """An item with what it inherits and does not say itself."""
    if not isinstance(item, dict) or not context:
        return item
    return {**item, **{key: text for key, text in context.items() if not item.get(key)}}


def _is_inside(path: Path, other: Path) -> bool:
    return path[: len(other)] == other


def _list_name(path: Path) -> str:
    return header_key(next((key for key in reversed(path) if key != _EACH), ""))


def _meaning(path: Path) -> str:
    """The field that a list's name means: that of "room" for "rooms"."""
    name = _list_name(path)
    return field_of(name) or field_of(name.removesuffix("s"))


def _is_other_list(path: Path) -> bool:
    """Whether a list's name means something other than sessions: speakers, rooms."""
    return _list_name(path) in _OTHER_LISTS or _meaning(path) in _OTHER_LIST_FIELDS


def _is_session_list(path: Path) -> bool:
    """Whether a list's name means sessions, in one of many words."""
    return _list_name(path) in _SESSION_LISTS or _meaning(path) == "title"


def _is_session(value: Any, options: Options) -> bool:
    """Whether an object on its own is a session: it has a title and another field."""
    columns = map_columns(value, options)[0] if isinstance(value, dict) else {}
    return "title" in columns and len(columns) > 1
