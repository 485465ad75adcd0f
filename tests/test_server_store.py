"""What only the server store does: names, batches, changes in place."""

from pathlib import Path
from typing import Any

import pytest
from qdrant_client import QdrantClient, models
from support.fakes import BagOfWords
from support.stores import ENCODER, changed, server_store, store_on, talk, write

from loaders.load import LoadRequest, Outcome, run
from loaders.records.record import Options
from service.errors import RefusedError, VerificationError
from service.filters import NO_FILTERS
from service.settings import Settings
from service.stores.server.connection import Connection
from service.stores.server.create import MAX_POINTS
from service.stores.server.store import ServerStore
from service.stores.server.writing import MAX_BYTES, batches
from service.stores.verification import verify


@pytest.fixture
def client() -> QdrantClient:
    return QdrantClient(":memory:")


def test_a_generation_is_a_collection_and_the_name_an_alias(client: QdrantClient) -> None:
    manifest = write(store_on(client), [talk(1)])
    (alias,) = client.get_aliases().aliases
    assert (alias.alias_name, alias.collection_name) == ("sessions", manifest.generation)
    assert manifest.generation.startswith("sessions-000001-")
    metadata = client.get_collection("sessions").config.metadata
    assert metadata is not None
    assert metadata["manifest"] == manifest.as_dict()
    assert {one.name for one in client.get_collections().collections} == {
        manifest.generation,
        f"{manifest.generation}-words",
    }


def test_catalogues_of_like_names_are_apart(client: QdrantClient) -> None:
    one, other = store_on(client), store_on(client, catalogue="sessions-000001")
    first = write(one, [talk(1)])
    for number in range(5):
        write(other, [talk(number)])
    assert one.generations() == [first]
    assert one.manifest() == first


def test_switch_is_one_call(client: QdrantClient, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_on(client)
    write(store, [talk(1)])
    calls: list[list[Any]] = []
    switch = client.update_collection_aliases

    def noted(operations: list[Any], **options: Any) -> bool:
        calls.append(operations)
        return switch(operations, **options)

    monkeypatch.setattr(client, "update_collection_aliases", noted)
    write(store, [talk(2)])
    (operations,) = calls
    assert [type(operation) for operation in operations] == [
        models.DeleteAliasOperation,
        models.CreateAliasOperation,
    ]


def test_batches_are_bounded_by_points_and_bytes() -> None:
    small = [models.PointStruct(id=n, vector={}, payload={"a": "b"}) for n in range(600)]
    assert [len(batch) for batch in batches(small, 5_000)] == [MAX_POINTS, MAX_POINTS, 88]
    text = "x" * (MAX_BYTES // 3)
    large = [models.PointStruct(id=n, vector={}, payload={"a": text}) for n in range(5)]
    assert [len(batch) for batch in batches(large, 100)] == [2, 2, 1]
    huge = [models.PointStruct(id=n, vector={}, payload={"a": 4 * text}) for n in range(2)]
    assert [len(batch) for batch in batches(huge, 100)] == [1, 1]
    assert list(batches([], 1)) == []


def test_a_vector_that_reads_differently_is_not_switched_to(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_on(client)
    first = write(store, [talk(1)])
    upsert = client.upsert

    def damaged(name: str, points: list[models.PointStruct], **options: Any) -> Any:
        swapped = [point.model_copy(update={"vector": points[0].vector}) for point in points]
        return upsert(name, points=swapped, **options)

    monkeypatch.setattr(client, "upsert", damaged)
    with pytest.raises(VerificationError, match="vector"):
        write(store, [talk(1), talk(2, "Other words")])
    assert store.manifest() == first


def load(
    store: ServerStore, folder: Path, rows: dict[int, tuple[str, str]], **more: Any
) -> Outcome:
    """Load a CSV file of sessions: number to (title, room)."""
    lines = [f"{number},{title},{room},Summit,2026" for number, (title, room) in rows.items()]
    (folder / "a.csv").write_text("\n".join(["id,title,room,event,year", *lines]), "utf-8")
    request = LoadRequest(
        sources=(str(folder / "a.csv"),),
        options=Options(),
        cache_file=folder / "vectors.sqlite",
        allow_removals=True,
    )
    return run(
        request,
        store,
        lambda _: more.get("encoder", ENCODER),
        say=lambda text: None,
        progress=lambda counts, total: counts,
    )


ROWS = {number: (f"Talk about thing{number}", "Hall A") for number in range(100)}


def test_small_changes_are_made_in_place(client: QdrantClient, tmp_path: Path) -> None:
    store = store_on(client, in_place_from=100)
    first = load(store, tmp_path, ROWS).manifest
    changed = {**ROWS, 1: ("Talk about whales", "Hall A"), 2: (ROWS[2][0], "Hall B")}
    changed[200] = ("Talk about herons", "Hall C")
    del changed[3]
    second = load(store, tmp_path, changed).manifest
    assert first is not None
    assert second is not None
    assert (second.generation, second.revision, second.sessions) == (first.generation, 1, 100)
    assert second == store.manifest()
    assert second.state != first.state
    with store.reading() as generation:
        stored = {s.source_id: (s.title, s.room) for batch, _ in generation.scan() for s in batch}
        for batch, vectors in generation.scan():
            assert vectors == pytest.approx(
                ENCODER.encode_sessions([s.text for s in batch]), abs=1e-6
            )
    assert stored == {str(number): row for number, row in changed.items()}
    assert not load(store, tmp_path, changed).comparison.plan.changes


@pytest.mark.slow
def test_big_changes_and_small_catalogues_are_built_beside(
    client: QdrantClient, tmp_path: Path
) -> None:
    store = store_on(client, in_place_from=100)
    load(store, tmp_path, ROWS)
    half = {
        number: (title.replace("thing", "bird"), room) for number, (title, room) in ROWS.items()
    }
    assert len(_generations(store, load(store, tmp_path, half))) == 2
    other = BagOfWords(weights="other")
    small = {**half, 1: ("Talk about whales", "Hall A")}
    assert len(_generations(store, load(store, tmp_path, small, encoder=other))) == 3
    below = store_on(client, in_place_from=101, catalogue="below")
    load(below, tmp_path, ROWS)
    assert len(_generations(below, load(below, tmp_path, {**ROWS, 1: ("Whales", "Hall A")}))) == 2


def _generations(store: ServerStore, outcome: Outcome) -> list[Any]:
    assert outcome.manifest is not None
    assert outcome.manifest.revision == 0
    return store.generations()


def test_change_in_place_that_was_cut_short_is_ended_by_the_next_load(
    client: QdrantClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_on(client, in_place_from=100)
    load(store, tmp_path, ROWS)
    changed = {**ROWS, 1: ("Talk about whales", "Hall A"), 200: ("Talk about herons", "Hall C")}
    del changed[3]

    def cut(*args: Any, **options: Any) -> Any:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(client, "delete", cut)
        with pytest.raises(ConnectionError):
            load(store, tmp_path, changed)
    with store.reading() as generation:
        assert generation.count(NO_FILTERS) == 101
    with pytest.raises(VerificationError, match="did not end, and the next load puts it right"):
        verify(store)
    manifest = load(store, tmp_path, changed).manifest
    assert manifest == store.manifest()
    assert manifest is not None
    assert (manifest.sessions, manifest.events[0].sessions) == (100, 100)
    metadata = client.get_collection("sessions").config.metadata
    assert metadata is not None
    assert metadata["changing"] is False
    assert verify(store) == manifest


def test_rollback_where_the_previous_one_is_gone(client: QdrantClient) -> None:
    store = store_on(client)
    first = write(store, [talk(1)])
    write(store, [talk(2)])
    client.delete_collection(first.generation)
    with pytest.raises(RefusedError, match="no earlier generation"):
        store.rollback()


def test_a_real_server_keeps_what_a_collection_is_made_with(server_settings: Settings) -> None:
    """On one node, or on a cluster of three: shards, replicas and write consistency are as set."""
    store = server_store(changed(server_settings, shards=3, replicas=2, write_consistency=1))
    manifest = write(store, [talk(number) for number in range(300)])
    connection = Connection(server_settings.qdrant)
    made = connection.call("look", lambda client: client.get_collection(manifest.generation))
    assert made.config.params.shard_number == 3
    assert made.config.params.replication_factor == 2
    assert made.config.params.write_consistency_factor == 1
    with store.reading() as generation:
        assert generation.count(NO_FILTERS) == 300
    connection.close()
    store.close()
