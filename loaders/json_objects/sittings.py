"""When and where a JSON object's session is: times in objects of their own, several sittings of one talk."""

from typing import Any

from loaders.records.values import as_text
from loaders.tables.columns import field_of

_SLOTS = ("slot", "slots")
_SITTINGS = (
    "slots",
    "sessions",
    "sittings",
    "times",
    "occurrences",
    "timeslots",
    "schedules",
    "dates",
)
_OF_SLOT = ("room", "date", "start", "end", "duration", "zone")
_OF_TALK = ("speakers", "abstract")
_MAX_SITTINGS = 100


def flatten(item: Any) -> Any:
    """Flatten the nested times of an object: {"slot": {"room", "start"}}, {"date", "time", "tz"}."""
    if not isinstance(item, dict):
        return item
    flat: dict[str, Any] = {}
    for key, value in _with_talk(item).items():
        inner = (
            value[0] if key == "slots" and isinstance(value, list) and len(value) == 1 else value
        )
        if not isinstance(inner, dict):
            flat[key] = value or flat.get(key, value)
        elif key in _SLOTS or (field_of(key) == "start" and _is_sitting(inner)):
            flat |= {
                part: told
                for part, told in inner.items()
                if told and field_of(part) in _OF_SLOT and not flat.get(part)
            }
        elif inner.get("date") and inner.get("time"):
            flat[key] = f"{as_text(inner['date'])} {as_text(inner['time'])}"
            if inner.get("tz"):
                flat.setdefault("timezone", inner["tz"])
        else:
            flat[key] = value
    return flat


def _with_talk(item: dict[str, Any]) -> dict[str, Any]:
    """Return a slot with its talk's keys in the place of the talk: {"time", "room", "talk": {"title"}}."""
    for key, inner in item.items():
        if not isinstance(inner, dict) or field_of(key) != "title" or not _is_talk(inner):
            continue
        if any(name != key and field_of(name) == "title" and item[name] for name in item):
            return item  # a talk, with the block that it is part of
        told = {field_of(name) for name, value in inner.items() if value} | {"title"}
        own = {name: value for name, value in item.items() if name != key}
        outer = {name: value for name, value in own.items() if field_of(name) not in told}
        return {**outer, **inner}
    return item


def _is_talk(value: dict[str, Any]) -> bool:
    """Return whether an object has a title and more, or a name with speakers or an abstract."""
    fields = {field_of(key) for key, item in value.items() if item}
    is_named = bool(value.get("name")) and not fields.isdisjoint(_OF_TALK)
    return len(value) > 1 and ("title" in fields or is_named)


def split_sittings(item: Any) -> list[Any]:
    """Return an object once for each of its sittings: of a list of objects that have a start and no title."""
    if not isinstance(item, dict):
        return [item]
    for key in _SITTINGS:
        found = item.get(key)
        if (
            isinstance(found, list)
            and 0 < len(found) <= _MAX_SITTINGS
            and all(map(_is_sitting, found))
        ):
            own = {name: value for name, value in item.items() if name != key}
            return [{**own, **_times(sitting)} for sitting in found]
    return [item]


def _is_sitting(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    fields = {field_of(key) for key, item in value.items() if item}
    return "start" in fields and not fields & {"title", "abstract", "speakers"}


def _times(sitting: dict[str, Any]) -> dict[str, Any]:
    """Return what a sitting says of time and place, but not the ids of its own."""
    return {key: value for key, value in sitting.items() if field_of(key) != "source_id"}
