"""Collections that stand beside a generation's own, of points without vectors."""

from contextlib import suppress

from service.settings import QdrantSettings
from service.stores.server.connection import Connection
from service.stores.server.failures import ExistsError


def create_companion(
    connection: Connection, settings: QdrantSettings, name: str, *, doing: str
) -> None:
    """Create the collection `name`, if it is not there: a first try may have come through unanswered.

    `doing` says in errors what failed.
    """
    with suppress(ExistsError):
        connection.call(
            doing,
            lambda client: client.create_collection(
                name,
                vectors_config={},
                shard_number=1,
                replication_factor=settings.replicas,
                write_consistency_factor=settings.write_consistency,
            ),
        )
