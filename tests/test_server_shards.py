"""Shards follow from the number of sessions, and from the nodes that could share them."""

from contextlib import closing
from typing import Any

import pytest
from qdrant_client import QdrantClient, models
from support.stores import ENCODER, server_store, store_on

from service.settings import Settings
from service.stores.server.shards import SHARD_SESSIONS
from service.stores.server.store import ServerStore


def shards_of(store: ServerStore, sessions: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many shards the server is told to make for that many sessions."""
    made: list[int] = []
    create = QdrantClient.create_collection

    def noted(client: QdrantClient, name: str, **options: Any) -> bool:
        if options["vectors_config"]:
            made.append(options["shard_number"])
        return create(client, name, **options)

    monkeypatch.setattr(QdrantClient, "create_collection", noted)
    with store.building(ENCODER.fingerprint, sessions=sessions):
        pass
    (shards,) = made
    return shards


def cluster_of(nodes: int) -> models.ClusterStatus:
    peer = models.PeerInfo(uri="http://127.0.0.1:6335/")
    return models.ClusterStatusOneOf1(
        status="enabled",
        peer_id=1,
        peers={str(number): peer for number in range(nodes)},
        raft_info=models.RaftInfo(term=1, commit=1, pending_operations=0, is_voter=True),
        consensus_thread_status=models.ConsensusThreadStatusOneOf1(
            consensus_thread_status="stopped"
        ),
        message_send_failures={},
    )


ALONE = models.ClusterStatusOneOf(status="disabled")


@pytest.mark.parametrize(
    ("status", "sessions", "shards"),
    [
        (cluster_of(3), 0, 1),
        (cluster_of(3), SHARD_SESSIONS, 1),
        (cluster_of(3), SHARD_SESSIONS + 1, 2),
        (cluster_of(3), 50 * SHARD_SESSIONS, 3),
        (ALONE, 50 * SHARD_SESSIONS, 1),
    ],
)
def test_one_shard_for_so_many_sessions_and_at_most_one_a_node(
    monkeypatch: pytest.MonkeyPatch, status: models.ClusterStatus, sessions: int, shards: int
) -> None:
    client = QdrantClient(":memory:")
    monkeypatch.setattr(client, "cluster_status", lambda: status)
    assert shards_of(store_on(client), sessions, monkeypatch) == shards


def test_the_setting_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    client = QdrantClient(":memory:")
    assert shards_of(store_on(client, shards=6), 10, monkeypatch) == 6


@pytest.mark.parametrize("settings", ["server_settings", "cluster_settings"])
def test_a_real_server_makes_as_many(request: pytest.FixtureRequest, settings: str) -> None:
    """On a cluster the server would make one a node; a single node stays with one shard."""
    found: Settings = request.getfixturevalue(settings)
    with (
        closing(server_store(found)) as store,
        store.building(ENCODER.fingerprint, sessions=2 * SHARD_SESSIONS) as builder,
    ):
        name = builder.manifest.generation
        made = store.connection.call("look", lambda client: client.get_collection(name))
        status: Any = store.connection.call("look", lambda client: client.cluster_status())
        nodes = len(getattr(status, "peers", None) or {}) or 1
        assert made.config.params.shard_number == min(2, nodes)
