"""What only a cluster shows; skips without a program of Qdrant, and where a named server is not three nodes."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.stores import ENCODER, changed, server_store, talk, write
from test_operations import contents
from test_server_store import ROWS, load

from service.filters import NO_FILTERS
from service.session import Session
from service.settings import Settings
from service.stores.backup import restore_backup, write_backup
from service.stores.protocol import ParsedQuery, SessionStore
from service.stores.server.connection import Connection
from service.stores.server.store import ServerStore
from service.stores.verification import verify

NODES, SHARDS, REPLICAS = 3, 3, 2
SESSIONS = [talk(number, year=2024 + number % 3) for number in range(300)]


@pytest.fixture
def cluster(cluster_settings: Settings) -> Settings:
    """Settings of a catalogue in three shards with two copies each."""
    connection = Connection(cluster_settings.qdrant)
    status: Any = connection.call("tell its nodes", lambda client: client.cluster_status())
    connection.close()
    nodes = len(getattr(status, "peers", None) or {})
    if nodes < NODES:
        pytest.skip(f"the Qdrant server is no cluster of {NODES} nodes (it says {nodes})")
    return changed(cluster_settings, shards=SHARDS, replicas=REPLICAS)


@pytest.fixture
def store(cluster: Settings) -> Iterator[ServerStore]:
    opened = server_store(cluster)
    yield opened
    opened.close()


def _without_twins(sessions: Sequence[Session]) -> list[Session]:
    """Those whose vector no other one has: a bag of words counts some two words in one place."""
    rows = ENCODER.encode_sessions([session.text for session in sessions])
    nearness = rows @ rows.T
    return [one for one, near in zip(sessions, nearness, strict=True) if sum(near > 0.999) == 1]


def count(store: SessionStore) -> int:
    with store.reading() as generation:
        return generation.count(NO_FILTERS)


def test_every_shard_has_its_copies_on_nodes_apart_and_is_searched(store: ServerStore) -> None:
    name = write(store, SESSIONS).generation
    made = store.connection.call("look", lambda client: client.get_collection(name)).config.params
    assert (made.shard_number, made.replication_factor) == (SHARDS, REPLICAS)
    seen: Any = store.connection.call(
        "look", lambda client: client.http.distributed_api.collection_cluster_info(name).result
    )
    copies = [(shard.shard_id, seen.peer_id) for shard in seen.local_shards]
    copies += [(shard.shard_id, shard.peer_id) for shard in seen.remote_shards]
    assert len(copies) == len(set(copies)) == SHARDS * REPLICAS
    assert len({node for _, node in copies}) >= NODES
    with store.reading() as generation:
        for session in _without_twins(SESSIONS)[::6]:
            vector = ENCODER.encode_queries([session.text])[0]
            assert generation.search(vector, 1, NO_FILTERS)[0].session == session
            asked = ParsedQuery(session.title)
            assert generation.search(vector, 3, NO_FILTERS, asked)[0].session == session
        assert generation.facets(["year"], NO_FILTERS) == {
            "year": [(2024, 100), (2025, 100), (2026, 100)]
        }


def test_a_change_in_place_is_seen_whichever_node_answers(
    store: ServerStore, cluster: Settings, tmp_path: Path
) -> None:
    load(store, tmp_path, ROWS)
    changed = {**ROWS, 1: ("Talk about whales", "Hall A")}
    del changed[3]
    manifest = load(store, tmp_path, changed).manifest
    assert manifest is not None
    assert manifest.revision == 1
    for _ in range(2 * NODES):  # each comes by a connection of its own
        other = server_store(cluster)
        assert other.manifest() == manifest
        assert count(other) == len(changed)
        other.close()


def test_backup_restore_verify_and_rollback(store: ServerStore, tmp_path: Path) -> None:
    write(store, SESSIONS)
    before = contents(store)
    write_backup(store, tmp_path / "backup")
    write(store, SESSIONS[:1])
    restored = restore_backup(tmp_path / "backup", store)
    assert contents(store) == before
    assert verify(store) == restored
    assert store.rollback().sessions == count(store) == 1
