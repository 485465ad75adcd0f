"""Reads sessions of a generation on a server in order of time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from qdrant_client import models

from service.dates import in_order
from service.session import Session
from service.stores.payload import BRIEF, decode_payload
from service.stores.programme import MAX_TIES, MAX_TITLES
from service.stores.server.connection import Connection


@dataclass(frozen=True, slots=True)
class ServerProgramme:
    """The sessions of a collection that pass a filter (see `ProgrammeReader`)."""

    connection: Connection
    collection: str
    consistency: models.ReadConsistency | None
    passing: models.Filter | None
    brief: bool = False
    latest_first: bool = False

    def first(self, limit: int) -> list[Session]:
        """Return the first `limit` sessions in order of their start."""
        direction = models.Direction.DESC if self.latest_first else models.Direction.ASC
        order = models.OrderBy(key="starts_at", direction=direction)
        return self._read(limit, self.passing, order_by=order)

    def starting_at(self, moment: datetime) -> list[Session]:
        """Return the sessions that start at an instant, or at that local time."""
        instant = in_order(moment)
        at_once = models.FieldCondition(
            key="starts_at", range=models.DatetimeRange(gte=instant, lte=instant)
        )
        return self._read(MAX_TIES, self._narrowed(at_once))

    def titles(self, without: str) -> list[tuple[str, UUID]]:
        """Return title and id of the sessions, of those without a payload field if one is named."""
        empty = models.IsEmptyCondition(is_empty=models.PayloadField(key=without))
        passing = self._narrowed(empty) if without else self.passing
        records = self._scroll(MAX_TITLES, passing, with_payload=["title"])
        return [
            (str((record.payload or {}).get("title", "")), UUID(str(record.id)))
            for record in records
        ]

    def _read(self, limit: int, condition: models.Filter | None, **options: Any) -> list[Session]:
        payload = [*BRIEF] if self.brief else True
        records = self._scroll(limit, condition, with_payload=payload, **options)
        return [decode_payload(record.payload or {}) for record in records]

    def _narrowed(
        self, condition: models.FieldCondition | models.IsEmptyCondition
    ) -> models.Filter:
        return models.Filter(must=[condition, *([self.passing] if self.passing else [])])

    def _scroll(
        self, limit: int, condition: models.Filter | None, **options: Any
    ) -> list[models.Record]:
        records, _ = self.connection.call(
            "read sessions",
            lambda client: client.scroll(
                self.collection,
                limit=limit,
                scroll_filter=condition,
                consistency=self.consistency,
                **options,
            ),
        )
        return records
