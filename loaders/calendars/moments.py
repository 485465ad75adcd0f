"""Event times and the VTIMEZONE definitions of a calendar."""

import re
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

from loaders.calendars.components import first_of, parse_component, text_of
from service.dates import parse_zone

_MAX_ZONE = 2_000  # lines
_NOT_YEARLY = re.compile(
    r"RRULE(?!.*FREQ=YEARLY)|RRULE.*BY(?:HOUR|MINUTE|SECOND|YEARDAY|SETPOS)|RRULE.{200}", re.I
)

Zones = Mapping[str, tzinfo]
"""The zones that a file defines, by TZID."""

Moment = tuple[str | datetime, str]
"""A time and the name of its zone; where that name is unknown, an aware time and no name."""


def read_zone(lines: Sequence[str]) -> tuple[str, tzinfo] | None:
    """Return the TZID and time zone of a VTIMEZONE; None if it is invalid: the TZID is looked up then.

    The library remembers it by its id, unless it knows that itself.
    """
    component = parse_component(lines)
    if len(lines) > _MAX_ZONE or any(map(_NOT_YEARLY.match, lines)):
        return None  # it would take long to find out what it says
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return text_of(component, "TZID"), component.to_tz(lookup_tzid=False)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, OSError):
        return None


def read_moment(event: Any, key: str, zones: Zones) -> Moment:
    """Return the time of a property, empty if it has none."""
    value = first_of(event, key)
    moment = getattr(value, "dt", None)
    named = str(value.params.get("TZID", "")) if isinstance(moment, datetime) else ""
    return write_moment(moment, named, zones)


def write_moment(moment: Any, named: str, zones: Zones) -> Moment:
    """Return a date or time in the zone with that TZID.

    The file's own definition says what an abbreviation such as GMT means, whatever it means elsewhere.
    """
    if not isinstance(moment, datetime):
        return (moment.isoformat() if isinstance(moment, date) else ""), ""
    own = None if "/" in named else _own_offset(zones, named, moment)
    if own is not None and own != _offset(moment):
        return moment.replace(tzinfo=timezone(own)), ""
    offset = _offset(moment)
    if moment.tzinfo is None or offset is None:
        return moment.replace(tzinfo=None).isoformat(), named
    key_of_zone = getattr(moment.tzinfo, "key", "")
    if named and is_zone(key_of_zone or named):
        return moment.replace(tzinfo=None).isoformat(), key_of_zone or named
    return (moment.replace(tzinfo=timezone(offset)) if offset else moment.replace(tzinfo=UTC)), ""


def _own_offset(zones: Zones, named: str, moment: datetime) -> timedelta | None:
    """Return the UTC offset at a local time in a zone defined by the file; None for other zones."""
    zone = zones.get(named)
    return _offset(moment.replace(tzinfo=zone)) if zone else None


def _offset(moment: datetime) -> timedelta | None:
    """Return the UTC offset of a time; None where its zone's definition contradicts itself."""
    try:
        return moment.utcoffset()
    except (ValueError, OverflowError, TypeError):  # dateutil's, of an EXDATE without a zone
        return None


def read_duration(event: Any) -> str:
    """Return how long an event lasts as hours and minutes, empty if DURATION does not say it."""
    length = getattr(first_of(event, "DURATION"), "dt", None)
    if not isinstance(length, timedelta) or not timedelta(0) < length < timedelta(days=30):
        return ""
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def is_zone(name: str) -> bool:
    """Return whether a zone of this name is known."""
    try:
        parse_zone(name)
    except ValueError:
        return False
    return True
