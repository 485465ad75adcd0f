"""What the log says of an outage: when it begins, once a minute, when it is over, and no more."""

import logging
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from support.stores import ENCODER
from support.tcp_proxy import Answer, Stub, failed, ok, stub
from test_server_faults import healthy

from service.search.searcher import Searcher
from service.settings import QdrantSettings
from service.stores.server.store import ServerStore
from service.web import create_app
from service.web.outages import Outages
from service.web.watcher import Watcher

PAGE = b"<html><body><h1>503 Service Unavailable</h1>\nNo server is available.</body></html>"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outages(clock: Clock) -> Outages:
    return Outages(clock)


@pytest.fixture
def upstream() -> Iterator[Stub]:
    with stub(healthy) as server:
        yield server


@pytest.fixture
def searcher(upstream: Stub) -> Iterator[Searcher]:
    store = ServerStore(QdrantSettings(url=upstream.url), "sessions", manifest_ttl=0)
    yield Searcher(store, lambda fingerprint: ENCODER)
    store.close()


@pytest.fixture
def app(searcher: Searcher, outages: Outages) -> Flask:
    return create_app(searcher, outages=outages)


def test_a_line_when_it_begins_one_a_minute_and_one_when_it_is_over(
    outages: Outages, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for clock.now in range(130):
        for number in range(10):
            outages.failed("/api/search", "store_unavailable", f"refused {number}\nby it")
    clock.now = 131
    outages.answered("/api/search")  # nothing failed for two seconds, which may be luck
    clock.now = 140
    outages.answered("/livez")  # which never failed
    outages.answered("/api/search")
    outages.answered("/api/search")
    assert caplog.messages == [
        "/api/search failed (store_unavailable): refused 0 by it "
        "Until that is over, failures are counted once a minute.",
        "store_unavailable for 60 s; requests that failed: 600 since the last line, 601 in all. "
        "Last: refused 0 by it",
        "store_unavailable for 120 s; requests that failed: 600 since the last line, 1201 in all. "
        "Last: refused 0 by it",
        "store_unavailable is over after 129 s; requests that failed: 1300.",
    ]


def test_outages_of_different_kinds_are_told_apart(
    outages: Outages, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    outages.failed("/", "busy", "Too many ask.")
    outages.failed("/", "store_unavailable", "It is away.")
    clock.now = 4
    outages.failed("/", "busy", "Too many ask.")
    clock.now = 6
    outages.answered("/")
    assert len(caplog.messages) == 3
    assert caplog.messages[-1] == "store_unavailable is over after 0 s; requests that failed: 1."


def test_a_long_reason_is_cut(outages: Outages, caplog: pytest.LogCaptureFixture) -> None:
    outages.failed("/", "store_unavailable", "word " * 10_000)
    assert len(caplog.text) < 1_000


def test_an_outage_seen_by_requests_is_one_without_html(
    app: Flask, upstream: Stub, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    upstream.respond = lambda method, path, body: (503, {}, PAGE)
    for path in ("/api/search?q=health", "/?q=health", "/api/status", "/metrics") * 10:
        app.test_client().get(path)
    told = [message for message in caplog.messages if "store_unavailable" in message]
    assert len(told) == 1
    assert "503 Service Unavailable: a page of HTML" in told[0]
    assert "<" not in caplog.text
    caplog.clear()
    upstream.respond = healthy
    clock.now = 10
    app.extensions["searcher"].store.connection.breaker.succeeded()
    assert app.test_client().get("/api/search?q=health").status_code == 200
    assert [one for one in caplog.messages if "is over after 0 s; requests that failed: 30" in one]


def test_the_watcher_ends_what_requests_began(
    app: Flask,
    searcher: Searcher,
    outages: Outages,
    upstream: Stub,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    watcher = Watcher(searcher, outages=outages)
    upstream.respond = lambda method, path, body: (503, {}, PAGE)
    watcher._check()
    app.test_client().get("/api/search?q=health")
    assert len(caplog.messages) == 1
    clock.now = 10
    upstream.respond = healthy
    searcher.store.connection.breaker.succeeded()  # type: ignore[attr-defined]  # a server's store has one
    watcher._check()
    assert caplog.messages[-1] == "store_unavailable is over after 0 s; requests that failed: 1."


def test_a_watcher_goes_on_after_any_error(
    searcher: Searcher,
    outages: Outages,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watcher = Watcher(searcher, seconds=0.01, outages=outages)
    tried = threading.Event()

    def warm_up() -> None:
        if caplog.messages:
            tried.set()
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(searcher, "warm_up", warm_up)
    watcher.start()
    assert tried.wait(60)
    watcher.stop()
    assert len(caplog.messages) == 1
    assert "Too many open files" in caplog.messages[0]


def test_a_catalogue_that_is_not_there_yet_is_told_once(
    outages: Outages, caplog: pytest.LogCaptureFixture
) -> None:

    def nothing_there(method: str, path: str, body: bytes) -> Answer:
        return ok({"collections": []}) if path == "/collections" else failed(404, "Not found")

    with stub(nothing_there) as server:
        store = ServerStore(QdrantSettings(url=server.url), "sessions", manifest_ttl=0)
        watcher = Watcher(Searcher(store, lambda fingerprint: ENCODER), outages=outages)
        for _ in range(5):
            watcher._check()
        store.close()
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("Opening the catalogue failed (nothing_loaded): ")
