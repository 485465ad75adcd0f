"""A plain account of how often sessions changed, and of what was removed, to compare stores with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from service.session import Session
from service.stores.protocol import Generation


@dataclass(frozen=True, slots=True)
class Revisions:
    """The sequence of each session, and of each removed one."""

    sequences: Mapping[UUID, int] = field(default_factory=dict)
    removed: Mapping[UUID, int] = field(default_factory=dict)

    def after(self, before: Mapping[UUID, Session], state: Mapping[UUID, Session]) -> "Revisions":
        """Return the account after a load that makes `state` of what was there `before`."""
        sequences = {
            id: self.sequences[id] + (_schedule(before[id]) != _schedule(session))
            if id in before
            else self.removed.get(id, -1) + 1
            for id, session in state.items()
        }
        gone = {id: self.sequences[id] + 1 for id in before if id not in state}
        left = {id: number for id, number in self.removed.items() if id not in state}
        return Revisions(sequences, {**left, **gone})


def read_revisions(generation: Generation) -> Revisions:
    """Return the account that a generation gives."""
    sessions = [session for some, _ in generation.scan() for session in some]
    return Revisions(
        {session.id: session.sequence for session in sessions},
        {one.id: one.session.sequence for one in generation.tombstones()},
    )


def _schedule(session: Session) -> tuple[object, ...]:
    return session.title, session.room, session.starts_at, session.ends_at, session.cancelled
