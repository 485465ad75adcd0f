"""Checks a plan that is given by ids: what is known of it, its clashes and gaps, and what else fits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from service.errors import QueryError
from service.plan.alternatives import Alternative, find_alternatives
from service.plan.plan import Clash, Gap, Plan, make_plan
from service.search.answer import brief
from service.search.searcher import Searcher
from service.slots import MAX_PLAN
from service.stores.tombstones import Tombstone

MAX_RESOLVED = 12
"""Sessions that alternatives are looked for, the first that clash: each takes a search."""
MAX_CLASHES = 500
"""Clashes that are listed: 200 sessions at once have 19,900."""


@dataclass(frozen=True, slots=True)
class CheckedPlan:
    """A plan, and what of its ids is none.

    removed       what is left of its sessions that were taken out of the programme
    unknown       ids that no session has or had in the last year
    invalid       what is no id at all
    alternatives  to the first MAX_RESOLVED sessions that clash
    """

    plan: Plan
    removed: tuple[Tombstone, ...]
    unknown: tuple[UUID, ...]
    invalid: tuple[str, ...]
    alternatives: dict[UUID, tuple[Alternative, ...]]

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know beside it, in sentences."""
        return (*map(_tell_removed, self.removed), *self.remarks)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes on what is not told with a session."""
        return tuple(self._remark())

    def _remark(self) -> Iterator[str]:
        clashes = self.plan.clashes
        if self.unknown:
            yield f"{_count(self.unknown)} of the plan {_are(self.unknown)} not in the programme."
        if self.invalid:
            yield f"{_count(self.invalid, 'part')} of the link {_are(self.invalid)} no id of a session."
        if len({id for one in clashes for id in (one.first.id, one.second.id)}) > MAX_RESOLVED:
            yield f"Alternatives are looked for to the first {MAX_RESOLVED} sessions that clash."
        if len(clashes) > MAX_CLASHES:
            yield f"The plan has {len(clashes):,} clashes; the first {MAX_CLASHES} are listed."

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return {
            "sessions": [session.as_dict() for session in self.plan.sessions],
            "clashes": [_clash(one) for one in self.plan.clashes[:MAX_CLASHES]],
            "gaps": [_gap(one) for one in self.plan.gaps],
            "alternatives": [
                {
                    "id": str(id),
                    "instead": [
                        {"kind": one.kind, "session": one.session.as_dict()} for one in found
                    ],
                }
                for id, found in self.alternatives.items()
            ],
            "removed": [brief(one.session) for one in self.removed],
            "unknown": [str(id) for id in self.unknown],
            "invalid": list(self.invalid),
            "notes": list(self.notes),
        }


def check_plan(searcher: Searcher, ids: Iterable[str], now: datetime | None = None) -> CheckedPlan:
    """Return the plan of the sessions with these ids, as it stands at `now`, the present if None.

    Raises QueryError if there are more than MAX_PLAN.
    """
    now = now or datetime.now(UTC)
    wanted, invalid = parse_ids(ids)
    found = searcher.lookup.find(wanted)
    plan = make_plan(found.sessions, now)
    clashing = {one.id: one for clash in plan.clashes for one in (clash.first, clash.second)}
    alternatives = {
        id: find_alternatives(searcher, session, plan.sessions, now)
        for id, session in list(clashing.items())[:MAX_RESOLVED]
    }
    return CheckedPlan(plan, found.removed, found.unknown, invalid, alternatives)


def parse_ids(texts: Iterable[str]) -> tuple[list[UUID], tuple[str, ...]]:
    """Return the ids that texts are, each once, and the texts that are none.

    Raises QueryError if there are more than MAX_PLAN.
    """
    given = [text.strip() for text in texts if text.strip()]
    if len(given) > MAX_PLAN:
        raise QueryError(f"The plan has {len(given):,} sessions; give {MAX_PLAN} at most.")
    ids: dict[UUID, None] = {}
    invalid: list[str] = []
    for text in given:
        try:
            ids[UUID(text)] = None
        except ValueError:
            invalid.append(text[:80])
    return list(ids), tuple(invalid)


def _clash(clash: Clash) -> dict[str, Any]:
    return {
        "ids": [str(clash.first.id), str(clash.second.id)],
        "minutes": clash.minutes,
        "speakers": list(clash.speakers),
    }


def _gap(one: Gap) -> dict[str, Any]:
    return {
        "after": str(one.after.id),
        "before": str(one.before.id),
        "minutes": one.minutes,
        "changes_room": one.changes_room,
    }


def _tell_removed(one: Tombstone) -> str:
    session = one.session
    return f"“{session.title}” was taken out of the programme of {session.event} {session.year}."


def _count(some: tuple[object, ...], noun: str = "session") -> str:
    return f"1 {noun}" if len(some) == 1 else f"{len(some)} {noun}s"


def _are(some: tuple[object, ...]) -> str:
    return "is" if len(some) == 1 else "are"
