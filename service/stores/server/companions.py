"""Collections that stand beside a generation's own: points without vectors, each a payload under its id."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from qdrant_client import models

from service.settings import QdrantSettings
from service.stores.server.connection import Connection
from service.stores.server.failures import ExistsError, MissingError

TOMBSTONES, VOCABULARY, LONG_LISTS = ENDINGS = ("-removed", "-words", "-lists")
"""How their names end, after that of the generation."""
_WRITTEN, _READ = 256, 1024
"""Points of one request."""

Payload = dict[str, Any]
Ids = Sequence[int] | Sequence[str]
"""Numbers, or UUIDs as text."""


class Companion:
    """One collection beside a generation; where there is none, it reads as empty."""

    def __init__(self, connection: Connection, generation: str, ending: str, content: str) -> None:
        """Name the collection; nothing is requested yet. Errors call what it holds `content`."""
        self.name = generation + ending
        self._connection = connection
        self._content = content

    def create(self, settings: QdrantSettings) -> None:
        """Create it, if it is not there: a first try may have come through unanswered."""
        with suppress(ExistsError):
            self._connection.call(
                f"create a collection for {self._content}",
                lambda client: client.create_collection(
                    self.name,
                    vectors_config={},
                    shard_number=1,
                    replication_factor=settings.replicas,
                    write_consistency_factor=settings.write_consistency,
                ),
            )

    def write(self, payloads: Mapping[int, Payload] | Mapping[str, Payload]) -> None:
        """Write payloads by their ids; writing them again changes nothing."""
        points = [
            models.PointStruct(id=id, vector={}, payload=payload)
            for id, payload in payloads.items()
        ]
        for start in range(0, len(points), _WRITTEN):
            self._upsert(points[start : start + _WRITTEN])

    def remove(self, ids: Ids) -> None:
        """Remove points; ids that are not there are left alone."""
        points = models.PointIdsList(points=[*ids])
        self._connection.call(
            f"write {self._content}",
            lambda client: client.delete(self.name, points_selector=points, wait=True),
        )

    def read(self, ids: Ids) -> list[Payload]:
        """Return the payloads of some ids, in any order; unknown ids are left out."""
        with suppress(MissingError):
            records = self._connection.call(
                f"read {self._content}",
                lambda client: client.retrieve(self.name, ids=[*ids], with_payload=True),
            )
            return [record.payload or {} for record in records]
        return []

    def read_all(self) -> Iterator[tuple[models.ExtendedPointId, Payload]]:
        """Yield every id with its payload, in the order of ids."""
        offset: Any = None
        with suppress(MissingError):
            while True:
                records, offset = self._page(offset)
                yield from ((record.id, record.payload or {}) for record in records)
                if offset is None:
                    return

    def _page(self, offset: Any) -> tuple[list[models.Record], Any]:
        return self._connection.call(
            f"read {self._content}",
            lambda client: client.scroll(
                self.name, offset=offset, limit=_READ, with_payload=True, with_vectors=False
            ),
        )

    def _upsert(self, points: list[models.PointStruct]) -> None:
        self._connection.call(
            f"write {self._content}",
            lambda client: client.upsert(self.name, points=points, wait=True),
        )
