"""gRPC: that it is spoken where it was set, within deadlines, and fails in the same words as REST."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import grpc
import pytest
from pydantic import SecretStr
from qdrant_client import grpc as messages
from qdrant_client.grpc import (
    collections_service_pb2_grpc,
    points_service_pb2_grpc,
    qdrant_pb2_grpc,
)
from support.processes import wait_until
from support.tcp_proxy import Proxy

from service.errors import AccessError, StorageFullError, StoreError
from service.runtime import deadline, request_id
from service.settings import QdrantSettings
from service.stores.server import connection as connection_module
from service.stores.server.connection import Connection
from service.stores.server.failures import ExistsError, MissingError

Answer = Callable[[grpc.ServicerContext], None]


class Upstream(
    points_service_pb2_grpc.PointsServicer,
    collections_service_pb2_grpc.CollectionsServicer,
    qdrant_pb2_grpc.QdrantServicer,
):
    """A Qdrant that knows four calls; `before` is run first and may end the call."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.before: Answer = lambda context: None

    def _note(self, name: str, context: Any) -> None:
        self.seen.append((name, dict(context.invocation_metadata())))
        self.before(context)

    def HealthCheck(self, request: Any, context: Any) -> Any:
        self._note("version", context)
        return messages.HealthCheckReply(title="qdrant", version="1.20.0")

    def Count(self, request: Any, context: Any) -> Any:
        self._note("count", context)
        return messages.CountResponse(result=messages.CountResult(count=7))

    def List(self, request: Any, context: Any) -> Any:
        self._note("list", context)
        return messages.ListCollectionsResponse()

    def Query(self, request: Any, context: Any) -> Any:
        self._note("query", context)
        return messages.QueryResponse()


@contextlib.contextmanager
def listening(upstream: Upstream, port: int = 0) -> Iterator[int]:
    server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
    for add in (
        points_service_pb2_grpc.add_PointsServicer_to_server,
        collections_service_pb2_grpc.add_CollectionsServicer_to_server,
        qdrant_pb2_grpc.add_QdrantServicer_to_server,
    ):
        add(upstream, server)  # type: ignore[no-untyped-call]  # generated
    got = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    yield got
    server.stop(None).wait()


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
def port(upstream: Upstream) -> Iterator[int]:
    with listening(upstream) as port:
        yield port


def settings_for(port: int, **options: Any) -> QdrantSettings:
    """REST leads nowhere: what is answered came by gRPC."""
    return QdrantSettings(url="http://127.0.0.1:1", grpc=True, grpc_port=port, **options)


@pytest.fixture
def connection(port: int) -> Iterator[Connection]:
    connection = Connection(settings_for(port, api_key=SecretStr("secret"), retry_seconds=3))
    yield connection
    connection.close()


def count(connection: Connection) -> int:
    return connection.call("count", lambda client: client.count("sessions").count)


def failing(code: grpc.StatusCode, details: str, times: int = 1, **trailing: str) -> Answer:
    """Fail so many times, then answer."""
    left = [times]

    def answer(context: grpc.ServicerContext) -> None:
        if left[0]:
            left[0] -= 1
            context.set_trailing_metadata(
                tuple((name.replace("_", "-"), value) for name, value in trailing.items())
            )
            context.abort(code, details)

    return answer


def test_every_call_goes_by_grpc_with_its_key_and_request_id(
    connection: Connection, upstream: Upstream
) -> None:
    token = request_id.current.set("abc-1")
    try:
        assert count(connection) == 7
    finally:
        request_id.current.reset(token)
    connection.check()
    connection.call("list", lambda client: client.get_collections())
    assert [name for name, _ in upstream.seen] == ["count", "version", "list"]
    assert {sent["api-key"] for _, sent in upstream.seen} == {"secret"}
    assert upstream.seen[0][1]["x-request-id"] == "abc-1"


def test_the_client_is_made_by_the_process_that_calls(
    connection: Connection, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = connection.call("see the client", lambda client: client)
    assert connection.call("see it again", lambda client: client) is mine
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert connection.call("see the child's", lambda client: client) is not mine
    assert count(connection) == 7
    mine.close()


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_a_busy_server_is_asked_again(
    connection: Connection, upstream: Upstream, code: grpc.StatusCode
) -> None:
    upstream.before = failing(code, "busy")
    with deadline.within(60):
        assert count(connection) == 7
    assert len(upstream.seen) == 2


def test_a_cluster_that_settles_is_asked_again_by_a_loader(
    connection: Connection, upstream: Upstream
) -> None:
    upstream.before = failing(grpc.StatusCode.INTERNAL, "2 of 2 read operations failed")
    assert count(connection) == 7
    assert len(upstream.seen) == 2


def test_retry_after_is_honoured(connection: Connection, upstream: Upstream) -> None:
    upstream.before = failing(grpc.StatusCode.RESOURCE_EXHAUSTED, "busy", retry_after="1")
    started = time.monotonic()
    assert count(connection) == 7
    assert time.monotonic() - started >= 1.0
    upstream.before = failing(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many", 9, retry_after="300")
    with deadline.within(60), pytest.raises(StoreError, match="too many"):
        count(connection)
    assert len(upstream.seen) == 3


@pytest.mark.parametrize(
    ("code", "details", "error"),
    [
        (grpc.StatusCode.PERMISSION_DENIED, "Forbidden: read-only", AccessError),
        (grpc.StatusCode.UNAUTHENTICATED, "Must provide an API key", AccessError),
        (grpc.StatusCode.NOT_FOUND, "Collection not found", MissingError),
        (grpc.StatusCode.ALREADY_EXISTS, "Collection already exists!", ExistsError),
        (grpc.StatusCode.INVALID_ARGUMENT, "Collection already exists!", ExistsError),
        (grpc.StatusCode.INVALID_ARGUMENT, "Wrong input", StoreError),
        (grpc.StatusCode.INTERNAL, "No space left on device", StorageFullError),
        (grpc.StatusCode.INTERNAL, "Panic", StoreError),
    ],
)
def test_other_errors_are_not_tried_again(
    connection: Connection,
    upstream: Upstream,
    code: grpc.StatusCode,
    details: str,
    error: type[StoreError],
) -> None:
    upstream.before = failing(code, details)
    with pytest.raises(error) as raised:
        count(connection)
    assert type(raised.value) is error
    assert len(upstream.seen) == 1


def test_a_call_that_waits_is_asked_again_by_another_connection(
    connection: Connection, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "_SHARE", 0.01)
    peers: list[str] = []
    ended = threading.Event()

    def hang_once(context: grpc.ServicerContext) -> None:
        peers.append(context.peer())
        if len(peers) == 1:
            ended.wait()

    upstream.before = hang_once
    connection._second_tries._left = 1.0  # the second one has all the time that is left
    try:
        with deadline.within(60):
            assert count(connection) == 7
    finally:
        ended.set()
    assert len(set(peers)) == len(peers) == 2


def test_a_fraction_of_a_second_is_a_deadline(connection: Connection, upstream: Upstream) -> None:
    ended, left = threading.Event(), []

    def hang(context: grpc.ServicerContext) -> None:
        left.append(context.time_remaining())
        ended.wait()

    upstream.before = hang
    started = time.monotonic()
    try:
        with deadline.within(0.4), pytest.raises(StoreError, match="DEADLINE_EXCEEDED"):
            count(connection)
    finally:
        ended.set()
    assert time.monotonic() - started > 0.3
    assert all(seconds <= 0.4 for seconds in left)


def test_it_recovers_when_the_server_comes_back(upstream: Upstream, port: int) -> None:
    proxy = Proxy(("127.0.0.1", port))
    connection = Connection(settings_for(proxy.port))
    try:
        assert count(connection) == 7
        proxy.turn("reset")
        for _ in range(20):
            with deadline.within(1), contextlib.suppress(StoreError):
                count(connection)
        proxy.turn("pass")
        wait_until(partial(answers, connection))
    finally:
        connection.close()
        proxy.close()


def answers(connection: Connection) -> bool:
    try:
        with deadline.within(1):
            return count(connection) == 7
    except StoreError:
        return False
