"""Tombstones: what is left of the sessions that loads removed, kept beside a generation's own for a year.

By them calendars and plans that hold such a session tell that it was taken out of the programme. They are
outside search, counts, facets and scans. A load hands on those of the generation before, adds what it removes
and leaves out what comes back; they go with a generation through rollback, backup and migration.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from typing import Any
from uuid import UUID

from service.errors import REMEDY, DamagedError
from service.session import Session
from service.stores.payload import DERIVED, decode_payload, encode_payload

KEPT = timedelta(days=365)
"""How long a tombstone is kept."""
MAX_TOMBSTONES = 10_000
"""Tombstones of one generation, the newest: a removed event may have any number of sessions."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A session that was removed: its event, title, room and times as they last were.

    Its removal is a revision of it, so that `session.sequence` is one higher than before.
    """

    session: Session

    @property
    def id(self) -> UUID:
        """The id that the session had."""
        return self.session.id

    @property
    def removed_at(self) -> datetime:
        """When the load was that removed it."""
        return self.session.modified or _LONG_AGO


def bury(session: Session, now: datetime) -> Tombstone:
    """Return the tombstone of a session that is removed now."""
    return Tombstone(
        Session(
            event=session.event,
            year=session.year,
            source_id=session.source_id,
            slot=session.slot,
            title=session.title,
            room=session.room,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            cancelled=True,
            sequence=session.sequence + 1,
            modified=now.replace(microsecond=0),
        )
    )


def newest(tombstones: Iterable[Tombstone], now: datetime) -> list[Tombstone]:
    """Return the newest MAX_TOMBSTONES tombstones, one an id and none older than a year, oldest first."""
    recent = (one for one in tombstones if one.removed_at > now - KEPT)
    found = nlargest(MAX_TOMBSTONES, recent, key=lambda one: (one.removed_at, str(one.id)))
    return list({one.id: one for one in reversed(found)}.values())


def select(tombstones: Mapping[UUID, Tombstone], ids: Collection[UUID] | None) -> list[Tombstone]:
    """Return those of some ids in the order given, or all; without those that are over a year old."""
    found: Iterator[Tombstone] = (
        iter(tombstones.values())
        if ids is None
        else (tombstones[id] for id in ids if id in tombstones)
    )
    oldest = datetime.now(UTC) - KEPT
    return [one for one in found if one.removed_at > oldest]


def encode_tombstone(tombstone: Tombstone) -> dict[str, Any]:
    """Return a tombstone as JSON values."""
    payload = encode_payload(tombstone.session)
    return {name: value for name, value in payload.items() if name not in DERIVED}


def decode_tombstone(values: Mapping[str, Any]) -> Tombstone:
    """Return the tombstone that `encode_tombstone` gave. Raises DamagedError if it is none."""
    session = decode_payload(values)
    if session.modified is None:
        raise DamagedError(f"A removed session does not say when it was removed. {REMEDY}")
    return Tombstone(session)
