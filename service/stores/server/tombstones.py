"""The tombstones of a generation on a server: a collection beside the generation's, made with the first one.

Its points are the removed sessions, by their ids, without vectors. Beside a generation from which nothing was
ever removed there is none: each collection takes some memory of every node that has it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from qdrant_client import models

from service.settings import QdrantSettings
from service.stores.server.companions import create_companion
from service.stores.server.connection import Connection
from service.stores.server.failures import MissingError
from service.stores.tombstones import Tombstone, decode_tombstone, encode_tombstone, select

_ENDING = "-removed"
_BATCH = 256


def collection_of(generation: str) -> str:
    """Return the name of the collection that holds a generation's tombstones."""
    return generation + _ENDING


def write_tombstones(
    connection: Connection,
    settings: QdrantSettings,
    generation: str,
    tombstones: Collection[Tombstone],
) -> None:
    """Make these the tombstones of a generation; only what differs is written."""
    known = {one.id: encode_tombstone(one) for one in _read_all(connection, generation)}
    wanted = {one.id: encode_tombstone(one) for one in tombstones}
    if not wanted and not known:
        return
    create_companion(
        connection,
        settings,
        collection_of(generation),
        doing="create a collection of removed sessions",
    )
    new = [id for id, values in wanted.items() if known.get(id) != values]
    for start in range(0, len(new), _BATCH):
        some = new[start : start + _BATCH]
        _upsert(connection, generation, {id: wanted[id] for id in some})
    if gone := [id for id in known if id not in wanted]:
        _remove(connection, generation, gone)


def read_tombstones(
    connection: Connection, generation: str, ids: Sequence[UUID] | None
) -> list[Tombstone]:
    """Return the tombstones of some ids, in the order given, or all."""
    found = (
        _read_all(connection, generation)
        if ids is None
        else _read_some(connection, generation, ids)
    )
    return select({one.id: one for one in found}, ids)


def _read_some(connection: Connection, generation: str, ids: Sequence[UUID]) -> Iterator[Tombstone]:
    with suppress(MissingError):
        records = connection.call(
            "read removed sessions",
            lambda client: client.retrieve(
                collection_of(generation), ids=[str(id) for id in ids], with_payload=True
            ),
        )
        yield from (decode_tombstone(record.payload or {}) for record in records)


def _read_all(connection: Connection, generation: str) -> Iterator[Tombstone]:
    offset: Any = None
    with suppress(MissingError):
        while True:
            records, offset = _page(connection, generation, offset)
            yield from (decode_tombstone(record.payload or {}) for record in records)
            if offset is None:
                return


def _page(connection: Connection, generation: str, offset: Any) -> tuple[list[models.Record], Any]:
    return connection.call(
        "read removed sessions",
        lambda client: client.scroll(
            collection_of(generation), offset=offset, limit=4 * _BATCH, with_payload=True
        ),
    )


def _upsert(
    connection: Connection, generation: str, payloads: Mapping[UUID, dict[str, Any]]
) -> None:
    points = [
        models.PointStruct(id=str(id), vector={}, payload=payload)
        for id, payload in payloads.items()
    ]
    connection.call(
        "write removed sessions",
        lambda client: client.upsert(collection_of(generation), points=points, wait=True),
    )


def _remove(connection: Connection, generation: str, ids: Sequence[UUID]) -> None:
    points = models.PointIdsList(points=[str(id) for id in ids])
    connection.call(
        "write removed sessions",
        lambda client: client.delete(collection_of(generation), points_selector=points, wait=True),
    )
