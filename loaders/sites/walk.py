"""Walks a site's lists and schedules: the sessions in them, with the day, time, room and track around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from loaders.records.clocks import starts_with_clock
from loaders.records.day_headings import as_date, parse_day_heading
from loaders.records.values import as_text
from loaders.sites.keys import (
    date_of,
    is_reference,
    key_words,
    may_hold_sessions,
    time_fields,
    title_of,
)
from loaders.sites.paths import lookup_field
from loaders.sites.running_order import fill_starts, spread_slots
from loaders.sites.tables import locate
from loaders.sites.yaml_values import Entry

_MAX_DEPTH = 12
_ROOM = re.compile(
    r"\b(?:rooms?|halls?|stages?|auditorium|amphi\w*|theat\w+|ballroom|saal|raum|sala|salle|salon|aula|foyer)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What sessions inherit from the objects around them, and the labels of a schedule's columns."""

    inherited: dict[str, str] = field(default_factory=dict)
    columns: tuple[dict[str, str], ...] = ()

    def adding(self, found: dict[str, str]) -> "Context":
        """Return the context with more fields, which override those further out."""
        told = {name: text for name, text in found.items() if text}
        return replace(self, inherited=self.inherited | told) if told else self


@dataclass(slots=True)
class Leaf:
    """A session, or a place in a schedule that names one: its object, its location, what it inherits and names.

    `page` is the name of its file without the ending, if it has one of its own.
    """

    item: Entry
    location: str
    inherited: dict[str, str]
    reference: str = ""
    page: str = ""


def walk(value: Any, file: str, *, is_schedule: bool) -> list[Leaf]:
    """Return the sessions in a list or tree, in the order of the file; places too if it is a schedule."""
    return list(_Walk(file, is_schedule).visit(value, "", Context(), 0, is_listed=False))


class _Walk:
    def __init__(self, file: str, is_schedule: bool) -> None:
        self._file, self._is_schedule = file, is_schedule

    def visit(
        self, value: Any, key: str, context: Context, depth: int, *, is_listed: bool
    ) -> Iterator[Leaf]:
        if depth > _MAX_DEPTH:
            return
        if isinstance(value, list):
            for number, item in enumerate(fill_starts(value), 1):
                yield from self.visit(
                    item, f"{key}.{number}".strip("."), context, depth + 1, is_listed=True
                )
        elif isinstance(value, dict):
            yield from self._visit_object(value, key, context, depth, is_listed)

    def _visit_object(
        self, item: dict[str, Any], key: str, context: Context, depth: int, is_listed: bool
    ) -> Iterator[Leaf]:
        inside = {name: inner for name, inner in item.items() if may_hold_sessions(name, inner)}
        references = list(_references(item)) if self._is_schedule else []
        around = _around(item, context, inside)
        found = [
            leaf
            for name, inner in inside.items()
            for leaf in self._inside(item, name, inner, key, around, depth)
        ]
        if found:
            yield from found
        if references:
            columns = around.columns if len(references) > 1 or len(around.columns) == 1 else ()
            for number, reference in enumerate(references):
                placed = around.adding(columns[number]) if number < len(columns) else around
                yield self._leaf(item, key, placed.inherited, reference)
        elif not found and title_of(item) and (is_listed or "start" in time_fields(item)):
            yield self._leaf(item, key, context.inherited)

    def _inside(
        self, item: dict[str, Any], name: str, inner: Any, key: str, context: Context, depth: int
    ) -> Iterator[Leaf]:
        path = f"{key}.{name}".strip(".")
        if _is_columns(item, name):
            return
        if key_words(name) == "timeslots":
            inner = spread_slots(inner)
        context = context.adding(_named(name, item))
        is_keyed = all(isinstance(value, (dict, list)) for value in item.values())
        if (
            context.columns
            and isinstance(inner, list)
            and 1 < len(inner) <= len(context.columns)
            and time_fields(item)
        ):
            for number, part in enumerate(inner):
                placed = context.adding(context.columns[number])
                yield from self.visit(
                    part, f"{path}.{number + 1}", placed, depth + 1, is_listed=True
                )
            return
        if is_keyed and isinstance(inner, dict) and "id" not in inner:
            keyed = Entry({"id": str(name), **inner})
            keyed.line = getattr(inner, "line", 0)
            inner = keyed
        group = lookup_field(name) if isinstance(inner, list) else ""
        for number, part in enumerate(
            fill_starts(inner) if isinstance(inner, list) else [inner], 1
        ):
            placed = context
            if group in ("room", "track") and _is_container(part):
                placed = context.adding({group: title_of(part)})
            place = f"{path}.{number}" if isinstance(inner, list) else path
            yield from self.visit(
                part, place, placed, depth + 1, is_listed=is_keyed or isinstance(inner, list)
            )

    def _leaf(
        self, item: dict[str, Any], key: str, inherited: dict[str, str], reference: str = ""
    ) -> Leaf:
        entry = item if isinstance(item, Entry) else Entry(item)
        return Leaf(entry, locate(item, self._file, key), inherited, reference)


def _is_container(value: Any) -> bool:
    return isinstance(value, dict) and any(
        may_hold_sessions(key, inner) or is_reference(key) for key, inner in value.items()
    )


def _references(item: dict[str, Any]) -> Iterator[str]:
    """Yield the ids of sessions that a place in a schedule names."""
    for key, value in item.items():
        if not is_reference(key):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, (str, int)) and (text := as_text(part)):
                yield text


def _around(item: dict[str, Any], context: Context, inside: dict[str, Any]) -> Context:
    """Return the context of what is inside an object: its day, times, room and track, and its columns."""
    if not inside and not item:
        return context
    times = time_fields(item)
    found = {
        "start": times.get("start", ""),
        "end": times.get("end", ""),
        "date": date_of(times.get("date", "")),
    }
    title = title_of(item)
    if title and not found["date"]:
        found["date"] = parse_day_heading(title) or ""
    for key, value in item.items():
        name = lookup_field(key)
        if (
            name in ("room", "track")
            and isinstance(value, (str, int))
            and key_words(key) in ("room", "track", "stage")
        ):
            found[name] = as_text(value)
    if found["start"] and inside and title and not found["date"]:
        found["track"] = found.get("track") or title  # a block of talks
    columns = tuple(_labels(item)) if len(inside) > 1 or not inside else ()
    context = context.adding(found)
    return replace(context, columns=columns) if columns else context


def _labels(item: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield room or track for each column of a schedule."""
    for key in item:
        if _is_columns(item, key):
            texts = [part if isinstance(part, str) else title_of(part) for part in item[key]]
            name = (
                "room" if lookup_field(key) == "room" or any(map(_ROOM.search, texts)) else "track"
            )
            yield from ({name: text} for text in texts)
            return


def _is_columns(item: dict[str, Any], key: str) -> bool:
    """Return whether a list only names the columns of the lists beside it: tracks beside timeslots."""
    value = item[key]
    if not isinstance(value, list) or not value or lookup_field(key) not in ("room", "track"):
        return False
    if all(isinstance(part, str) for part in value):
        return True
    others = [
        name
        for name, inner in item.items()
        if name != key and (may_hold_sessions(name, inner) or is_reference(name))
    ]
    return bool(others) and all(
        isinstance(part, dict)
        and title_of(part)
        and not any(isinstance(it, (list, dict)) for it in part.values())
        for part in value
    )


def _named(key: str, item: dict[str, Any]) -> dict[str, str]:
    """Return what a key says of the sessions that it holds: their day, time or room."""
    name = str(key)
    if date := as_date(name):
        return {"date": date}
    if starts_with_clock(name):
        return {"start": name}
    return {"room": name} if _ROOM.search(name) and any(map(str.isdigit, name)) else {}
