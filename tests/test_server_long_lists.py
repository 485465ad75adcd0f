"""The long lists of a manifest stand apart on a server, and do not travel with every question."""

import json
import logging
from typing import Any

import pytest
from qdrant_client import QdrantClient
from support.stores import ENCODER, store_on, talk, write

from service.filters import NO_FILTERS
from service.stores.server.long_lists import MAX_ENTRIES

MANY = [
    talk(number, event=f"Conference of subject {number // 3}", year=2020 + number % 3)
    for number in range(2 * MAX_ENTRIES)
]


@pytest.fixture
def client() -> QdrantClient:
    return QdrantClient(":memory:")


def collections(client: QdrantClient) -> list[str]:
    return [one.name for one in client.get_collections().collections]


def kept_bytes(client: QdrantClient) -> int:
    """Bytes of what every process reads once a second."""
    return len(json.dumps(client.get_collection("sessions").config.metadata))


def test_many_events_stand_apart_and_few_do_not(client: QdrantClient) -> None:
    few = write(store_on(client), MANY[:80])
    small = kept_bytes(client)
    assert f"{few.generation}-lists" not in collections(client)
    many = write(store_on(client), MANY)
    assert len(many.events) == len(MANY)
    assert kept_bytes(client) < small
    other = store_on(client)
    assert other.manifest() == many
    assert other.generations() == [many, few]
    assert store_on(client).rollback() == few
    assert store_on(client).rollback(many.generation) == many
    for number in range(3):
        write(store_on(client), [talk(number)])
    assert not [name for name in collections(client) if name.endswith("-lists")]


def test_lists_are_read_once_a_revision(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = write(store_on(client), MANY)
    read: list[str] = []
    retrieve = client.retrieve

    def noted(name: str, *args: Any, **options: Any) -> Any:
        read.append(name)
        return retrieve(name, *args, **options)

    monkeypatch.setattr(client, "retrieve", noted)
    store = store_on(client)
    for _ in range(5):  # it asks each time which generation is served
        with store.reading() as generation:
            assert generation.manifest == manifest
    assert read == [f"{manifest.generation}-lists"]


def test_a_change_in_place_has_lists_of_its_own(client: QdrantClient) -> None:
    store = store_on(client, in_place_from=1)
    write(store, MANY)
    for revision in (1, 2, 3):
        new = talk(1_000 + revision, event="A new one", year=2030 + revision)
        updating = store.updating(changes=1)
        assert updating is not None
        with updating as updater:
            updater.upsert([new], ENCODER.encode_sessions([new.text]))
            manifest = updater.commit(expected=len(MANY) + revision, sources=["more"])
        assert store_on(client).manifest() == manifest
        assert len(manifest.events) == len(MANY) + revision
    points, _ = client.scroll(f"{manifest.generation}-lists", with_payload=False)
    assert sorted(int(point.id) for point in points) == [2, 3]


def test_lists_that_are_gone_are_counted_again(
    client: QdrantClient, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = write(store_on(client), MANY)
    client.delete_collection(f"{manifest.generation}-lists")
    store = store_on(client)
    with caplog.at_level(logging.WARNING), store.reading() as generation:
        assert generation.manifest.events == manifest.events
        assert generation.count(NO_FILTERS) == len(MANY)
    assert "-lists is gone: its events are counted again" in caplog.text
    assert write(store, MANY[:5]).previous == manifest.generation
