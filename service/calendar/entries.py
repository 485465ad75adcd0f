"""One session as a VEVENT."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import icalendar

from service.calendar.texts import Text, clean
from service.calendar.zones import is_repeated, zone_id
from service.session import Session

_WEB_ADDRESS = re.compile(r"https?://[!-~]+", re.I)


def is_listed(session: Session) -> bool:
    """Return whether a calendar has a place for a session: not while its day is unknown."""
    return session.starts_at is not None


def make_entry(session: Session, *, stamp: datetime, address: str = "") -> icalendar.Event:
    """Return the entry of a session that `is_listed`.

    `stamp` is when the catalogue was loaded, for sessions of an older version, which do not know when they last
    changed. `address` is that of the session's page; without one the entry leads to the page at its event.
    """
    entry = icalendar.Event()
    entry.add("UID", str(session.id))
    entry.add("DTSTAMP", (session.modified or stamp).astimezone(UTC))
    if session.modified:
        entry.add("LAST-MODIFIED", session.modified.astimezone(UTC))
    entry.add("SEQUENCE", session.sequence)
    entry.add("STATUS", "CANCELLED" if session.cancelled else "CONFIRMED")
    entry.add("SUMMARY", clean(session.title))
    _add_times(entry, session)
    if room := clean(session.room):
        entry.add("LOCATION", room)
    if description := clean("\n\n".join(_describe(session))):
        entry.add("DESCRIPTION", description)
    if categories := _categories(session):
        entry.add("CATEGORIES", categories)
    if link := address or _safe_url(session.url):
        entry.add("URL", link)
    return entry


def _add_times(entry: icalendar.Event, session: Session) -> None:
    """Add start and end: a day alone where no time is known, else in the session's zone.

    An end that is not after the start is left out, as it must be.
    """
    starts, ends = session.starts_at, session.ends_at
    if starts is None:
        return
    if session.start_minute is None:
        _add_time(entry, "DTSTART", starts.date())
        return
    times = [starts] if session.duration_minutes is None or ends is None else [starts, ends]
    if any(moment.tzinfo and is_repeated(moment) for moment in times):
        times = [moment.astimezone(UTC) for moment in times]
    if times[-1] <= times[0]:
        times = times[:1]
    for name, moment in zip(("DTSTART", "DTEND"), times, strict=False):
        _add_time(entry, name, moment)


def _add_time(entry: icalendar.Event, name: str, moment: date) -> None:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        entry.add(name, moment)
    elif zone_id(moment) == "UTC":
        entry.add(name, moment.astimezone(UTC))
    else:
        entry.add(name, moment.replace(tzinfo=None), parameters={"TZID": zone_id(moment)})


def _describe(session: Session) -> Iterator[str]:
    if session.speakers:
        yield ", ".join(session.speakers)
    if session.abstract:
        yield session.abstract


def _categories(session: Session) -> list[Text]:
    given = map(clean, (session.track, session.kind, *session.tags))
    return list(dict.fromkeys(filter(None, given)))


def _safe_url(url: str) -> str:
    """Return an address of the web, of printable ASCII; empty where it is another one."""
    return url if _WEB_ADDRESS.fullmatch(url) else ""
