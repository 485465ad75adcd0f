"""Lists of sessions, and objects of them keyed by id, day, time, room or track."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from loaders.json_objects.names import (
    group_field,
    is_id,
    is_known,
    is_plural,
    is_room,
    key_field,
)
from loaders.records.values import as_text, as_year
from loaders.tables.columns import field_of

SAMPLE_SIZE = 50
"""Items of a list looked at."""
_ALIKE = 0.5  # of the keys of two objects
_MANY = 20  # objects that all have titles are no sections of a page
_OF_SESSIONS = {"speakers", "start", "date", "room", "track", "duration", "end"}


@dataclass(frozen=True, slots=True)
class Entries:
    """The items of a list, or of an object that is one.

    `field` is what the keys are: a date, a start, a year, a room, a track or a source_id; empty for a list,
    and for keys of which nothing is certain.
    """

    value: list[Any] | dict[str, Any]
    field: str = ""
    is_sure: bool = True

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Yield each item with its number or its key."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        else:
            yield from ((str(number), item) for number, item in enumerate(self.value, 1))

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.value)

    @property
    def is_keyed(self) -> bool:
        """Whether the items have keys, which may be their ids; the numbers of a list are none."""
        return isinstance(self.value, dict)

    @property
    def sample(self) -> list[tuple[str, Any]]:
        """The first items."""
        return list(islice(self, SAMPLE_SIZE))

    def context(self, key: str, item: Any) -> dict[str, str]:
        """Return what the key of an item says about the sessions in it."""
        is_named = isinstance(item, dict) and self.field in ("room", "track") and _name(item)
        return {} if is_named or self.field in ("", "source_id") else {self.field: key}


def entries_of(value: Any, name: str) -> Entries | None:
    """Return the entries of a list, or of an object of this name that is one; None for anything else."""
    if isinstance(value, list):
        return Entries(value)
    if not isinstance(value, dict) or not value:
        return None
    parts = [item for item in value.values() if item is not None]
    are_objects = bool(parts) and all(isinstance(item, dict) for item in parts)
    if not are_objects and not (parts and all(isinstance(item, list) for item in parts)):
        return None
    keys = list(islice(value, SAMPLE_SIZE))
    fields = {key_field(key) for key in keys}
    if len(fields) == 1 and (field := fields.pop()):
        return Entries(value, field)
    rule = _objects if are_objects else _lists
    return rule(value, keys, name)


def _objects(value: dict[str, Any], keys: list[str], name: str) -> Entries | None:
    """Return the entries of an object of objects."""
    items = [item for item in islice(value.values(), SAMPLE_SIZE) if isinstance(item, dict)]
    if (group := group_field(name)) in ("room", "track") and not any(map(_name, items)):
        return Entries(value, group)
    if all(map(is_id, keys)):
        is_year = all(map(as_year, keys)) and not any(map(_name, items))
        return Entries(value, "year" if is_year else "source_id")
    if any(map(is_known, keys)) and not all(map(is_room, keys)):
        return None
    if is_plural(name):
        return Entries(value, "source_id")
    if _are(items, _nests_groups):
        return Entries(value, "room" if all(map(is_room, keys)) else "", is_sure=False)
    are_sessions = len(items) > 1 and _are(items, _is_session)
    if are_sessions or (len(value) >= _MANY and _are_alike(items) and _are(items, _has_title)):
        return Entries(value, "source_id", is_sure=False)
    return None


def _lists(value: dict[str, Any], keys: list[str], name: str) -> Entries | None:
    """Return the entries of an object of lists: of days, rooms or tracks, each with its sessions."""
    if all(map(as_year, keys)):
        return Entries(value, "year")
    if group := group_field(name):
        is_sure = group in ("room", "track")
        return Entries(value, group if is_sure else "", is_sure)
    if any(map(is_known, keys)) and not all(map(is_room, keys)):
        return None
    are_rooms = all(map(is_room, keys))
    firsts = [
        next((it for it in item if isinstance(it, dict)), {}) for item in value.values() if item
    ]
    found = firsts[:SAMPLE_SIZE]
    is_alone = (
        len(value) < 2 and name != "" and not are_rooms
    )  # of an item's only key, as of a day's
    if is_alone or not _are_alike(found) or not _are(found, _has_title):
        return None
    return Entries(value, "room" if are_rooms else "", is_sure=are_rooms)


def _are(items: Iterable[dict[str, Any]], test: Callable[[dict[str, Any]], bool]) -> bool:
    found = list(items)
    return bool(found) and all(map(test, found))


def _are_alike(items: list[dict[str, Any]]) -> bool:
    """Return whether objects have most of their keys in common with the first."""
    return bool(items) and all(
        len(items[0].keys() & item.keys()) >= _ALIKE * min(len(items[0]), len(item))
        for item in items
    )


def _nests_groups(item: dict[str, Any]) -> bool:
    """Return whether an object is keyed by days or times, as that of a room may be."""
    return bool(item) and all(map(key_field, islice(item, SAMPLE_SIZE)))


def _has_title(item: dict[str, Any]) -> bool:
    return bool(_name(item)) or any(field_of(key) == "title" for key in item)


def _is_session(item: dict[str, Any]) -> bool:
    return _has_title(item) and not _OF_SESSIONS.isdisjoint(map(field_of, item))


def _name(item: dict[str, Any]) -> str:
    return as_text(item.get("title")) or as_text(item.get("name"))
