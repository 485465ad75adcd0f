"""Time zones of a calendar: what a local time in one means, written as VTIMEZONE for the time that is used.

The library's own way from a zone to a VTIMEZONE is not taken: it says the onset of summer time in the offset
that follows instead of the one before, so that the hour after it would be read wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar

from service.dates import parse_zone, zone_name
from service.session import Session
from service.stores.editions import EditionDay

_MARGIN = timedelta(days=2)
"""What is described of a zone before and after the times that are used."""
_LONGEST = timedelta(days=60)
"""No session lasts longer: an exhibition may take weeks."""
_STEP = timedelta(hours=12)
"""No zone changes its offset and changes it back within this time."""
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Onset:
    """From when on a zone has an offset: an instant in UTC, and the offset before."""

    instant: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


def zone_id(moment: datetime) -> str:
    """Return what a calendar calls the zone of an aware time: its IANA name, or one such as UTC+0200."""
    name = zone_name(moment)
    return f"UTC{name.replace(':', '')}" if name[:1] in "+-" else name


def is_repeated(moment: datetime) -> bool:
    """Return whether an aware time is the second of two with one local time, as clocks were put back.

    A local time in a calendar is the first of the two.
    """
    return moment.replace(fold=0).utcoffset() != moment.utcoffset()


@dataclass(slots=True)
class ZonesUsed:
    """The zones of a calendar's sessions, and from when to when each is used."""

    _spans: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    _zones: dict[str, tzinfo] = field(default_factory=dict)
    _has_local: bool = False

    def add(self, sessions: Iterable[Session]) -> None:
        """Note the zones of sessions; those whose zone is unknown have none."""
        for session in sessions:
            if session.starts_at is not None:
                self._add(session.starts_at, session.ends_at or session.starts_at)

    def add_days(self, days: Iterable[EditionDay]) -> None:
        """Note the zones of the sessions of some days, which are not read yet."""
        for one in days:
            if one.day:
                zone = parse_zone(one.timezone) if one.timezone else None
                starts = datetime.fromisoformat(one.day).replace(tzinfo=zone)
                self._add(starts, starts + _LONGEST)

    def _add(self, starts: datetime, ends: datetime) -> None:
        if starts.tzinfo is None:
            self._has_local = True
            return
        name = zone_id(starts)
        first, last = self._spans.get(name, (starts, ends))
        self._spans[name] = min(first, starts), max(last, ends, starts)
        self._zones.setdefault(name, parse_zone(zone_name(starts)))

    @property
    def only_zone(self) -> str:
        """The IANA name of the zone of all times; empty where there are several, or a time has no zone."""
        (name, *others) = self._zones or [""]
        is_named = isinstance(self._zones.get(name), ZoneInfo) or name == "UTC"
        return name if is_named and not others and not self._has_local else ""

    def components(self) -> Iterator[icalendar.Timezone]:
        """Yield the description of each zone, but of UTC, which needs none."""
        for name, (first, last) in self._spans.items():
            if name != "UTC":
                yield describe_zone(name, self._zones[name], first, last)


def describe_zone(name: str, zone: tzinfo, first: datetime, last: datetime) -> icalendar.Timezone:
    """Return what a zone's offsets are from the `first` aware time to the `last`."""
    component = icalendar.Timezone()
    component.add("TZID", name)
    starts, ends = first.astimezone(UTC) - _MARGIN, last.astimezone(UTC) + _MARGIN
    for onset in (_state(zone, starts), *_onsets_between(zone, starts, ends)):
        component.add_component(_observance(onset))
    return component


def _observance(onset: Onset) -> icalendar.cal.Component:
    observance = icalendar.TimezoneDaylight() if onset.is_summer else icalendar.TimezoneStandard()
    observance.add("DTSTART", (onset.instant + onset.before).replace(tzinfo=None))
    observance.add("TZOFFSETFROM", onset.before)
    observance.add("TZOFFSETTO", onset.after)
    observance.add("TZNAME", onset.name)
    return observance


def _onsets_between(zone: tzinfo, starts: datetime, ends: datetime) -> Iterator[Onset]:
    for year in range(starts.year, ends.year + 1):
        yield from (one for one in _onsets(zone, year) if starts < one.instant <= ends)


@lru_cache(maxsize=256)
def _onsets(zone: tzinfo, year: int) -> tuple[Onset, ...]:
    """Return the changes of a zone's offset in a year, in order."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    count = (datetime(year + 1, 1, 1, tzinfo=UTC) - start) // _STEP
    moments = [start + number * _STEP for number in range(count + 1)]
    offsets = [_offset(zone, moment) for moment in moments]
    return tuple(
        _find_onset(zone, moments[number], moments[number + 1])
        for number, (one, other) in enumerate(pairwise(offsets))
        if one != other
    )


def _find_onset(zone: tzinfo, before: datetime, after: datetime) -> Onset:
    """Return the change of offset between two instants, found by halving the time between to a second."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return _state(zone, after, _offset(zone, before))


def _state(zone: tzinfo, instant: datetime, before: timedelta | None = None) -> Onset:
    """Return a zone's offset at an instant, as an onset from another one or, where none is given, the same."""
    local = instant.astimezone(zone)
    offset = _offset(zone, instant)
    is_summer = bool(local.dst())
    return Onset(
        instant, offset if before is None else before, offset, local.tzname() or "", is_summer
    )


def _offset(zone: tzinfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or _NO_TIME
