"""Whole calendars, written entry by entry, so that memory does not grow with them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import icalendar

from service.calendar.entries import is_listed, make_entry
from service.calendar.texts import clean, write_lines
from service.calendar.zones import ZonesUsed, describe_zone
from service.dates import parse_zone
from service.session import Session

REFRESH = timedelta(hours=1)
"""How often a program that subscribed should ask again; most ask less often."""
_PRODUCT = "-//Conference Helper//Conference Helper//EN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a calendar says of itself.

    `source` is the address that it is had from again, empty where there is none. `stamp` is when the catalogue
    was loaded. `address_of` gives the address of a session's page, empty where there is none.
    """

    name: str
    description: str = ""
    source: str = ""
    stamp: datetime
    address_of: Callable[[Session], str] = lambda session: ""


def write_feed(feed: Feed, zones: ZonesUsed, sessions: Iterable[Session]) -> Iterator[bytes]:
    """Yield a calendar of the sessions that have a day, in parts; `zones` are those that all of them use."""
    head = write_lines(_head(feed, zones))
    end = b"END:VCALENDAR\r\n"
    yield head.removesuffix(end)
    for session in sessions:
        if is_listed(session):
            address = feed.address_of(session)
            yield write_lines(make_entry(session, stamp=feed.stamp, address=address))
    yield end


def _head(feed: Feed, zones: ZonesUsed) -> icalendar.Calendar:
    """Return the calendar without its entries."""
    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", _PRODUCT)
    calendar.add("CALSCALE", "GREGORIAN")
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, clean(feed.name))
    for name in ("DESCRIPTION", "X-WR-CALDESC"):
        if feed.description:
            calendar.add(name, clean(feed.description))
    if zone := zones.only_zone:
        calendar.add("X-WR-TIMEZONE", zone)
    if feed.source:
        calendar.add("SOURCE", feed.source, parameters={"VALUE": "URI"})
        calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", icalendar.vDuration(REFRESH))
    components = list(zones.components()) or [_some_zone(feed.stamp)]
    for component in components:
        calendar.add_component(component)
    return calendar


def _some_zone(stamp: datetime) -> icalendar.Timezone:
    """Return a zone that nothing uses: a calendar must have a component, and may have no session."""
    return describe_zone("Etc/UTC", parse_zone("Etc/UTC"), stamp, stamp)
