"""The lists of a site's data file: of sessions, people, rooms, and schedules that name sessions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from loaders.sites.paths import BACKING, LOOKUP, OTHER, PEOPLE, SCHEDULE, SESSIONS, role_of
from loaders.sites.yaml_values import Entry

_WHOLE = {"list", "items", "data", "all", "entries", "default"}
"""Keys around the only list of a file, which say nothing about it."""


@dataclass(slots=True)
class Table:
    """A list or tree of a data file: what it holds, what it is called, and the file."""

    role: str
    name: str
    value: Any
    file: str
    edition: tuple[str, ...] = field(default=())


def split_tables(value: Any, role: str, stem: str, file: str) -> Iterator[Table]:
    """Yield what a data file holds: itself, or its members where their names say what they are.

    `role` is what the file's name says, `stem` that name.
    """
    if not isinstance(value, dict):
        yield Table(role, stem, value, file)
        return
    members = {key: role_of(str(key)) for key in value}
    roles = set(members.values())
    if role == SCHEDULE and SESSIONS in roles and not _has_sessions_and_schedule(members, value):
        members = {key: OTHER if found == SESSIONS else found for key, found in members.items()}
    split = {
        key: found
        for key, found in members.items()
        if isinstance(value[key], (list, dict)) and _stands_apart(found, role)
    }
    for key, found in split.items():
        yield Table(found, str(key), value[key], file)
    rest = Entry({key: item for key, item in value.items() if key not in split})
    rest.line = getattr(value, "line", 0)
    if role in (SESSIONS, SCHEDULE, PEOPLE, LOOKUP) and rest:
        whole = [key for key in rest if str(key).lower() in _WHOLE]
        yield Table(role, stem, rest[whole[0]] if len(whole) == 1 else rest, file)


def _stands_apart(found: str, role: str) -> bool:
    """Return whether a member's name says that it is a list of its own, beside what its file holds."""
    if role in (SESSIONS, PEOPLE, LOOKUP) and found == role:
        return True
    if role == SCHEDULE:
        return found in (SESSIONS, SCHEDULE, PEOPLE, LOOKUP, BACKING)
    return found in (SESSIONS, SCHEDULE) or (
        role not in (SESSIONS, SCHEDULE) and found in (PEOPLE, LOOKUP)
    )


def _has_sessions_and_schedule(members: dict[str, str], value: dict[str, Any]) -> bool:
    """Return whether a schedule's file has the sessions themselves beside a schedule that names them."""
    kinds = [found for key, found in members.items() if isinstance(value[key], (list, dict))]
    return SCHEDULE in kinds or "timeslots" in value or "slots" in value


def objects_of(value: Any, location: str) -> Iterator[tuple[str, Entry]]:
    """Yield (location, object) for a list's objects, or those of an object keyed by their ids."""
    if isinstance(value, list):
        for number, item in enumerate(value, 1):
            if isinstance(item, dict):
                yield locate(item, location, str(number)), _entry(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, dict):
                keyed = _entry({"id": key, **item})
                keyed.line = getattr(item, "line", 0)
                yield locate(item, location, str(key)), keyed


def locate(item: Any, file: str, key: str) -> str:
    """Return where an object stands: its file and line, or its number or key where no line is known."""
    line = getattr(item, "line", 0)
    return f"{file}:{line}" if line else f"{file}#{key}"


def _entry(item: dict[str, Any]) -> Entry:
    if isinstance(item, Entry):
        return item
    return Entry(item)
