"""Reads sessions of an embedded generation in order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import qdrant_edge as edge

from service.dates import in_order
from service.session import Session
from service.stores.payload import decode_payload
from service.stores.programme import MAX_TIES, MAX_TITLES


@dataclass(frozen=True, slots=True)
class EdgeProgramme:
    """The sessions of a shard that pass a filter (see `ProgrammeReader`)."""

    shard: edge.EdgeShard
    passing: edge.Filter | None

    def first(self, limit: int) -> list[Session]:
        """Return the `limit` sessions that start first, in order."""
        request = edge.ScrollRequest(
            limit=limit, filter=self.passing, with_payload=True, order_by=edge.OrderBy("starts_at")
        )
        return _sessions(self.shard.scroll(request)[0])

    def starting_at(self, moment: datetime) -> list[Session]:
        """Return the sessions that start at an instant, or at that local time."""
        instant = in_order(moment).isoformat()
        at_once = edge.FieldCondition(
            "starts_at", range=edge.RangeDateTime(gte=instant, lte=instant)
        )
        request = edge.ScrollRequest(
            limit=MAX_TIES, filter=self._narrowed(at_once), with_payload=True
        )
        return _sessions(self.shard.scroll(request)[0])

    def titles(self, without: str) -> list[tuple[str, UUID]]:
        """Return title and id of the sessions, of those without a payload field if one is named."""
        passing = self._narrowed(edge.IsEmptyCondition(without)) if without else self.passing
        request = edge.ScrollRequest(limit=MAX_TITLES, filter=passing, with_payload=["title"])
        records, _ = self.shard.scroll(request)
        return [
            (str((record.payload or {}).get("title", "")), UUID(str(record.id)))
            for record in records
        ]

    def _narrowed(self, condition: edge.FieldCondition | edge.IsEmptyCondition) -> edge.Filter:
        return edge.Filter(must=[condition, *([self.passing] if self.passing else [])])


def _sessions(records: Sequence[edge.Record]) -> list[Session]:
    return [decode_payload(record.payload or {}) for record in records]
