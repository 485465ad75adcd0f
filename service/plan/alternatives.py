"""Alternatives to a session of a plan that clashes: its talk at another time, or sessions like it that fit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal

from service.filters import Filters
from service.search.searcher import Searcher
from service.session import Session
from service.slots import Slot, fits, slot_of

Kind = Literal["sitting", "similar"]
MAX_ALTERNATIVES = 3
"""Alternatives to one session."""
_CANDIDATES = (15, 75, 375)
"""How many sessions like it are looked at: more where too few of them are alternatives."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A session at a time that the rest of a plan leaves free: another sitting of the talk, or one like it."""

    session: Session
    kind: Kind


def find_alternatives(
    searcher: Searcher, session: Session, plan: Iterable[Session], now: datetime
) -> tuple[Alternative, ...]:
    """Return what to attend instead of a session of a plan: sittings nearest in time, then sessions like it.

    They are of the same event and year, leave the rest of the plan without clashes, and are not over where the
    session is not. Raises NotFoundError if the session is no longer in the catalogue.
    """
    others = [one for one in plan if one.id != session.id]
    taken = [slot for one in others if (slot := slot_of(one))]
    known = {one.id for one in others}

    def offered(found: Sequence[Session]) -> list[Session]:
        return [
            one for one in found if one.id not in known and _is_offered(one, session, taken, now)
        ]

    sittings = offered(searcher.lookup.talk(str(session.id))[1])
    sittings.sort(key=lambda one: _distance(one, session))
    chosen = [Alternative(one, "sitting") for one in sittings[:MAX_ALTERNATIVES]]
    wanted, like = MAX_ALTERNATIVES - len(chosen), list[Session]()
    for limit in _CANDIDATES if wanted else ():
        found = _nearest(searcher, session, others, limit)
        like = list(islice(_each_talk_once(offered(found), session), wanted))
        if len(like) == wanted or len(found) < limit:
            break
    return (*chosen, *(Alternative(one, "similar") for one in like))


def _nearest(
    searcher: Searcher, session: Session, others: Iterable[Session], limit: int
) -> list[Session]:
    """Return the sessions of its edition that are most like one and leave the others without clashes."""
    filters = Filters(
        event=[session.event], year=[session.year], fits=[str(one.id) for one in others]
    )
    return searcher.lookup.nearest(session.id, limit, filters)


def _each_talk_once(sessions: Iterable[Session], session: Session) -> Iterator[Session]:
    """Yield the sessions without repeats of each other and of one session."""
    keys = set(session.talk_keys)
    for one in sessions:
        if keys.isdisjoint(own := one.talk_keys):
            keys.update(own)
            yield one


def _is_offered(one: Session, session: Session, taken: Iterable[Slot], now: datetime) -> bool:
    slot, wanted = slot_of(one), slot_of(session)
    return (
        slot is not None
        and wanted is not None
        and slot.edition == wanted.edition
        and one.id != session.id
        and (one.event, one.year) == (session.event, session.year)
        and fits(one, taken)
        and (slot.starts >= now or wanted.ends <= now)
    )


def _distance(one: Session, session: Session) -> tuple[float, str]:
    """Return how far a sitting is from a session in time; the id settles the rest."""
    slot, other = slot_of(one), slot_of(session)
    apart = abs((slot.starts - other.starts).total_seconds()) if slot and other else 0.0
    return apart, str(one.id)
