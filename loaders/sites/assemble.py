"""Sessions of a site's files, or of one file that holds all of them, joined with schedule, people and rooms."""

from collections.abc import Iterable
from typing import Any

from loaders.records.record import Diagnostic
from loaders.sites.join import Join, Joined
from loaders.sites.paths import OTHER, SCHEDULE, SESSIONS, is_of_speakers, role_of
from loaders.sites.people import Lookups, People
from loaders.sites.site import Part, add_table
from loaders.sites.tables import objects_of, split_tables

_SLOTS = "timeslots"


def assemble(parts: Iterable[Part]) -> Joined:
    """Return the sessions of an edition's parts, and diagnostics on what did not fit."""
    parts = list(parts)
    people, lookups = People(), Lookups()
    persons = [person for part in parts for person in part.people]
    for file, value, page in sorted(persons, key=lambda person: not is_of_speakers(person[0])):
        for location, item in [(file, value)] if page else objects_of(value, file):
            people.add(item, location, page, is_speaker=is_of_speakers(file))
    for table in (table for part in parts for table in part.lookups):
        lookups.add(table.name, objects_of(table.value, table.file))
    described = [leaf for part in parts for leaf in part.described]
    placed = [leaf for part in parts for leaf in part.placed]
    joined = Join(people, lookups).run(described, placed)
    for id, names in people.shared.items():
        joined.diagnostics.append(
            Diagnostic(", ".join(names), f"several people have the id {id[:40]!r}", False)
        )
    return joined


def assemble_file(value: Any, file: str) -> Joined | None:
    """Return the sessions that a schedule of time slots in the same file places; None for any other value.

    That is what Hoverboard's database exports: `schedule`, `sessions` and `speakers`.
    """
    if not isinstance(value, dict):
        return None
    roles = {
        key: role_of(str(key)) for key, item in value.items() if isinstance(item, (dict, list))
    }
    schedules = [value[key] for key, role in roles.items() if role == SCHEDULE]
    if SESSIONS not in roles.values() or not any(map(_has_slots, schedules)):
        return None
    part = Part()
    for table in split_tables(value, OTHER, "", file):
        add_table(part, table)
    return assemble([part])


def _has_slots(schedule: Any) -> bool:
    """Return whether a schedule is one of days with time slots: a list, an object by days, or one day."""
    days = list(schedule.values()) if isinstance(schedule, dict) else schedule
    return any(isinstance(day, dict) and isinstance(day.get(_SLOTS), list) for day in days)
