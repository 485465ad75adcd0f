"""Plan: an attendee's sessions in order of time, with their clashes and the gaps between them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from service.dates import in_order
from service.session import Session, person_key
from service.slots import find_overlaps, slot_of
from service.words import folded

_ONE_NIGHT = timedelta(hours=6)
"""A longer gap that ends on another day is a night, and told of no session."""
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two sessions that nobody can both be in, the earlier first, for how many minutes they overlap.

    `speakers` are those who would have to be in both, spelled as in the first.
    """

    first: Session
    second: Session
    minutes: int
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """The time from the end of one session to the start of the next.

    `minutes` is None where the end of the first is unknown, `changes_room` where one of the rooms is.
    """

    after: Session
    before: Session
    minutes: int | None
    changes_room: bool | None


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """The sessions that start on one day (YYYY-MM-DD; empty: unknown), those without a time last."""

    day: str
    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class PlannedEdition:
    """The sessions of one event and year, by day; those without a day last."""

    event: str
    year: int
    days: tuple[PlannedDay, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Sessions of any events and years: those on or to come first, then those over, the latest first.

    A session that is cancelled or without a time neither clashes nor ends a gap.
    """

    editions: tuple[PlannedEdition, ...]
    clashes: tuple[Clash, ...]
    gaps: tuple[Gap, ...]

    @property
    def sessions(self) -> list[Session]:
        """All of its sessions, in order."""
        return [
            session for edition in self.editions for day in edition.days for session in day.sessions
        ]

    def clashes_of(self, session: Session) -> list[Clash]:
        """Return the clashes that a session is in."""
        return [one for one in self.clashes if session.id in (one.first.id, one.second.id)]

    def gap_before(self, session: Session) -> Gap | None:
        """Return the gap that ends with a session, None where there is none."""
        return next((one for one in self.gaps if one.before.id == session.id), None)


def make_plan(sessions: Iterable[Session], now: datetime) -> Plan:
    """Return the plan of some sessions, each once, as it stands at `now`."""
    ordered = sorted({session.id: session for session in sessions}.values(), key=_by_start)
    groups: dict[tuple[str, int], list[Session]] = defaultdict(list)
    for session in ordered:
        groups[session.event, session.year].append(session)
    editions = sorted(groups.items(), key=lambda group: _by_time(group[0][1], group[1], now))
    return Plan(
        tuple(_edition(event, year, some) for (event, year), some in editions),
        tuple(_find_clashes(ordered)),
        tuple(one for _, some in editions for one in _find_gaps(some)),
    )


def _edition(event: str, year: int, sessions: Sequence[Session]) -> PlannedEdition:
    days: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        days[session.day].append(session)
    ordered = sorted(days.items(), key=lambda day: (not day[0], day[0]))
    return PlannedEdition(event, year, tuple(PlannedDay(day, tuple(some)) for day, some in ordered))


def _by_start(session: Session) -> tuple[bool, datetime, datetime, str, UUID]:
    """Return the key that orders sessions: by start, end and title; those without a time of day come last."""
    slot = slot_of(session)
    starts = in_order(session.starts_at) if session.starts_at else _LAST
    ends = slot.ends if slot else starts
    return session.start_minute is None, starts, ends, folded(session.title), session.id


def _by_time(year: int, sessions: Sequence[Session], now: datetime) -> tuple[bool, float]:
    """Return the key that puts editions to come first, in order, then those over, the latest first.

    An edition is over when the day after its last session has begun; without times, when its year is.
    """
    starts = [in_order(one.starts_at) for one in sessions if one.starts_at]
    first, last = (min(starts), max(starts)) if starts else (_ends(year), _ends(year))
    is_over = last + timedelta(days=1) < now
    return is_over, -last.timestamp() if is_over else first.timestamp()


def _ends(year: int) -> datetime:
    return datetime(min(max(year, 1), 9998), 12, 31, tzinfo=UTC)


def _find_clashes(sessions: Iterable[Session]) -> Iterator[Clash]:
    for first, second, together in find_overlaps(sessions):
        keys = {person_key(name) for name in second.speakers} - {""}
        speakers = tuple(name for name in first.speakers if person_key(name) in keys)
        yield Clash(first, second, _minutes(together), speakers)


def _find_gaps(sessions: Sequence[Session]) -> Iterator[Gap]:
    """Yield the gap before each session of an edition: from the last end of one that is over by then."""
    taken = [(session, slot) for session in sessions if (slot := slot_of(session))]
    for session, slot in taken:
        over = [
            one for one in taken if one[1].ends <= slot.starts and one[1].edition == slot.edition
        ]
        if over:
            after, before = max(over, key=lambda one: one[1].ends)
            if after.day == session.day or slot.starts - before.ends <= _ONE_NIGHT:
                yield _gap(after, session, _minutes(slot.starts - before.ends))


def _gap(after: Session, before: Session, minutes: int) -> Gap:
    is_known = bool(after.duration_minutes and after.duration_minutes > 0)
    rooms = (after.room, before.room)
    changes_room = rooms[0] != rooms[1] if all(rooms) else None
    return Gap(after, before, minutes if is_known else None, changes_room)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60
