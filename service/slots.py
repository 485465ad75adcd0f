"""Slots: the times that sessions take, and which of them overlap."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.dates import in_order
from service.session import Session

MAX_PLAN = 200
"""Sessions of a plan: the address that names them all has room for no more."""
UNKNOWN_LENGTH = timedelta(minutes=1)
"""How long a session takes whose end is unknown or not after its start: it runs in the minute of its start."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The time that a session takes, from `starts` to `ends`, excluded.

    Both are in UTC. Where the zone is unknown they are local times as if they were in UTC, and `edition` (event
    and year) says where: they compare with such times of the same edition alone.
    """

    starts: datetime
    ends: datetime
    edition: tuple[str, int] | None = None

    def overlaps(self, other: "Slot") -> bool:
        """Return whether nobody can be in both."""
        return (
            self.edition == other.edition and self.starts < other.ends and other.starts < self.ends
        )

    def matches(self) -> Iterator[tuple[str, str | int]]:
        """Yield what the sessions that it compares with have beside their times, by attributes of Session."""
        if self.edition is None:
            yield "status", "scheduled"
        else:
            yield "status", "local"
            yield "event", self.edition[0]
            yield "year", self.edition[1]


def slot_of(session: Session) -> Slot | None:
    """Return the time that a session takes; None where its time is unknown or it does not take place."""
    if session.starts_at is None or session.start_minute is None or session.cancelled:
        return None
    starts = in_order(session.starts_at)
    ends = in_order(session.ends_at) if session.ends_at else starts
    edition = None if session.starts_at.tzinfo else (session.event, session.year)
    return Slot(starts, ends if ends > starts else starts + UNKNOWN_LENGTH, edition)


def find_overlaps(sessions: Iterable[Session]) -> Iterator[tuple[Session, Session, timedelta]]:
    """Yield each two sessions that nobody can both be in, the earlier one first, and how long they overlap."""
    groups: dict[tuple[str, int] | None, list[tuple[Slot, Session]]] = defaultdict(list)
    for session in sessions:
        if slot := slot_of(session):
            groups[slot.edition].append((slot, session))
    for group in groups.values():
        group.sort(key=lambda one: (one[0].starts, one[0].ends, one[1].id))
        for place, (slot, session) in enumerate(group):
            for other, later in group[place + 1 :]:
                if other.starts >= slot.ends:
                    break
                yield session, later, min(slot.ends, other.ends) - other.starts


def fits(session: Session, taken: Iterable[Slot]) -> bool:
    """Return whether a session leaves a plan that takes these slots without clashes."""
    slot = slot_of(session)
    return slot is None or not any(slot.overlaps(other) for other in taken)
