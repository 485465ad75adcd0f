"""Fields that sessions inherit from enclosing JSON objects: time zone, event, day, time, room, track."""

import re
from typing import Any

from loaders.json_objects.names import EACH, Path, is_room, list_name, meaning
from loaders.records.cleaning import split_year
from loaders.records.clocks import starts_with_clock
from loaders.records.day_headings import parse_day_heading
from loaders.records.values import as_text, as_year
from loaders.tables.columns import field_of

_DATE = re.compile(r"\d{4}|\d[./]\d")
Context = dict[str, str]
"""Values by a key that means their field."""

_KEYS = {"zone": "timezone"}
_EVENT_TYPES = ("Conference", "Meeting", "Lecture")  # of Indico
_TRACK = re.compile(r"(?:track|strand|stream)\b", re.I)
_SLOTS = re.compile(r"slots?$")


def context_of(value: dict[str, Any], path: Path) -> Context:
    """Return what every session in an object inherits: the zone; of an item its day, slot, room or track."""
    context = {"timezone": as_text(value.get("timezone") or value.get("time_zone_name"))}
    if value.get("_type") in _EVENT_TYPES and "contributions" in value:
        return {key: text for key, text in (context | _event(value)).items() if text}
    if path and (path[-1] == EACH or parse_day_heading(path[-1]) is not None):
        context["date"] = _day(value)
        name = as_text(value.get("name") or value.get("title"))
        group = meaning(path) if path[-2:-1] != (EACH,) else ""
        if group := group if group in ("room", "track") else _called(name):
            context[group] = name
        if not name:
            context |= _slot(value, path)
    return {key: text for key, text in context.items() if text}


def with_context(item: Any, context: Context) -> Any:
    """Add inherited fields to an item unless it already has them under any synonym."""
    if not isinstance(item, dict) or not context:
        return item
    said = {field_of(key) for key, value in item.items() if value not in (None, "", [], {})}
    inherited = {key: text for key, text in context.items() if field_of(key) not in said}
    if "start" in said:
        inherited.pop("end", None)
    return {**item, **inherited} if inherited else item


def _event(value: dict[str, Any]) -> Context:
    """Return the name and the year of an event of Indico."""
    name, year = split_year(as_text(value.get("title")))
    start = value.get("startDate")
    date = as_text(start.get("date")) if isinstance(start, dict) else ""
    return {"event": name, "year": str(year or as_year(date[:4]) or "")}


def _slot(value: dict[str, Any], path: Path) -> Context:
    """Return start and end of a slot, which gives its sessions no more than a time."""
    start = _first(value, "start")
    if not start or not (starts_with_clock(start) or _SLOTS.search(list_name(path))):
        return {}
    return {"start": start, "end": _first(value, "end")}


def _called(name: str) -> str:
    """Return which group an object's name says that it is: a room ("Hall 2"), a track ("Track 1")."""
    if is_room(name):
        return "room"
    return "track" if _TRACK.match(name) else ""


def _day(value: dict[str, Any]) -> str:
    """Return the date of a day around its sessions; none of "Day 2", or of "Tuesday"."""
    text = _first(value, "date")
    return text if _DATE.search(text) or parse_day_heading(text) else ""


def _first(value: dict[str, Any], field: str) -> str:
    return next((as_text(value[key]) for key in value if field_of(key) == field), "")
