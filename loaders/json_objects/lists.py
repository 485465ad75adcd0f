"""The lists of sessions in a JSON value: which of its lists they are, and what is said around them."""

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
_DEEPEST = 8
_SAMPLE = 50  # items of a list, to see what it holds
_CALLED = {
    "events",
    "contributions",
    "presentations",
    "papers",
    "lectures",
    "submissions",
    "items",
    "keynotes",
}
_OTHERS = {
    "sponsors", "partners", "exhibitors", "organizers", "organisers", "news", "tickets", "faqs", "questions",
    "answers", "categories", "resources", "attachments", "files", "images", "videos", "comments", "reviews",
}  # fmt: skip
_OTHER_FIELDS = {
    "speakers", "first_name", "last_name", "track", "level", "language", "room", "date", "tags", "url",
}  # fmt: skip
_NAMED = ("speakers", "track", "room")
_WEAK = {
    "source_id",
    "url",
    "tags",
    "event",
    "year",
    "zone",
    "state",
}  # links and sponsors have them too
_DATE = re.compile(r"\d{4}|\d[./]\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Part:
    """One list of sessions: where it stands ("days.2.sessions") and its items."""

    path: str
    items: list[Any]


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of sessions that a value holds, and of the others with titles or names their paths and sizes.

    `named` are the objects that sessions may name by their ids: for each field, by id.
    """

    parts: list[Part]
    others: dict[str, int]
    named: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class _Kind:
    """All lists at one path: how many items they have, and what the items' keys are and mean."""

    path: Path
    size: int = 0
    keys: dict[str, None] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    is_titled: bool = False

    def understand(self, options: Options) -> bool:
        """Take in what the keys mean; whether one of them means a title, be it only "name"."""
        columns = map_columns(self.keys, options)[0]
        mapped = {header_key(column) for column, _ in options.columns}
        titles = [header_key(title) for title in columns.get("title", ())]
        self.is_titled = any(title != "name" or title in mapped for title in titles)
        self.fields = {*columns} - _WEAK
        return bool(titles)

    @property
    def name(self) -> str:
        """The keys that lead to it."""
        return ".".join(key for key in self.path if key != _EACH) or "that holds all others"

    @property
    def has_names(self) -> bool:
        """Whether its items are called something."""
        return "name" in map(header_key, self.keys)

    @property
    def is_usable(self) -> bool:
        """Whether it may hold sessions: where it is called "speakers", it says more of them than a name."""
        return not _is_other(self.path) or (self.is_titled and len(self.fields) > 1)

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """The higher, the more likely these are the sessions; to be called "talks" counts as much again."""
        weight = len(self.fields) * (2 if _is_called(self.path) else 1)
        return (not _is_other(self.path), self.is_titled, weight, -len(self.path))

    def is_like(self, best: "_Kind") -> bool:
        """Whether it holds the same beside the best: "monday" and "tuesday", "keynotes" and "talks"."""
        apart = not _is_inside(self.path, best.path) and not _is_inside(best.path, self.path)
        same = (_is_other(self.path), self.is_titled) == (_is_other(best.path), best.is_titled)
        near = self.keys.keys() <= best.keys.keys() or 2 * len(self.fields) >= len(best.fields)
        return self is best or (apart and same and near)


def find_lists(value: Any, options: Options) -> Lists:
    """Return the lists of objects with titles that say most of sessions; none where there are none.

    An object with a title that holds none but its speakers, links and the like is a list of one session.
    """
    kinds: dict[Path, _Kind] = {}
    _survey(value, (), {}, kinds)
    titled = [kind for kind in kinds.values() if kind.understand(options)]
    usable = [kind for kind in titled if kind.is_usable]
    if all(_is_other(kind.path) for kind in usable) and _is_session(value, options):
        return Lists([Part("", [value])], {})
    if not usable:
        return Lists([], {})
    best = max(usable, key=lambda kind: kind.rank)
    paths = [kind.path for kind in usable if kind.is_like(best)]
    parts = [part for path in paths for part in _parts(value, path, (), {})]
    named_ones = [kind for kind in kinds.values() if kind in titled or kind.has_names]
    others = [kind for kind in named_ones if not any(_is_inside(kind.path, path) for path in paths)]
    named: dict[str, dict[str, Any]] = {}
    for kind in kinds.values():
        if (meaning := _meaning(kind.path)) in _NAMED and kind.path not in paths:
            listed = (item for part in _parts(value, kind.path, (), {}) for item in part.items)
            named.setdefault(meaning, {}).update(_by_id(listed))
    return Lists(parts, {kind.name: kind.size for kind in others}, named)


def _by_id(items: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for item in items:
        if isinstance(item, dict) and len(item) > 1:
            yield from ((as_text(item[key]), item) for key in ("id", "code") if item.get(key))


def _survey(value: Any, path: Path, around: dict[str, str], kinds: dict[Path, _Kind]) -> None:
    """Note the lists of objects in a value, with the keys that the objects have or get from around them."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, dict):
        around = around | _said(value, path)
        for key, inner in value.items():
            _survey(inner, (*path, key), around | _day(key), kinds)
    elif isinstance(value, list):
        sample = value[:_SAMPLE]
        if found := [item for item in sample if isinstance(item, dict)]:
            kind = kinds.setdefault(path, _Kind(path))
            kind.size += len(value)
            kind.keys |= dict.fromkeys(key for item in (*found, around) for key in item)
        for item in sample:
            _survey(item, (*path, _EACH), around, kinds)


def _parts(value: Any, path: Path, steps: Path, around: dict[str, str]) -> Iterator[Part]:
    """The lists at a path, their items told what is said around them; `steps` lead to the value."""
    if isinstance(value, dict):
        around = around | _said(value, tuple(_EACH if step.isdigit() else step for step in steps))
    if not path and isinstance(value, list):
        yield Part(".".join(steps), [_told(item, around) for item in value])
    elif path[:1] == (_EACH,) and isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _parts(item, path[1:], (*steps, str(number)), around)
    elif path and isinstance(value, dict) and path[0] in value:
        yield from _parts(value[path[0]], path[1:], (*steps, path[0]), around | _day(path[0]))


def _said(value: dict[str, Any], path: Path) -> dict[str, str]:
    """What an object says that holds for every session in it: the zone; in a list, its day, room or track."""
    said = {"timezone": as_text(value.get("timezone") or value.get("time_zone_name"))}
    if path[-1:] == (_EACH,):
        date = next((as_text(value[key]) for key in value if field_of(key) == "date"), "")
        said["date"] = date if _DATE.search(date) else ""
        if (group := _meaning(path)) in ("room", "track"):
            said[group] = as_text(value.get("name") or value.get("title"))
    return {key: text for key, text in said.items() if text}


def _day(key: str) -> dict[str, str]:
    return {"date": key} if _DAY.fullmatch(key) else {}


def _told(item: Any, around: dict[str, str]) -> Any:
    """An item with what is said around it, unless it says so itself."""
    if not isinstance(item, dict) or not around:
        return item
    return {**item, **{key: text for key, text in around.items() if not item.get(key)}}


def _is_inside(path: Path, other: Path) -> bool:
    return path[: len(other)] == other


def _called(path: Path) -> str:
    return header_key(next((key for key in reversed(path) if key != _EACH), ""))


def _meaning(path: Path) -> str:
    """The field that a list is called by: "rooms" by that of "room"."""
    name = _called(path)
    return field_of(name) or field_of(name.removesuffix("s"))


def _is_other(path: Path) -> bool:
    """Whether a list is called speakers, rooms or the like."""
    return _called(path) in _OTHERS or _meaning(path) in _OTHER_FIELDS


def _is_called(path: Path) -> bool:
    """Whether a list is called sessions, in one of many words."""
    return _called(path) in _CALLED or _meaning(path) == "title"


def _is_session(value: Any, options: Options) -> bool:
    """Whether an object on its own is a session: it has a title and more that sessions have."""
    columns = map_columns(value, options)[0] if isinstance(value, dict) else {}
    return "title" in columns and len(columns) > 1
