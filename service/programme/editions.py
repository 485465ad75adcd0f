"""Editions of events, their days, and which of them people who name none want to see."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.dates import parse_zone
from service.filters import Filters, in_day_range
from service.stores.editions import EditionDay

BY_CALENDAR = ("event", "year", "day")
"""Filters that the calendar alone can answer."""


NIGHT = timedelta(hours=4)
"""How long after midnight it is still the evening of a day that no other day follows."""
_EVERYWHERE = timedelta(days=2)
"""How long after a day has begun in UTC it is over in every zone, its night too."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One event in one year.

    days      its days (YYYY-MM-DD, in order), each with how many sessions start on it
    undated   how many sessions have no day
    zones     the zones of its sessions, that of most of them first; none where no zone is known
    """

    event: str
    year: int
    days: tuple[tuple[str, int], ...]
    undated: int
    zones: tuple[str, ...]

    @property
    def name(self) -> str:
        """The event with its year, which some events have in their names."""
        return self.event if str(self.year) in self.event else f"{self.event} {self.year}"

    @property
    def sessions(self) -> int:
        """How many sessions it has."""
        return sum(count for _, count in self.days) + self.undated

    def local(self, now: datetime) -> datetime:
        """Return a moment in the edition's zone, in UTC where that is unknown."""
        return now.astimezone(parse_zone(self.zones[0]) if self.zones else UTC)

    def today(self, now: datetime) -> str:
        """Return the day that it is there; the night after the last day belongs to that day."""
        local = self.local(now)
        today, evening = (one.date().isoformat() for one in (local, local - NIGHT))
        days = {day for day, _ in self.days}
        return evening if today not in days and evening in days else today


def gather(calendar: Iterable[EditionDay]) -> list[Edition]:
    """Return the editions of a calendar, by event and year."""
    grouped: dict[tuple[str, int], list[EditionDay]] = defaultdict(list)
    for one in calendar:
        grouped[one.event, one.year].append(one)
    return [_edition(event, year, days) for (event, year), days in sorted(grouped.items())]


def narrow(calendar: Iterable[EditionDay], filters: Filters) -> list[EditionDay]:
    """Return the days of a calendar that pass the filters on event, year and day."""
    return [one for one in calendar if _passes(one, filters)]


def choose(editions: Sequence[Edition], now: datetime) -> Edition:
    """Return the edition that is on or comes next; where all are over, the latest."""
    lately = (now.astimezone(UTC) - _EVERYWHERE).date().isoformat()
    ahead = [
        one
        for one in editions
        if one.days and one.days[-1][0] >= lately and one.days[-1][0] >= one.today(now)
    ]
    if ahead:
        return min(ahead, key=lambda one: (choose_day(one, now), -one.sessions))
    return max(editions, key=lambda one: (one.year, one.days[-1:], one.sessions))


def choose_day(edition: Edition, now: datetime) -> str:
    """Return today or the next of an edition's days; where all have passed, the first; "" if there is none."""
    today = edition.today(now)
    days = [day for day, _ in edition.days]
    return next((day for day in days if day >= today), days[0] if days else "")


def _edition(event: str, year: int, found: Sequence[EditionDay]) -> Edition:
    days: Counter[str] = Counter()
    zones: Counter[str] = Counter()
    for one in found:
        days[one.day] += one.sessions
        zones[one.timezone] += one.sessions
    undated = days.pop("", 0)
    zones.pop("", None)
    known = tuple(zone for zone, _ in zones.most_common())
    return Edition(event, year, tuple(sorted(days.items())), undated, known)


def _passes(one: EditionDay, filters: Filters) -> bool:
    days = filters.get("day")
    return (
        one.event in filters.get("event", (one.event,))
        and one.year in filters.get("year", (one.year,))
        and (days is None or any(in_day_range(one.day, str(day)) for day in days))
    )
