"""Properties of a whole calendar, collected in a first pass over the file."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from loaders.calendars.components import (
    first_lines,
    first_of,
    list_components,
    parse_component,
    unescape,
    value_of,
)
from loaders.calendars.moments import is_zone, read_zone
from loaders.calendars.people import Naming
from loaders.calendars.repetitions import REPEATS
from loaders.records.cleaning import split_year
from loaders.sources.source_file import SourceFile

_RANGE = re.compile(r"[^:]*;RANGE=THISANDFUTURE\b", re.I)


@dataclass(slots=True)
class Calendar:
    """A calendar's name, year, zones and ids, and the days and people of its events.

    `prefix` is what all locations begin with ("FOSDEM - "), `changed` the times of a repeating event that
    events of their own replace, by UID, `ranges` those from which on one replaces all, and `last_day` that of
    the events that do not repeat.
    """

    event: str = ""
    year: int | None = None
    zone: str = ""
    is_pretalx: bool = False
    prefix: str = ""
    zones: dict[str, tzinfo] = field(default_factory=dict)
    ids: Counter[str] = field(default_factory=Counter)
    changed: dict[str, list[Any]] = field(default_factory=dict)
    ranges: dict[str, list[Any]] = field(default_factory=dict)
    last_day: date | None = None
    naming: Naming = field(default_factory=Naming)


def survey(source: SourceFile) -> Calendar:
    """Scan the whole file for properties shared by all of its events."""
    calendar = Calendar()
    prefixes: set[str] = set()
    for _, name, lines in list_components(source):
        if not name:
            _read_property(calendar, lines[0])
        elif name == "VTIMEZONE":
            if zone := read_zone(lines):
                calendar.zones[zone[0]] = zone[1]
        elif name == "VEVENT":
            properties = first_lines(lines)
            _survey_event(calendar, lines, properties)
            if location := value_of(properties.get("LOCATION", "")):
                prefix, sign, _ = location.partition(" - ")
                prefixes.add(prefix + sign if sign else "")
    if len(prefixes) == 1 and calendar.ids.total() > 1:
        calendar.prefix = prefixes.pop()
    return calendar


def _survey_event(calendar: Calendar, lines: Sequence[str], properties: dict[str, str]) -> None:
    uid = value_of(properties.get("UID", ""))
    if value_of(properties.get("RECURRENCE-ID", "")):
        moment = _moment(properties["RECURRENCE-ID"])
        calendar.changed.setdefault(uid, []).extend([moment] if moment else [])
        if moment and _RANGE.match(properties["RECURRENCE-ID"]):
            calendar.ranges.setdefault(uid, []).append(moment)
    else:
        calendar.ids[uid] += 1
    if not any(key in properties for key in REPEATS) and "DTSTART" in properties:
        day = _day(value_of(properties["DTSTART"]))
        calendar.last_day = max(filter(None, (calendar.last_day, day)), default=None)
    calendar.naming.learn(lines, unescape(value_of(properties.get("SUMMARY", ""))))


def _moment(line: str) -> Any:
    component = parse_component(["BEGIN:VEVENT", line, "END:VEVENT"])
    return getattr(component and first_of(component, "RECURRENCE-ID"), "dt", None)


def _day(value: str) -> date | None:
    try:
        return datetime.strptime(value[:8], "%Y%m%d").date()
    except ValueError:
        return None


def _read_property(calendar: Calendar, line: str) -> None:
    key, _, value = line.partition(":")
    key, value = key.partition(";")[0].upper(), unescape(value).strip()
    if key in ("X-WR-CALNAME", "NAME") and not calendar.event:
        calendar.event, calendar.year = split_year(value)
    elif key == "X-WR-TIMEZONE" and is_zone(value):
        calendar.zone = value
    elif key == "PRODID":
        calendar.is_pretalx = "pretalx" in value.lower()
