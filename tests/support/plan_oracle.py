"""A plain oracle of plans: what a plan and its alternatives are, by looking at every session each time."""

import calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

import numpy as np

from service.encoder import Vectors
from service.session import Session
from support.fakes import BagOfWords

Interval = tuple[float, float, tuple[str, int] | None]
"""Start and end in seconds, and the edition where these are of no known zone."""


def interval(session: Session) -> Interval | None:
    """Return when somebody who attends a session is busy, None if never."""
    starts, ends = session.starts_at, session.ends_at
    if starts is None or session.cancelled:
        return None
    if starts.time() == time() and (ends is None or ends == starts):
        return None  # only its day is known
    begin, end = _seconds(starts), _seconds(ends) if ends else 0.0
    edition = (session.event, session.year) if starts.tzinfo is None else None
    return begin, end if end > begin else begin + 60, edition


def overlap(one: Session, other: Session) -> float:
    """Return for how many seconds both sessions are on."""
    first, second = interval(one), interval(other)
    if first is None or second is None or first[2] != second[2]:
        return 0.0
    return max(0.0, min(first[1], second[1]) - max(first[0], second[0]))


def clashes(plan: Sequence[Session]) -> set[tuple[frozenset[UUID], int]]:
    """Return each two sessions of a plan that overlap, and for how many minutes."""
    return {
        (frozenset({one.id, other.id}), int(seconds // 60))
        for index, one in enumerate(plan)
        for other in plan[index + 1 :]
        if (seconds := overlap(one, other))
    }


def gaps(plan: Sequence[Session]) -> dict[UUID, tuple[int | None, set[UUID]]]:
    """Return the minutes before each session that has a gap before it, and after which it may be.

    None where the end of that session is unknown; several may end at once.
    """
    found = {}
    for session in plan:
        own = interval(session)
        if own is None:
            continue
        over = [
            (other, taken)
            for other in plan
            if (taken := interval(other))
            and (other.event, other.year, taken[2]) == (session.event, session.year, own[2])
            and taken[1] <= own[0]
        ]
        last = max((taken[1] for _, taken in over), default=None)
        before = [other for other, taken in over if taken[1] == last]
        if last is None or not before:
            continue
        told = [one for one in before if _is_told(one, session, own[0] - last)]
        if told:
            is_known = {bool(one.ends_at and one.ends_at > one.starts_at) for one in before}  # type: ignore[operator]  # it has a time
            minutes = int((own[0] - last) // 60) if is_known == {True} else None
            found[session.id] = (minutes, {one.id for one in before})
    return found


def _is_told(before: Session, session: Session, seconds: float) -> bool:
    return before.day == session.day or seconds <= 6 * 60 * 60


def _seconds(moment: datetime) -> float:
    return moment.timestamp() if moment.tzinfo else calendar.timegm(moment.timetuple())


@dataclass(frozen=True)
class Catalogue:
    """Every session, and the vectors of all."""

    sessions: tuple[Session, ...]

    @cached_property
    def vectors(self) -> Vectors:
        """The unit vectors (n, dimension) of the sessions."""
        return BagOfWords().encode_sessions([one.text for one in self.sessions])

    @cached_property
    def ids(self) -> list[UUID]:
        """The id of each session."""
        return [session.id for session in self.sessions]

    @cached_property
    def places(self) -> dict[UUID, int]:
        """The row of each session, by its id."""
        return {id: row for row, id in enumerate(self.ids)}

    @cached_property
    def busy(self) -> list[Interval | None]:
        """When somebody who attends a session is busy."""
        return [interval(session) for session in self.sessions]

    @cached_property
    def talks(self) -> list[set[str]]:
        """What sittings of one talk share."""
        return [set(session.talk_keys) for session in self.sessions]

    @cached_property
    def editions(self) -> dict[tuple[str, int], list[int]]:
        """The rows of each edition."""
        found: dict[tuple[str, int], list[int]] = defaultdict(list)
        for row, session in enumerate(self.sessions):
            found[session.event, session.year].append(row)
        return found

    def fitting(self, plan: Sequence[Session]) -> set[UUID]:
        """Return what leaves a plan without clashes."""
        return {self.ids[row] for row in self._fitting(range(len(self.sessions)), plan)}

    def alternatives(
        self, session: Session, plan: Sequence[Session], now: datetime
    ) -> tuple[list[UUID], list[float]]:
        """Return the other sittings of a session's talk that fit, and how much like it what else fits is."""
        own, planned = self.places[session.id], {self.places[one.id] for one in plan}
        others = [self.sessions[row] for row in planned if row != own]
        fitting = self._fitting(self.editions[session.event, session.year], others)
        offered = {row for row in fitting if row not in planned and self._is_offered(row, own, now)}
        sittings = [row for row in offered if self.talks[row] & self.talks[own]]
        sittings.sort(
            key=lambda row: (abs(self._start(row) - self._start(own)), str(self.ids[row]))
        )
        chosen = [self.ids[row] for row in sittings[:3]]
        return chosen, self._alike(own, fitting, offered)[: 3 - len(chosen)]

    @cached_property
    def _likeness(self) -> Vectors:
        """The dot products (n, n) of the sessions."""
        return self.vectors @ self.vectors.T

    def likeness(self, one: Session, other: Session) -> float:
        """Return the dot product of two sessions."""
        return float(self._likeness[self.places[one.id]][self.places[other.id]])

    @cached_property
    def _times(self) -> Any:
        """Start and end of each session as rows of numbers; not a number where nobody is busy."""
        return np.array([one[:2] if one else (np.nan, np.nan) for one in self.busy])

    @cached_property
    def _clocks(self) -> Any:
        """Which clock the times of each session are of: one for all zones, one for each edition without."""
        kinds = sorted({one[2] for one in self.busy if one}, key=str)
        return np.array([kinds.index(one[2]) if one else -1 for one in self.busy])

    def _fitting(self, rows: Sequence[int], plan: Sequence[Session]) -> list[int]:
        """Return the rows of what overlaps nothing of a plan."""
        starts, ends = self._times[rows].T
        clocks = self._clocks[rows]
        free = np.ones(len(rows), dtype=bool)
        for own in (self.places[one.id] for one in plan):
            start, end = self._times[own]
            free &= ~((clocks == self._clocks[own]) & (starts < end) & (start < ends))
        return [row for row, is_free in zip(rows, free, strict=True) if is_free]

    def _is_offered(self, row: int, own: int, now: datetime) -> bool:
        one, other = self.busy[row], self.busy[own]
        if one is None or other is None or one[2] != other[2]:
            return False
        return one[0] >= now.timestamp() or other[1] <= now.timestamp()

    def _alike(self, own: int, fitting: Sequence[int], offered: set[int]) -> list[float]:
        """Return how like a session the talks on offer are, each once, among the 375 sessions most like it."""
        scores = self._likeness[own][fitting]
        known, found = set(self.talks[own]), []
        for place in np.argsort(-scores, kind="stable")[:375]:
            row = fitting[place]
            if row in offered and not self.talks[row] & known:
                known |= self.talks[row]
                found.append(float(scores[place]))
        return found

    def _start(self, row: int) -> float:
        found = self.busy[row]
        return found[0] if found else 0.0


def disturbed(sessions: Sequence[Session], random: Random) -> list[Session]:
    """Return a programme of which some sessions are given again, cancelled, or have no end."""
    found = []
    for session in sessions:
        chance = random.random()
        if chance < 0.03:
            session = replace(session, cancelled=True)
        elif chance < 0.05:
            session = replace(session, ends_at=None)
        found.append(session)
        if 0.05 < chance < 0.13:
            other = random.choice(sessions)
            if (other.event, other.year) == (session.event, session.year) and other.starts_at:
                times = {"starts_at": other.starts_at, "ends_at": other.ends_at}
                again = f"{session.source_id} again"
                found.append(replace(session, source_id=again, room=other.room, **times))  # type: ignore[arg-type]  # times of a session
    return found


def random_plan(sessions: Sequence[Session], random: Random) -> list[Session]:
    """Return a plan: often of one day, so that much of it clashes, else of any events and years."""
    size = random.choice([1, 2, 3, 5, 8, 12, 20, 40])
    if random.random() < 0.75:
        place = random.randrange(len(sessions))
        event, day = sessions[place].event, sessions[place].day
        near = sessions[max(0, place - 400) : place + 400]
        sessions = [one for one in near if one.event == event and one.day == day]
    return random.sample(list(sessions), min(size, len(sessions)))


def moved(session: Session, random: Random) -> tuple[Session, list[str]]:
    """Return a session as it was before some changes, and what is told of these."""
    was, told = session, []
    starts, ends = session.starts_at, session.ends_at
    if starts and session.start_minute is not None and random.random() < 0.5:
        shift = timedelta(minutes=random.choice([-1440, -90, -30, 30, 45, 1440]))
        was = replace(was, starts_at=starts + shift, ends_at=ends + shift if ends else None)
    if random.random() < 0.3:
        was = replace(was, room=random.choice(["Janson", ""]))
    if random.random() < 0.1:
        was = replace(was, title=f"{session.title} (draft)")
    room = was.room if was.room != session.room else ""
    if was.starts_at != starts and was.starts_at and starts:
        date = f"{was.starts_at:%A} {was.starts_at.day} {was.starts_at:%B} {was.starts_at.year}, "
        day = "" if was.day == session.day else date
        end = f"–{was.ends_at:%H:%M}" if was.ends_at else ""
        told.append(f"was {day}{was.starts_at:%H:%M}{end}" + (f", {room}" if room else ""))
    elif room:
        told.append(f"was in {room}")
    if session.room and not was.room:
        told.append("had no room")
    if was.title != session.title:
        told.append(f"was called “{was.title}”")
    return was, told
