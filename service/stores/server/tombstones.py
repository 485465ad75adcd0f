"""The tombstones of a generation on a server, by their ids: in a collection made with the first one.

Beside a generation from which nothing was ever removed there is none: each collection takes some memory of
every node that has it.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from service.settings import QdrantSettings
from service.stores.server.companions import TOMBSTONES, Companion
from service.stores.server.connection import Connection
from service.stores.tombstones import Tombstone, decode_tombstone, encode_tombstone, select


def write_tombstones(
    connection: Connection,
    settings: QdrantSettings,
    generation: str,
    tombstones: Collection[Tombstone],
) -> None:
    """Make these the tombstones of a generation; only what differs is written."""
    companion = _beside(connection, generation)
    known = {str(id): payload for id, payload in companion.read_all()}
    wanted = {str(one.id): encode_tombstone(one) for one in tombstones}
    if not wanted and not known:
        return
    companion.create(settings)
    companion.write({id: new for id, new in wanted.items() if known.get(id) != new})
    if gone := [id for id in known if id not in wanted]:
        companion.remove(gone)


def read_tombstones(
    connection: Connection, generation: str, ids: Sequence[UUID] | None
) -> list[Tombstone]:
    """Return the tombstones of some ids, in the order given, or all."""
    companion = _beside(connection, generation)
    payloads = (
        [payload for _, payload in companion.read_all()]
        if ids is None
        else companion.read([str(id) for id in ids])
    )
    return select({one.id: one for one in map(decode_tombstone, payloads)}, ids)


def _beside(connection: Connection, generation: str) -> Companion:
    return Companion(connection, generation, TOMBSTONES, "removed sessions")
