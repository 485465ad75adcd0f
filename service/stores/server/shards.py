"""How many shards a generation has: few, as each costs memory and a part of every question."""

import math

from service.settings import QdrantSettings
from service.stores.server.connection import Connection

SHARD_SESSIONS = 100_000
"""Sessions of one shard. Six shards of 3,800 took 50 MB of memory each, as much as one of all 22,784, and twice
as long to search; beside the vectors of 100,000, 150 MB, that is little (docs/operations.md)."""


def choose_shards(connection: Connection, settings: QdrantSettings, sessions: int) -> int:
    """Return the shards of a generation for about `sessions` sessions.

    As many as the settings say, else one for each SHARD_SESSIONS, but not more than the server has nodes.
    """
    if settings.shards:
        return settings.shards
    wanted = max(1, math.ceil(sessions / SHARD_SESSIONS))
    return wanted if wanted == 1 else min(wanted, _count_nodes(connection))


def _count_nodes(connection: Connection) -> int:
    """Return the number of nodes, those away included; 1 for a server that is no cluster."""
    status = connection.call("tell its nodes", lambda client: client.cluster_status())
    return max(1, len(getattr(status, "peers", None) or ()))
