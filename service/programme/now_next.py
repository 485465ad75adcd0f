"""What is on now and what comes next in one edition, by the clock where it takes place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from service.dates import parse_zone
from service.filters import Filters
from service.programme.editions import Edition
from service.programme.parts import MINUTES, format_minute
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


def find_now_and_next(
    generation: Generation, filters: Filters, edition: Edition, now: datetime
) -> NowAndNext:
    """Return what is on and comes next, of the sessions that pass; cancelled ones are neither."""
    clocks = dict.fromkeys(
        (clock.date().isoformat(), 60 * clock.hour + clock.minute)
        for clock in (now.astimezone(parse_zone(zone)) for zone in edition.zones)
    )
    on: dict[object, Session] = {}
    ahead: dict[object, Session] = {}
    for day, minute in clocks:
        for session in _may_be_on(generation, filters, edition, day, minute):
            slot = _scheduled(session)
            if slot and slot.starts <= now < slot.ends:
                on[session.id] = session
        for session in _coming(generation, filters, edition, day, minute):
            slot = _scheduled(session)
            if slot and slot.starts > now:
                ahead[session.id] = session
    return NowAndNext(
        edition.local(now),
        tuple(sorted(on.values(), key=_by_room)),
        tuple(_next(sorted(ahead.values(), key=_by_start), now)),
    )


def running_into(
    generation: Generation, filters: Filters, edition: Edition, day: str
) -> list[Session]:
    """Return the sessions of earlier days that are not over when the day begins, in order of their start."""
    before = [one for one, _ in edition.days if one < day]
    if not before:
        return []
    late = generation.programme(filters.replace(day=before, at=[_LAST_MINUTE]), MOST)
    return [session for session in late if _reaches(session, day)]


def _may_be_on(
    generation: Generation, filters: Filters, edition: Edition, day: str, minute: int
) -> Iterator[Session]:
    running = filters.replace(day=[day], at=[format_minute(minute)])
    yield from generation.programme(running, MOST)
    yield from running_into(generation, filters, edition, day)


def _coming(
    generation: Generation, filters: Filters, edition: Edition, day: str, minute: int
) -> list[Session]:
    """Return the sessions that start later that day, those of the next day where there are none."""
    if minute + 1 < MINUTES:
        later = filters.replace(day=[day], **{"from": [format_minute(minute + 1)]})
        if found := generation.programme(later, MOST):
            return found
    following = [one for one, _ in edition.days if one > day]
    timed = {"from": [format_minute(0)]}
    return (
        generation.programme(filters.replace(day=following[:1], **timed), MOST) if following else []
    )


def _next(ahead: Sequence[Session], now: datetime) -> Iterator[Session]:
    """Yield the first session of each room among those that start soon, or that start first."""
    if not ahead or ahead[0].starts_at is None:
        return
    until = max(now + SOON, ahead[0].starts_at)
    rooms: set[str] = set()
    for session in ahead:
        if session.starts_at and session.starts_at <= until and session.room not in rooms:
            yield session
            rooms |= {session.room} - {""}


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
