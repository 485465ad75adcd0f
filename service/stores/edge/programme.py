"""Reads sessions of an embedded generation in order of time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import qdrant_edge as edge

from service.dates import in_order
from service.session import Session
from service.stores.payload import BRIEF, decode_payload
from service.stores.programme import MAX_TIES, MAX_TITLES


@dataclass(frozen=True, slots=True)
class EdgeProgramme:
    """The sessions of a shard that pass a filter (see `ProgrammeReader`)."""

    shard: edge.EdgeShard
    passing: edge.Filter | None
    brief: bool = False
    latest_first: bool = False

    def first(self, limit: int) -> list[Session]:
        """Return the first `limit` sessions in order of their start."""
        direction = edge.Direction.Desc if self.latest_first else edge.Direction.Asc
        return self._read(limit, self.passing, edge.OrderBy("starts_at", direction))

    def starting_at(self, moment: datetime) -> list[Session]:
        """Return the sessions that start at an instant, or at that local time."""
        instant = in_order(moment).isoformat()
        at_once = edge.FieldCondition(
            "starts_at", range=edge.RangeDateTime(gte=instant, lte=instant)
        )
        return self._read(MAX_TIES, self._narrowed(at_once))

    def titles(self, without: str) -> list[tuple[str, UUID]]:
        """Return title and id of the sessions, of those without a payload field if one is named."""
        passing = self._narrowed(edge.IsEmptyCondition(without)) if without else self.passing
        request = edge.ScrollRequest(limit=MAX_TITLES, filter=passing, with_payload=["title"])
        records, _ = self.shard.scroll(request)
        return [
            (str((record.payload or {}).get("title", "")), UUID(str(record.id)))
            for record in records
        ]

    def _read(
        self, limit: int, passing: edge.Filter | None, order: edge.OrderBy | None = None
    ) -> list[Session]:
        request = edge.ScrollRequest(
            limit=limit,
            filter=passing,
            with_payload=[*BRIEF] if self.brief else True,
            order_by=order,
        )
        return [decode_payload(record.payload or {}) for record in self.shard.scroll(request)[0]]

    def _narrowed(self, condition: edge.FieldCondition | edge.IsEmptyCondition) -> edge.Filter:
        return edge.Filter(must=[condition, *([self.passing] if self.passing else [])])
