"""What is on now and what comes next in one edition, by the clock where it takes place."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from service.dates import parse_zone
from service.filters import Filters, Value
from service.programme.editions import Edition
from service.programme.parts import MINUTES, Part, format_minute
from service.programme.timetable import end_minute, room_order
from service.session import Session
from service.slots import Slot, slot_of
from service.stores.protocol import Generation

MOST = 300
"""Sessions that are read of those that are on, and of those that come next."""
SOON = timedelta(hours=1)
"""How far ahead the next sessions are looked for; where none starts by then, the first after it are next."""
_LAST_MINUTE = format_minute(MINUTES - 1)


@dataclass(frozen=True, slots=True)
class NowAndNext:
    """A moment in the edition's zone, what is on then by room, and the next in each room in order of time."""

    now: datetime
    on: tuple[Session, ...]
    next: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The sessions of a part of a day that pass, which need not be read again."""

    day: str
    part: Part
    sessions: tuple[Session, ...]

    def holds(self, day: str, minute: int) -> bool:
        """Return whether all sessions are among them that start on a day in a minute of it."""
        part = self.part
        return (
            day == self.day
            and part.first is not None
            and part.pages == 1
            and part.first <= minute < part.end
        )


@dataclass(frozen=True, slots=True)
class NowFinder:
    """Finds what is on and what comes next of an edition's sessions that pass; cancelled ones are neither."""

    generation: Generation
    filters: Filters
    edition: Edition
    known: Known

    def find(self, now: datetime) -> tuple[Sequence[Session], Sequence[Session]]:
        """Return what is on at a moment, and the first to come in each room (see NowAndNext)."""
        on: dict[UUID, Session] = {}
        ahead: dict[UUID, Session] = {}
        for zone in self.edition.zones:
            clock = now.astimezone(parse_zone(zone))
            day, minute = clock.date().isoformat(), 60 * clock.hour + clock.minute
            for session in self._may_be_on(day, minute):
                slot = _scheduled(session)
                if slot and slot.starts <= now < slot.ends:
                    on[session.id] = session
            ahead |= {one.id: one for one in self._coming(day, minute + 1, clock)}
        return sorted(on.values(), key=_by_room), list(_next(ahead.values(), now))

    def _may_be_on(self, day: str, minute: int) -> Iterator[Session]:
        at = {"day": [day], "at": [format_minute(minute)]}
        if not self.known.holds(day, minute):
            yield from self._read(**at)
        else:
            yield from (one for one in self.known.sessions if (one.start_minute or 0) <= minute)
            if first := self.known.part.first:
                yield from self._read(**at, to=[format_minute(first)])
        yield from running_into(self.generation, self.filters, self.edition, day)

    def _coming(self, day: str, first: int, now: datetime) -> list[Session]:
        """Return the sessions that start later that day, those of the next day where there are none."""
        if found := self._later(day, first, now):
            return found
        following = [one for one, _ in self.edition.days if one > day]
        if not following:
            return []
        read = self._read(day=following[:1], **{"from": [format_minute(0)]})
        return [one for one in read if _starts_after(one, now)]

    def _later(self, day: str, first: int, now: datetime) -> list[Session]:
        """Return the sessions that start from a minute of the day on; if some come soon, those alone."""
        minute, found = first, list[Session]()
        if self.known.holds(day, first):
            found = [one for one in self.known.sessions if _starts_after(one, now)]
            first = self.known.part.end
        last = MINUTES - 1
        if any(one.starts_at and one.starts_at <= now + SOON for one in found):
            last = min(last, minute + int(SOON.total_seconds()) // 60)
        if first > last:
            return found
        to = [format_minute(last + 1)] if last + 1 < MINUTES else []
        read = self._read(day=[day], to=to, **{"from": [format_minute(first)]})
        return [*found, *(one for one in read if _starts_after(one, now))]

    def _read(self, **filters: Iterable[Value]) -> list[Session]:
        """Return the first sessions that pass, of those that take place where the catalogue knows it."""
        wanted = self.filters.replace(**filters)
        if "status" in self.generation.manifest.indexes:
            wanted = wanted.replace(status=("scheduled",))
        return self.generation.programme(wanted, MOST, brief=True)


def running_into(
    generation: Generation, filters: Filters, edition: Edition, day: str
) -> list[Session]:
    """Return the sessions of earlier days that are not over when the day begins, in order of their start."""
    before = [one for one, _ in edition.days if one < day]
    if not before:
        return []
    late = generation.programme(filters.replace(day=before, at=[_LAST_MINUTE]), MOST, brief=True)
    return [session for session in late if _reaches(session, day)]


def _next(ahead: Collection[Session], now: datetime) -> Iterator[Session]:
    """Yield the first session of each room among those that start soon, or that start first."""
    if not ahead:
        return
    until = max((now + SOON).timestamp(), min(map(_started, ahead)))
    rooms: set[str] = set()
    for session in sorted((one for one in ahead if _started(one) <= until), key=_by_start):
        if session.room not in rooms:
            yield session
            rooms |= {session.room} - {""}


def _starts_after(session: Session, now: datetime) -> bool:
    starts = session.starts_at
    if (
        starts is None or not starts.tzinfo or starts <= now
    ):  # most are told by this, without their slot
        return False
    return _scheduled(session) is not None


def _scheduled(session: Session) -> Slot | None:
    """Return the time that a session takes, on every clock; None where it is unknown, or it is cancelled."""
    slot = slot_of(session)
    return slot if slot and slot.edition is None else None


def _reaches(session: Session, day: str) -> bool:
    """Return whether a session that started on an earlier day ends after the midnight before `day`."""
    days = (date.fromisoformat(day) - date.fromisoformat(session.day)).days
    return end_minute(session) > days * MINUTES


def _by_room(session: Session) -> tuple[Any, ...]:
    return room_order(session.room), _started(session), str(session.id)


def _by_start(session: Session) -> tuple[Any, ...]:
    return _started(session), room_order(session.room), str(session.id)


def _started(session: Session) -> float:
    return session.starts_at.timestamp() if session.starts_at else 0.0
