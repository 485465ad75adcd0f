"""A server that is busy, full, slow, away or wrong: what a caller sees of it, and when."""

import itertools
import json
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from pydantic import SecretStr
from qdrant_client.http.exceptions import ResponseHandlingException
from support.stores import ENCODER, talk
from support.tcp_proxy import Answer, failed, ok, stub

from service.errors import AccessError, LockedError, StorageFullError, StoreError
from service.runtime import deadline, request_id
from service.settings import QdrantSettings
from service.stores.manifest import Manifest
from service.stores.payload import encode_payload
from service.stores.server.breaker import Breaker
from service.stores.server.connection import Connection
from service.stores.server.failures import ExistsError, MissingError
from service.stores.server.store import ServerStore

MANIFEST = Manifest("sessions-000001-20260512T093000123456", "2026-05-12", ENCODER.fingerprint, 1)
DEADLINE = 2.0


def info(**metadata: Any) -> dict[str, Any]:
    """What the server says of a collection."""
    return {
        "status": "green",
        "optimizer_status": "ok",
        "points_count": 1,
        "segments_count": 1,
        "indexed_vectors_count": 0,
        "payload_schema": {},
        "config": {
            "params": {"vectors": {"text": {"size": 256, "distance": "Dot"}}},
            "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000},
            "optimizer_config": {
                "deleted_threshold": 0.2,
                "vacuum_min_vector_number": 1000,
                "default_segment_number": 0,
                "flush_interval_sec": 5,
            },
            "metadata": metadata,
        },
    }


def healthy(method: str, path: str, body: bytes) -> Answer:
    """Answer as a server that holds one session does."""
    if path == "/":
        return 200, {}, b'{"title": "qdrant", "version": "1.20.0"}'
    session = talk(1)
    point = {"id": str(session.id), "version": 1, "score": 0.5, "payload": encode_payload(session)}
    if path.endswith("/points/query"):
        return ok({"points": [point]})
    if path.endswith("/points/query/batch"):
        return ok([{"points": [point]} for _ in json.loads(body)["searches"]])
    if path.endswith("-lists/points"):
        return ok([])
    if path.endswith("/points"):
        return ok([point])
    if path.endswith("/points/count"):
        return ok({"count": 1})
    if path.endswith("/facet"):
        return ok({"hits": []})
    if path.endswith("/points/scroll"):
        return ok({"points": []})
    return ok(info(manifest=MANIFEST.as_dict()))


def connection_to(url: str, **options: Any) -> Connection:
    return Connection(QdrantSettings(url=url, timeout=5, **options))


def count(connection: Connection) -> int:
    return connection.call("count", lambda client: client.count("sessions").count)


def count_at(url: str) -> int:
    """Count over a connection of its own."""
    with closing(connection_to(url)) as connection:
        return count(connection)


def in_turn(*answers: Answer) -> Callable[[str, str, bytes], Answer]:
    """Answer with each in turn, the last for ever."""
    turns = itertools.chain(answers[:-1], itertools.repeat(answers[-1]))
    return lambda method, path, body: next(turns)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(status: int) -> None:
    busy = in_turn(failed(status, "busy"), ok({"count": 7}))
    with stub(busy) as server, deadline.within(60):
        assert count_at(server.url) == 7
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    "answer",
    [
        failed(500, "Service internal error: Waiting for consensus operation commit failed"),
        failed(500, "The replica set does not have enough active replicas"),
        failed(500, "Service internal error: 2 out of 6 shards failed to apply operation."),
        failed(500, "Service internal error: 2 of 2 read operations failed: transport error"),
        failed(500, "Service internal error: Channel closed: sending on a closed channel"),
        failed(500, "Service internal error: Tonic status error: Unknown error, transport error"),
    ],
)
def test_a_cluster_that_settles_is_asked_again(answer: Answer) -> None:
    """By questions too: a balancer may lead to a node that reaches the others."""
    with stub(in_turn(answer, ok({"count": 7}))) as server, deadline.within(60):
        assert count_at(server.url) == 7
    assert len(server.seen) == 2


def test_a_loader_asks_again_too_and_after_a_timeout_of_the_servers() -> None:
    settling, late = failed(500, "2 of 2 read operations failed"), failed(408, "Timeout")
    with stub(in_turn(settling, late, ok({"count": 7}))) as server:
        assert count_at(server.url) == 7
    assert len(server.seen) == 3
    with stub(in_turn(late)) as server, deadline.within(60), pytest.raises(StoreError):
        count_at(server.url)
    assert len(server.seen) == 1


def test_retry_after_is_honoured() -> None:
    with stub(in_turn(failed(429, "busy", Retry_After="1"), ok({"count": 7}))) as server:
        started = time.monotonic()
        assert count_at(server.url) == 7
    assert time.monotonic() - started >= 1.0


def test_retry_after_beyond_the_deadline_fails_at_once() -> None:
    with stub(in_turn(failed(429, "too many", Retry_After="300"))) as server, deadline.within(60):
        started = time.monotonic()
        with pytest.raises(StoreError, match="too many"):
            count_at(server.url)
    assert time.monotonic() - started < 30


def test_a_retry_after_that_is_a_date_is_asked_again_as_usual() -> None:
    busy = failed(429, "busy", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")
    with stub(in_turn(busy, ok({"count": 7}))) as server, deadline.within(60):
        assert count_at(server.url) == 7
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (failed(400, "Wrong input"), StoreError),
        (failed(401, "Must provide an API key"), AccessError),
        (failed(403, "Forbidden: read-only"), AccessError),
        (failed(404, "Collection not found"), MissingError),
        (failed(409, "Collection already exists"), ExistsError),
        (failed(422, "Bad"), StoreError),
        (failed(500, "Panic"), StoreError),
        (failed(500, "1 out of 6 shards failed to apply: No space left"), StorageFullError),
        (failed(507, "No space"), StorageFullError),
        ((200, {}, b"<html>a captive portal</html>"), StoreError),
    ],
)
def test_other_errors_are_not_tried_again(answer: Answer, error: type[StoreError]) -> None:
    with stub(in_turn(answer)) as server, pytest.raises(error):
        count_at(server.url)
    assert len(server.seen) == 1


@pytest.mark.parametrize("body", [b"", b"404 page not found", b"<html><h1>Not Found</h1></html>"])
def test_what_is_no_qdrant_server_is_not_taken_for_an_empty_one(body: bytes) -> None:
    with stub(in_turn((404, {}, body))) as server:
        store = ServerStore(QdrantSettings(url=server.url), "sessions")
        with pytest.raises(StoreError, match=r"is no Qdrant server .*CONFERENCE_HELPER_QDRANT_URL"):
            store.manifest()
        store.close()


def test_a_loader_with_a_read_only_key_is_told_so() -> None:
    def respond(method: str, path: str, body: bytes) -> Answer:
        return failed(403, "Forbidden") if method in ("PUT", "DELETE") else failed(404, "none")

    with stub(respond) as server:
        settings = QdrantSettings(url=server.url, api_key=SecretStr("read-only"))
        store = ServerStore(settings, "sessions")
        with pytest.raises(AccessError, match="manage for loads"), store.lock():
            pass
        store.close()
    assert server.seen[0][2]["api-key"] == "read-only"


def test_an_answer_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.stores.server.transport.MAX_BODY_BYTES", 1_000_000)
    endless = stub(in_turn((200, {}, b" " * 3_000_000)))
    with endless as server, pytest.raises(StoreError, match="larger than"):
        count_at(server.url)
    assert len(server.seen) == 1


def test_the_request_id_is_passed_on() -> None:
    token = request_id.current.set("abc-1")
    try:
        with stub(in_turn(ok({"count": 7}))) as server:
            count_at(server.url)
    finally:
        request_id.current.reset(token)
    assert server.seen[0][2]["x-request-id"] == "abc-1"


def test_a_server_that_trickles_does_not_outlast_the_deadline() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            try:
                peer, _ = listener.accept()
                with peer:
                    peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                    while True:
                        peer.sendall(b" ")
                        time.sleep(0.1)
            except OSError:
                return

        threading.Thread(target=trickle, daemon=True).start()
        started = time.monotonic()
        with deadline.within(1), pytest.raises(StoreError):
            count_at(f"http://127.0.0.1:{listener.getsockname()[1]}")
        assert 0.9 < time.monotonic() - started < 50  # the body takes 100 s


def test_the_breaker_opens_waits_and_closes() -> None:
    clock = itertools.count(0.0, 0.0)
    moment = [0.0]
    breaker = Breaker(failures=2, wait=1, longest=3, clock=lambda: moment[0] + next(clock))
    for _ in range(2):
        assert breaker.admit()
        breaker.failed()
    assert not breaker.admit()
    moment[0] = 1.1
    assert breaker.admit()
    assert not breaker.admit()  # one trial at a time
    breaker.failed()
    moment[0] = 2.2
    assert not breaker.admit()  # the wait has doubled
    moment[0] = 3.2
    assert breaker.admit()
    breaker.succeeded()
    assert breaker.admit()
    assert breaker.admit()


def test_an_open_breaker_spares_the_server() -> None:
    with (
        stub(in_turn(failed(503, "starting"))) as server,
        deadline.within(60),
        closing(connection_to(server.url)) as connection,
    ):
        connection.breaker = Breaker(failures=5, clock=lambda: 0.0)  # it waits for ever
        for _ in range(20):
            with pytest.raises(StoreError):
                count(connection)
        assert len(server.seen) == 3 * 5  # five questions, each asked three times


def test_lock_of_another_loader_over_http() -> None:
    alive = {"owner": "elsewhere process 7 abc", "until": time.time() + 60}

    def respond(method: str, path: str, body: bytes) -> Answer:
        if method == "PUT":
            return failed(409, "Wrong input: Collection `sessions-lock` already exists!")
        return ok(info(**alive))

    with stub(respond) as server:
        store = ServerStore(QdrantSettings(url=server.url), "sessions")
        with pytest.raises(LockedError, match="elsewhere"), store.lock():
            pass
        store.close()


def test_client_errors_are_all_known() -> None:
    from qdrant_client.common import client_exceptions
    from qdrant_client.http import exceptions

    from service.stores.server.failures import DRIVER_ERRORS

    for module in (client_exceptions, exceptions):
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Exception):
                assert issubclass(thing, DRIVER_ERRORS), thing
    assert issubclass(ResponseHandlingException, DRIVER_ERRORS)
