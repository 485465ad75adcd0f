"""A node of a cluster that lags behind for a moment: nothing it says may cost a lock or a generation."""

import math
from itertools import cycle
from typing import Any

import pytest
from qdrant_client import QdrantClient, models
from support.stores import ENCODER, store_on, talk, write

from service.errors import LockedError
from service.filters import NO_FILTERS
from service.runtime import deadline
from service.stores.manifest import Calibration
from service.stores.server.store import ServerStore


@pytest.fixture
def client() -> QdrantClient:
    return QdrantClient(":memory:")


@pytest.fixture
def store(client: QdrantClient) -> ServerStore:
    return store_on(client)


def test_a_lock_that_is_not_known_yet_is_not_taken_over(
    store: ServerStore, client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.create_collection("sessions-lock", vectors_config={}, metadata={"owner": "another"})

    def unknown(name: str) -> Any:
        raise ValueError(f"Collection {name} not found")

    monkeypatch.setattr(client, "get_collection", unknown)
    with pytest.raises(LockedError, match="started at this moment"), store.lock():
        pass
    assert client.collection_exists("sessions-lock")


def test_nothing_is_removed_where_the_served_generation_has_no_manifest_yet(
    store: ServerStore, client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = write(store, [talk(1)]), write(store, [talk(2)])
    look = client.get_collection

    def lagging(name: str) -> models.CollectionInfo:
        found = look(name)
        if name == second.generation:
            found.config.metadata = {}
        return found

    with monkeypatch.context() as patch:
        patch.setattr(client, "get_collection", lagging)
        with store.building(second.encoder, sessions=1):
            pass
    assert {first.generation, second.generation} <= set(names(client))
    with store.building(second.encoder, sessions=1):
        pass
    assert set(names(client)) == {first.generation, second.generation}


def test_nothing_newer_than_what_a_node_says_is_served_is_removed(
    store: ServerStore, client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = write(store, [talk(1)]), write(store, [talk(2)])
    look = client.get_collection
    for served in (first.generation, "nothing"):
        with monkeypatch.context() as patch:
            patch.setattr(
                client,
                "get_collection",
                lambda name, served=served: look(served if name == "sessions" else name),
            )
            with store.building(second.encoder, sessions=1):
                pass
        assert set(names(client)) == {first.generation, second.generation}


def test_a_worker_led_to_a_node_that_lags_mixes_no_generations(
    store: ServerStore, client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A balancer may lead each of its calls to another node, one of which does not know of the load yet."""
    first, second = write(store, [talk(1)]), write(store, [talk(1), talk(2)])
    look = client.get_collection
    served = cycle([first.generation, second.generation])
    monkeypatch.setattr(
        client,
        "get_collection",
        lambda name: look(next(served) if name == "sessions" else name),
    )
    counted = []
    for _ in range(4):
        with store.reading() as generation:
            counted.append((generation.manifest.sessions, generation.count(NO_FILTERS)))
    assert counted == 2 * [(1, 1), (2, 2)]


def test_a_generation_that_was_rolled_back_is_removed_by_the_next_load(
    store: ServerStore, client: QdrantClient
) -> None:
    first, second = write(store, [talk(1)]), write(store, [talk(2)])
    store.rollback()
    third = write(store, [talk(3)])
    assert set(names(client)) == {first.generation, third.generation}
    assert second.generation not in names(client)


def test_a_number_that_comes_back_a_little_different_is_no_other_manifest(
    store: ServerStore, client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = client.get_collection

    def rounding(name: str) -> models.CollectionInfo:
        found = look(name)
        if kept := (found.config.metadata or {}).get("manifest", {}).get("calibration"):
            kept["spread"] = math.nextafter(kept["spread"], 1.0)
        return found

    monkeypatch.setattr(client, "get_collection", rounding)
    monkeypatch.setattr("service.stores.server.store._SWITCH_TIMEOUT", 0.0)
    calibration = Calibration("queries", "weights", (), 0.1, 0.2, 0.3)
    with store.building(ENCODER.fingerprint, sessions=1) as builder:
        builder.upsert([talk(1)], ENCODER.encode_sessions([talk(1).text]))
        builder.commit(expected=1, sources=["test"], check=lambda new: calibration)
    served = store.manifest().calibration
    assert served is not None
    assert served != calibration
    assert served.spread == pytest.approx(0.1)


def test_the_lock_has_as_many_replicas_as_the_catalogue(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Any] = {}
    create = client.create_collection

    def noted(name: str, **options: Any) -> bool:
        made[name] = options
        return create(name, **options)

    monkeypatch.setattr(client, "create_collection", noted)
    store = store_on(client, replicas=2, manifest_ttl=1)
    with store.lock():
        pass
    assert made["sessions-lock"]["replication_factor"] == 2


def test_values_are_counted_exactly_where_nobody_waits(
    store: ServerStore, client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, [talk(1)])
    exact: list[bool] = []
    facet = client.facet

    def noted(name: str, **options: Any) -> models.FacetResponse:
        exact.append(options["exact"])
        return facet(name, **options)

    monkeypatch.setattr(client, "facet", noted)
    with store.reading() as generation:
        generation.facets(["event"])
        with deadline.within(600):
            assert generation.facets(["event"]) == {"event": [("Summit", 1)]}
    assert exact == [True, False]


def test_values_that_no_session_has_any_more_are_none(
    store: ServerStore, client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, [talk(1)])
    facet = client.facet

    def with_removed(name: str, **options: Any) -> models.FacetResponse:
        gone = models.FacetValueHit(value="Gone", count=0)
        return models.FacetResponse(hits=[*facet(name, **options).hits, gone])

    monkeypatch.setattr(client, "facet", with_removed)
    with store.reading() as generation:
        assert generation.facets(["event"]) == {"event": [("Summit", 1)]}


def test_a_manifest_that_changed_is_published_by_setting_the_alias(
    store: ServerStore, client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = write(store, [talk(1)])
    set_to: list[str] = []
    switch = client.update_collection_aliases

    def noted(operations: list[Any], **options: Any) -> bool:
        set_to.append(operations[-1].create_alias.collection_name)
        return switch(operations, **options)

    monkeypatch.setattr(client, "update_collection_aliases", noted)
    with store.lock():
        store.publish(manifest)
    assert set_to == [manifest.generation]


def names(client: QdrantClient) -> list[str]:
    """The collections, without the vocabularies, which go with their generations."""
    found = [one.name for one in client.get_collections().collections]
    return [name for name in found if not name.endswith("-words")]
