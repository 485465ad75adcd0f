"""The programme: the sessions that pass, in order of time, from the lists that a store reads by its indexes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from heapq import nsmallest
from typing import Protocol
from uuid import UUID

from service.dates import in_order
from service.session import Session
from service.words import folded

MAX_TIES = 1_000
"""Sessions that are read of those that start at one instant."""
MAX_TITLES = 10_000
"""Titles that are read of sessions without a time, or of any that are ordered by title."""


class ProgrammeReader(Protocol):
    """Reads sessions of one generation that pass some filters."""

    @property
    def latest_first(self) -> bool:
        """Whether sessions are listed in reverse order of time."""
        ...

    def first(self, limit: int) -> list[Session]:
        """Return the first `limit` sessions in order of their start; those of one instant in any."""
        ...

    def starting_at(self, moment: datetime) -> list[Session]:
        """Return the sessions that start at an instant (see `in_order`), up to MAX_TIES, in any order."""
        ...

    def titles(self, without: str) -> list[tuple[str, UUID]]:
        """Return title and id of the sessions, up to MAX_TITLES, in any order.

        `without` is a payload field that they must not have, empty for none.
        """
        ...


def list_programme(
    reader: ProgrammeReader, get: Callable[[Sequence[UUID]], list[Session]], limit: int
) -> list[Session]:
    """Return the first `limit` sessions by start, then title; those without a time come last.

    If the reader is `latest_first`, the last start leads, and titles stay in order. `get` returns the sessions
    of some ids. The order does not depend on where points are stored: all that start together with the last one
    are read before the list is cut.
    """
    sessions = reader.first(limit)
    if len(sessions) < limit:
        found = nsmallest(limit - len(sessions), reader.titles("starts_at"), key=by_title)
        sessions += get([id for _, id in found])
    elif last := sessions[-1].starts_at:
        before = [session for session in sessions if not _is_at(session, last)]
        sessions = before + reader.starting_at(last)
    sessions.sort(key=lambda one: by_title((one.title, one.id)))
    unknown = datetime.min if reader.latest_first else datetime.max
    by_start = partial(_start_of, unknown=unknown)
    sessions.sort(key=by_start, reverse=reader.latest_first)  # stable: titles stay in order
    return sessions[:limit]


def _is_at(session: Session, moment: datetime) -> bool:
    return session.starts_at is not None and in_order(session.starts_at) == in_order(moment)


def by_title(found: tuple[str, UUID]) -> tuple[str, str]:
    """Return the key that orders titles with their ids."""
    title, id = found
    return folded(title), str(id)


def _start_of(session: Session, unknown: datetime) -> datetime:
    return in_order(session.starts_at) if session.starts_at else unknown.replace(tzinfo=UTC)
