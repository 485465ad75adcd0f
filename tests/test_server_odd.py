"""A server that answers oddly, or where others were at work: each has a plain answer, and nothing is harmed."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from qdrant_client import QdrantClient, models
from support.stores import ENCODER, store_on, talk, write
from support.tcp_proxy import Answer, failed, ok, stub
from test_server_faults import connection_to, count, healthy, in_turn

from service.errors import AccessError, DamagedError, NothingLoadedError, StoreError
from service.filters import NO_FILTERS
from service.search.searcher import Searcher
from service.settings import QdrantSettings
from service.stores.server.failures import MissingError
from service.stores.server.store import ServerStore
from service.stores.verification import verify
from service.web import create_app

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def client() -> Iterator[QdrantClient]:
    with closing(QdrantClient(":memory:")) as client:
        yield client


def answering(change: Change) -> Callable[[str, str, bytes], Answer]:
    """Answer as a healthy server does, each result changed."""

    def respond(method: str, path: str, body: bytes) -> Answer:
        status, headers, content = healthy(method, path, body)
        answer = json.loads(content)
        if isinstance(answer.get("result"), dict):
            change(answer["result"])
        return status, headers, json.dumps(answer).encode()

    return respond


def search(url: str) -> list[str]:
    """Return the titles that a search finds there."""
    with closing(ServerStore(QdrantSettings(url=url), "sessions")) as store, store.reading() as one:
        vector = ENCODER.encode_queries(["health"])[0]
        return [hit.session.title for hit in one.search(vector, 1, NO_FILTERS)]


def change_points(change: Change) -> Change:
    def apply(result: dict[str, Any]) -> None:
        for point in result.get("points", []):
            change(point)

    return apply


def change_config(change: Change) -> Change:
    def apply(result: dict[str, Any]) -> None:
        if "config" in result:
            change(result["config"])

    return apply


def test_fields_of_a_newer_version_are_passed_over() -> None:
    def add(result: dict[str, Any]) -> None:
        result["new"] = {"a": 1}
        change_points(lambda point: point.update(new=1))(result)
        change_config(lambda config: config.update(new=1))(result)
        change_config(lambda config: config["params"].update(new=[2]))(result)

    with stub(answering(add)) as server:
        assert search(server.url) == [talk(1).title]


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (
            change_config(lambda config: config.clear()),
            StoreError,
            r"no answer of Qdrant's: .*config",
        ),
        (lambda result: result.pop("points", 0), StoreError, r"no answer of Qdrant's: .*points"),
        (
            change_points(lambda point: point.update(payload={"title": 3})),
            DamagedError,
            "no.* session",
        ),
        (change_points(lambda point: point.update(payload=None)), DamagedError, "no.* session"),
        (
            change_config(lambda config: config.update(metadata={"manifest": {"whose": "theirs"}})),
            DamagedError,
            "manifest cannot be read",
        ),
        (
            change_config(lambda config: config.update(metadata={"manifest": "text"})),
            DamagedError,
            "manifest cannot be read",
        ),
    ],
)
def test_fields_that_are_missing_or_others_are_told(
    change: Change, error: type[StoreError], told: str
) -> None:
    with stub(answering(change)) as server, pytest.raises(error, match=told):
        search(server.url)


@pytest.mark.parametrize(
    "body", [b"<html><title>Log in</title></html>", b'{"result": {"count": 7', b"", b"[]", b"null"]
)
def test_an_answer_that_is_none_is_told_without_it(body: bytes) -> None:
    with (
        stub(in_turn((200, {}, body))) as server,
        closing(connection_to(server.url)) as connection,
        pytest.raises(StoreError) as raised,
    ):
        count(connection)
    assert "no answer of Qdrant's" in str(raised.value)
    assert "<" not in str(raised.value)
    assert len(server.seen) == 1


def test_a_body_that_breaks_off_is_asked_for_again() -> None:
    whole = ok({"count": 7})
    half = (200, {"Content-Length": "1000", "Connection": "close"}, whole[2][:20])
    with stub(in_turn(half, whole)) as server, closing(connection_to(server.url)) as connection:
        assert count(connection) == 7
    assert len(server.seen) == 2


def test_a_key_that_expires_while_serving_is_told_to_operators_and_read_anew(
    tmp_path: Path,
) -> None:
    key = tmp_path / "key"
    key.write_text("first")
    valid = "first"

    def respond(method: str, path: str, body: bytes) -> Answer:
        is_valid = server.seen[-1][2]["api-key"] == valid
        return healthy(method, path, body) if is_valid else failed(403, "Invalid API key")

    with stub(respond) as server:
        settings = QdrantSettings(url=server.url, api_key_file=key)
        store = ServerStore(settings, "sessions", manifest_ttl=0)
        searcher = Searcher(store, lambda fingerprint: ENCODER)
        app = create_app(searcher, deadline=60).test_client()
        assert app.get("/api/search?q=health").status_code == 200
        valid = "second"
        answer = app.get("/api/search?q=health")
        assert answer.status_code == 503
        assert "127.0.0.1" not in answer.text
        with pytest.raises(AccessError, match="CONFERENCE_HELPER_QDRANT_API_KEY"):
            store.manifest()
        key.write_text(valid)
        assert app.get("/api/search?q=health").status_code == 200
        store.close()


def test_a_collection_of_another_program_under_our_name_is_left_alone(client: QdrantClient) -> None:
    vectors = models.VectorParams(size=4, distance=models.Distance.DOT)
    client.create_collection("sessions", vectors_config=vectors)
    store = store_on(client)
    with pytest.raises(StoreError, match=r"another program .*CONFERENCE_HELPER_CATALOGUE"):
        store.manifest()
    with pytest.raises(StoreError, match="another program"):
        write(store, [talk(1)])
    assert {one.name for one in client.get_collections().collections} == {"sessions"}


def test_an_alias_of_another_program_under_our_name_is_left_alone(client: QdrantClient) -> None:
    vectors = models.VectorParams(size=4, distance=models.Distance.DOT)
    client.create_collection("theirs", vectors_config=vectors)
    lead(client, "theirs")
    store = store_on(client)
    with pytest.raises(StoreError, match=r"another program \(theirs\)"):
        store.manifest()
    with pytest.raises(StoreError, match="another program"):
        write(store, [talk(1)])
    assert client.get_aliases().aliases[0].collection_name == "theirs"


def test_an_alias_that_was_taken_away_comes_back_by_rollback(client: QdrantClient) -> None:
    store = store_on(client)
    write(store, [talk(1)])
    served = write(store, [talk(1), talk(2)]).generation
    removal = models.DeleteAlias(alias_name="sessions")
    client.update_collection_aliases([models.DeleteAliasOperation(delete_alias=removal)])
    with pytest.raises(NothingLoadedError, match=f"alias is gone.*rollback --to {served}"):
        store.manifest()
    assert store.rollback().generation == served
    assert store.manifest().generation == served


def test_a_load_while_the_alias_is_gone_takes_no_generation_away(client: QdrantClient) -> None:
    store = store_on(client)
    first, second = (write(store, [talk(number)]).generation for number in (1, 2))
    removal = models.DeleteAlias(alias_name="sessions")
    client.update_collection_aliases([models.DeleteAliasOperation(delete_alias=removal)])
    third = write(store, [talk(3)])
    assert third.previous == second
    assert [one.generation for one in store.generations()] == [third.generation, second, first]
    assert [store.rollback().generation for _ in range(2)] == [second, first]


def test_a_first_load_killed_before_it_switched_is_served_by_rollback(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(operations: object) -> None:
        raise KeyboardInterrupt

    store = store_on(client)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(client, "update_collection_aliases", die)
        write(store, [talk(1)])
    with pytest.raises(NothingLoadedError, match=r"first load was killed .*rollback --to"):
        store.manifest()
    assert store.rollback() == store.manifest()
    assert verify(store).sessions == 1


def test_a_generation_deleted_under_a_worker_is_one_question_that_fails(
    client: QdrantClient,
) -> None:
    worker, loader = store_on(client, manifest_ttl=60), store_on(client)
    first = write(loader, [talk(1)]).generation
    with worker.reading() as generation:
        assert generation.count(NO_FILTERS) == 1
    write(loader, [talk(1), talk(2)])
    client.delete_collection(first)
    with pytest.raises(MissingError, match="it is not there"), worker.reading() as generation:
        generation.count(NO_FILTERS)
    with worker.reading() as generation:
        assert generation.count(NO_FILTERS) == 2


def lead(client: QdrantClient, name: str) -> None:
    """Make the catalogue's name an alias of that collection."""
    made = models.CreateAlias(collection_name=name, alias_name="sessions")
    client.update_collection_aliases([models.CreateAliasOperation(create_alias=made)])
