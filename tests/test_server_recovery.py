"""A server that hangs, resets and comes back, seen through the real app: in time, and nothing is left."""

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from support.processes import wait_until
from support.stores import ENCODER, talk
from support.tcp_proxy import Proxy, Stub, stub
from test_server_faults import healthy

from service.filters import NO_FILTERS
from service.search.searcher import Searcher
from service.settings import QdrantSettings
from service.stores.server.store import ServerStore
from service.web import create_app
from service.web.watcher import Watcher

pytestmark = pytest.mark.slow

DEADLINE = 1.0
"""Of what is asked while the server fails."""
OPENING = 3.0
PATIENT = 300.0
"""Of what is asked while nothing fails: a slow machine misses it no more than a fast one."""
DELAY = 60.0
ASKERS = 8
FAULTS = ("blackhole", "reset", "half-close", "latency")
Answered = tuple[int, float, Any]


@pytest.fixture
def upstream() -> Iterator[Stub]:
    with stub(healthy) as server:
        yield server


@pytest.fixture
def proxy(upstream: Stub) -> Iterator[Proxy]:
    proxy = Proxy(("127.0.0.1", upstream.server_address[1]))
    yield proxy
    proxy.close()


@pytest.fixture
def searcher(proxy: Proxy) -> Iterator[Searcher]:
    store = ServerStore(QdrantSettings(url=proxy.url), "sessions")
    searcher = Searcher(store, lambda fingerprint: ENCODER)
    yield searcher
    store.close()


@pytest.fixture
def app(searcher: Searcher) -> Iterator[Flask]:
    """The app with its watcher running."""
    watcher = Watcher(searcher, 0.5, opening_seconds=OPENING)
    watcher.start()
    yield create_app(searcher, deadline=DEADLINE)
    watcher.stop()


def ask(app: Flask, path: str = "/api/search?q=health") -> Answered:
    started = time.monotonic()
    response = app.test_client().get(path)
    return response.status_code, time.monotonic() - started, response


def ask_many(app: Flask, count: int = 50) -> list[Answered]:
    """Ask from several threads, each pausing in between so that the breaker's trials are among them."""

    def one(_: int) -> Answered:
        time.sleep(0.1)
        return ask(app)

    with ThreadPoolExecutor(ASKERS) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture
def patient(app: Flask, searcher: Searcher) -> Flask:
    """The same, asked with more time."""
    return create_app(searcher, deadline=PATIENT)


def test_two_hundred_requests_while_the_server_fails_and_comes_back(
    app: Flask, patient: Flask, proxy: Proxy
) -> None:
    wait_until(lambda: ask(app, "/readyz")[0] == 200)
    assert {status for status, _, _ in ask_many(patient)} == {200}
    threads = own_threads()
    answers = []
    for fault in FAULTS:
        proxy.turn(fault, delay=DELAY)
        answers += (got := ask_many(app))
        if fault != "half-close":  # connections made since then pass there
            check_unavailable(got[-1])
            check_unavailable(ask(app, "/readyz"))
        proxy.turn("pass")
        wait_until(lambda: ask(app, "/readyz")[0] == ask(patient)[0] == 200)
    assert len(answers) == 200
    assert max(seconds for _, seconds, _ in answers) < DELAY / 2
    assert {status for status, _, _ in answers} <= {200, 503}
    assert {status for status, _, _ in ask_many(patient)} == {200}
    assert own_threads() == threads
    # One connection an asker, one of the watcher: none is left of those that failed.
    wait_until(lambda: connections_to(proxy.port) <= ASKERS + 1)


def test_connections_and_threads_are_counted(proxy: Proxy, searcher: Searcher) -> None:
    before = own_threads()
    assert connections_to(proxy.port) == 0
    with searcher.store.reading() as generation:
        vector = ENCODER.encode_queries(["health"])[0]
        assert [hit.session for hit in generation.search(vector, 1, NO_FILTERS)] == [talk(1)]
    assert connections_to(proxy.port) == 1
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    assert len(own_threads()) == len(before) + 1
    ended.set()
    thread.join()


def test_a_server_that_starts_late(upstream: Stub) -> None:
    proxy = Proxy(("127.0.0.1", 1))  # nobody listens there
    store = ServerStore(QdrantSettings(url=proxy.url), "sessions")
    app = create_app(Searcher(store, lambda fingerprint: ENCODER), deadline=DEADLINE)
    watcher = Watcher(app.extensions["searcher"], 0.5)
    watcher.start()
    try:
        assert ask(app, "/livez")[0] == 200
        assert ask(app, "/readyz")[0] == 503
        proxy.upstream = ("127.0.0.1", upstream.server_address[1])
        wait_until(lambda: ask(app, "/readyz")[0] == 200)
    finally:
        watcher.stop()
        store.close()
        proxy.close()


def check_unavailable(asked: Answered) -> None:
    status, _, response = asked
    assert status == 503
    assert response.headers["Retry-After"]
    assert response.json["error"]["code"] == "store_unavailable"


def own_threads() -> set[int | None]:
    """The threads of this process but for the proxy's and the upstream's."""
    theirs = ("proxy", "process_request_thread")
    return {
        one.ident for one in threading.enumerate() if not any(name in one.name for name in theirs)
    }


def connections_to(port: int) -> int:
    """How many sockets of this process are connected to that port, or were when the other side left."""
    mine = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            mine.add(str(descriptor.readlink()))
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    rows = [line.split() for line in lines]
    return sum(row[2].endswith(f":{port:04X}") and f"socket:[{row[9]}]" in mine for row in rows)
