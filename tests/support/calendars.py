"""Reads calendars strictly, by the letter of RFC 5545 and by nothing but what they say."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar

_LINE = 75
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_STATUSES = {"CONFIRMED", "CANCELLED", "TENTATIVE"}


def read(content: bytes) -> Any:
    """Return the calendar that the bytes are; fail the test where they are none to the letter."""
    lines = content.split(b"\r\n")
    assert lines.pop() == b"", "the last line ends"
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    assert not [line for line in lines if len(line) > _LINE]
    assert not _CONTROL.search(content)
    content.decode("utf-8")
    for line in lines:
        line.decode("utf-8")  # folded between characters
    calendar = icalendar.Calendar.from_ical(content)
    assert not calendar.errors
    assert (str(calendar["VERSION"]), calendar["PRODID"] != "") == ("2.0", True)
    assert calendar.subcomponents
    _check_zones(calendar)
    events = calendar.walk("VEVENT")
    uids = [str(event["UID"]) for event in events]
    assert len(set(uids)) == len(uids)
    for event in events:
        _check_event(event)
    return calendar


def _check_zones(calendar: Any) -> None:
    zones = calendar.walk("VTIMEZONE")
    names = [str(zone["TZID"]) for zone in zones]
    assert len(set(names)) == len(names)
    for zone in zones:
        assert zone.subcomponents
        for one in zone.subcomponents:
            assert one.name in ("STANDARD", "DAYLIGHT")
            assert {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} <= set(one)
            assert one["DTSTART"].dt.tzinfo is None
    for event in calendar.walk("VEVENT"):
        for name in ("DTSTART", "DTEND"):
            if name in event and "TZID" in event[name].params:
                assert event[name].params["TZID"] in names


def _check_event(event: Any) -> None:
    assert not event.errors
    for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS"):
        assert not isinstance(event[name], list), f"{name} stands once"
    assert event["STATUS"] in _STATUSES
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        assert name not in event or event[name].dt.tzinfo is not None
    if "DTEND" in event:
        starts, ends = event["DTSTART"].dt, event["DTEND"].dt
        assert type(starts) is type(ends)


def events(calendar: Any) -> dict[str, Any]:
    """Return the entries of a calendar by their titles."""
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def start_of(calendar: Any, event: Any, name: str = "DTSTART") -> date:
    """Return when an entry starts: UTC, by what the calendar itself says of its zones; else as it stands."""
    value = event[name]
    zone = value.params.get("TZID")
    if zone is None:
        moment: date = value.dt
        return moment
    local = value.dt.replace(tzinfo=None)
    onsets = [
        (one["DTSTART"].dt - one["TZOFFSETFROM"].td, one["DTSTART"].dt, one["TZOFFSETTO"].td)
        for found in calendar.walk("VTIMEZONE")
        if found["TZID"] == zone
        for one in found.subcomponents
    ]
    offsets = [offset for _, onset, offset in sorted(onsets) if onset <= local]
    instant: datetime = (local - _last(offsets)).replace(tzinfo=UTC)
    return instant


def _last(offsets: list[timedelta]) -> timedelta:
    assert offsets, "the zone is described from before the time on"
    return offsets[-1]


def as_utc(moment: datetime) -> datetime:
    """Return an aware time in UTC."""
    return moment.astimezone(UTC)
