"""Reads what calendars hold: the sessions that are asked for, and those of them that were removed."""

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from service.errors import NotFoundError, QueryError
from service.filters import Comparison, Filters, in_day_range
from service.query.facet_cache import FacetCache
from service.runtime import deadline
from service.search.lookup import missing, parse_id
from service.session import Session
from service.stores.editions import EditionDay
from service.stores.payload import encode_payload
from service.stores.protocol import Generation, SearchableStore
from service.stores.tombstones import Tombstone

MAX_SESSIONS = 10_000
"""Sessions of one calendar."""
MAX_AT_ONCE = 500
"""Sessions that are read at once; of more, those of some days at a time."""
_SECONDS = 10.0
"""Time for reading the sessions of some days, after the first ones: a calendar is sent meanwhile."""
_COMPARE: Mapping[Comparison, Callable[[int, int], bool]] = {
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Contents:
    """The sessions of a calendar, with what is left of removed ones, and when the catalogue was loaded.

    Of many sessions only the `days` are known at first; `read_days` reads them, some days at a time.
    """

    sessions: tuple[Session, ...]
    stamp: datetime
    days: tuple[EditionDay, ...] = ()
    read_days: Callable[[], Iterator[list[Session]]] = lambda: iter(())


class Calendars:
    """Reads what calendars hold from a store's served generation. Safe to call from many threads."""

    def __init__(self, store: SearchableStore, facets: FacetCache) -> None:
        """Keep the store, and the cache that knows how its values are spelled."""
        self._store = store
        self._facets = facets

    def state(self) -> str:
        """Return what the catalogue holds now, as a word that changes with it."""
        with self._store.reading() as generation:
            return generation.manifest.state

    def session(self, id: str) -> Contents:
        """Return one session, or what is left of it.

        Raises QueryError if it is no id, NotFoundError if no session has it or had it, or its day is unknown.
        """
        wanted = parse_id(id)
        with self._store.reading() as generation:
            contents = _contents(generation, *_find(generation, [wanted]))
            if not contents.sessions:
                raise missing(generation, wanted)
        if contents.sessions[0].starts_at is None:
            raise NotFoundError(
                f"The day of {contents.sessions[0].title!r} is not known yet: a calendar has no place for it. "
                "Look again later."
            )
        return contents

    def plan(self, ids: Sequence[UUID]) -> Contents:
        """Return the sessions of some ids, each once, and what is left of removed ones; others are left out."""
        with self._store.reading() as generation:
            return _contents(generation, *_find(generation, list(dict.fromkeys(ids))))

    def count(self, filters: Filters) -> int:
        """Return how many sessions `programme` would find; raises as it does."""
        with self._store.reading() as generation:
            return _count(generation, self._facets.canonicalise(generation, filters))

    def programme(self, filters: Filters) -> Contents:
        """Return the sessions that pass the filters, in order of time, and what is left of removed ones.

        Of a removed session only event, year, room and times are known: it passes no filter on anything else.
        Raises QueryError if more than MAX_SESSIONS pass.
        """
        with self._store.reading() as generation:
            spelled = self._facets.canonicalise(generation, filters)
            count = _count(generation, spelled)
            removed = _removed(generation, filters, spelled)
            days = generation.calendar(spelled) if count > MAX_AT_ONCE else []
            if not days:  # few, or no days are counted in a catalogue of an older version
                return _contents(generation, generation.programme(spelled, MAX_SESSIONS), removed)
            contents = _contents(generation, (), removed)
        return replace(
            contents, days=tuple(days), read_days=partial(self._read_days, spelled, days)
        )

    def _read_days(self, filters: Filters, days: Sequence[EditionDay]) -> Iterator[list[Session]]:
        """Yield the sessions of some days at a time, so that no call keeps the store or this process busy."""
        with self._store.reading() as generation:
            for some in _group(days):
                with deadline.within(_SECONDS):
                    sessions = generation.programme(filters.replace(day=some), MAX_SESSIONS)
                yield sessions


def _group(days: Sequence[EditionDay]) -> Iterator[list[str]]:
    """Yield the days in order, as many at a time as have MAX_AT_ONCE sessions, or one that has more."""
    counts: Counter[str] = Counter()
    for one in days:
        counts[one.day] += one.sessions
    del counts[""]
    some, total = list[str](), 0
    for day, count in sorted(counts.items()):
        if some and total + count > MAX_AT_ONCE:
            yield some
            some, total = [], 0
        some.append(day)
        total += count
    if some:
        yield some


def _removed(generation: Generation, filters: Filters, spelled: Filters) -> list[Tombstone]:
    """Return what is left of removed sessions that pass; those that are there again are none."""
    days = [str(day) for day in filters.get("day", ())]
    others = spelled.replace(day=())
    passing = [one for one in generation.tombstones() if _passes(one.session, others, days)]
    there = {session.id for session in generation.get([one.id for one in passing])}
    return [one for one in passing if one.id not in there]


def _count(generation: Generation, filters: Filters) -> int:
    count = generation.count(filters)
    if count > MAX_SESSIONS:
        raise QueryError(
            f"{count:,} sessions pass; a calendar takes {MAX_SESSIONS:,} at most. Filter by event, year or day."
        )
    return count


def _find(generation: Generation, ids: Sequence[UUID]) -> tuple[list[Session], list[Tombstone]]:
    sessions = generation.get(ids) if ids else []
    there = {session.id for session in sessions}
    others = [id for id in ids if id not in there]
    return sessions, generation.tombstones(others) if others else []


def _contents(
    generation: Generation, sessions: Iterable[Session], removed: Iterable[Tombstone]
) -> Contents:
    return Contents(
        (*sessions, *(one.session for one in removed)),
        datetime.fromisoformat(generation.manifest.created_at),
    )


def _passes(session: Session, filters: Filters, ranges: Sequence[str]) -> bool:
    """Return whether a session passes the filters, and starts in one of the ranges of days, if any."""
    payload = encode_payload(session)
    return (not ranges or any(in_day_range(session.day, one) for one in ranges)) and (
        all(payload.get(name) in values for name, values in filters.matches())
        and all(
            name in payload and _COMPARE[comparison](payload[name], minutes)
            for name, comparison, minutes in filters.bounds()
        )
    )
