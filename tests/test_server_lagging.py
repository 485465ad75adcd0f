"""A node of a cluster that lags behind for a moment: nothing it says may cost a lock or a generation."""

from typing import Any

import pytest
from qdrant_client import QdrantClient, models
from stores import memory_settings, talk, write

from service.errors import LockedError
from service.stores.server import ServerStore


@pytest.fixture
def client() -> QdrantClient:
    return QdrantClient(":memory:")


@pytest.fixture
def store(client: QdrantClient) -> ServerStore:
    return ServerStore(memory_settings(), client, fresh_seconds=0)


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
    return [one.name for one in client.get_collections().collections]
