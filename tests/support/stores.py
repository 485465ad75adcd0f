"""Stores to test alike: embedded, a server's client in memory, and a real server where one is named."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from qdrant_client import QdrantClient

from service.session import Session
from service.settings import QdrantSettings, Settings
from service.stores.edge.store import EdgeStore
from service.stores.manifest import Manifest
from service.stores.protocol import SessionStore
from service.stores.server.store import ServerStore
from support.fakes import BagOfWords
from support.qdrant_server import SKIPPED, by_grpc, own_catalogue, server_options

KINDS = ("embedded", "memory", "server", "server-grpc")
OpenStore = Callable[[], SessionStore]
WrittenOnce = Callable[[str, Sequence[Session]], SessionStore]
Written = Callable[[Sequence[Session]], SessionStore]
ENCODER = BagOfWords()
START = datetime(2026, 5, 12, 23, 30, tzinfo=timezone(timedelta(hours=2)))


def store_on(
    client: QdrantClient, catalogue: str = "sessions", manifest_ttl: float = 0, **options: Any
) -> ServerStore:
    """A server store on a client in memory, which believes nothing that it was told before."""
    settings = QdrantSettings(url="http://127.0.0.1:6333", **options)
    return ServerStore(settings, catalogue, client, manifest_ttl=manifest_ttl)


@contextlib.contextmanager
def opening(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    """Give a function that opens the same catalogue anew each time it is called."""
    opened: list[SessionStore] = []
    if kind == "embedded":
        make: OpenStore = lambda: EdgeStore(folder, "sessions")  # noqa: E731  # one name for three ways
    elif kind == "memory":
        client = QdrantClient(":memory:")
        make = lambda: store_on(client)  # noqa: E731  # one name for three ways
    else:
        fixture = "grpc_settings" if kind == "server-grpc" else "server_settings"
        settings = request.getfixturevalue(fixture)
        make = lambda: server_store(settings)  # noqa: E731  # one name for three ways

    def open_store() -> SessionStore:
        opened.append(make())
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


def changed(settings: Settings, **options: Any) -> Settings:
    """Return the settings with other ones of the server."""
    return settings.model_copy(update={"qdrant": settings.qdrant.model_copy(update=options)})


def server_store(settings: Settings) -> ServerStore:
    """A store on a real server, which believes nothing that it was told before."""
    return ServerStore(settings.qdrant, settings.catalogue, manifest_ttl=0)


def write(
    store: SessionStore, sessions: Sequence[Session], encoder: BagOfWords = ENCODER
) -> Manifest:
    """Build and commit a generation that holds these sessions."""
    with store.building(encoder.fingerprint, sessions=len(sessions)) as builder:
        builder.upsert(sessions, encoder.encode_sessions([session.text for session in sessions]))
        return builder.commit(expected=len(sessions), sources=["test"])


def talk(number: int, title: str = "", **fields: object) -> Session:
    """A session whose title says its number."""
    values = {"event": "Summit", "year": 2026, "source_id": str(number), **fields}
    return Session(title=title or f"Talk number{number}", **values)  # type: ignore[arg-type]  # fields of a session


@pytest.fixture(params=KINDS)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """Return a way to open one and the same catalogue again and again."""
    with opening(request.param, tmp_path, request) as opener:
        yield opener


@pytest.fixture(scope="session")
def written_once(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WrittenOnce]:
    """Return a function that gives a store of a kind with some sessions.

    They are written once for all tests; by REST for gRPC too. Tests must not change them.
    """
    options = server_options(request)  # first, so that the server outlasts the stores
    made: dict[tuple[str, tuple[Session, ...]], SessionStore] = {}
    catalogues: dict[tuple[Session, ...], Settings] = {}
    with contextlib.ExitStack() as stack:

        def find(kind: str, given: Sequence[Session]) -> SessionStore:
            sessions = tuple(given)
            if (kind, sessions) not in made:
                store = make(kind, sessions)
                made[kind, sessions] = stack.enter_context(contextlib.closing(store))
            return made[kind, sessions]

        def make(kind: str, sessions: tuple[Session, ...]) -> SessionStore:
            if kind.startswith("server"):
                settings = on_server(sessions)
                return server_store(
                    by_grpc(request.config, settings) if kind == "server-grpc" else settings
                )
            store = (
                EdgeStore(tmp_path_factory.mktemp("written"), "sessions")
                if kind == "embedded"
                else store_on(QdrantClient(":memory:"))
            )
            write(store, sessions)
            return store

        def on_server(sessions: tuple[Session, ...]) -> Settings:
            if options is None:
                pytest.skip(SKIPPED)
            if sessions not in catalogues:
                settings = stack.enter_context(own_catalogue(**options))
                with contextlib.closing(server_store(settings)) as store:
                    write(store, sessions)
                catalogues[sessions] = settings
            return catalogues[sessions]

        yield find


@pytest.fixture(params=KINDS)
def written(request: pytest.FixtureRequest, written_once: WrittenOnce) -> Written:
    """Return a function that gives a store with some sessions, which tests must not change."""
    return partial(written_once, request.param)


@pytest.fixture
def filled(written: Written) -> SessionStore:
    """A store that holds SESSIONS, and that tests must not change."""
    return written(SESSIONS)


def session(number: int, **changes: object) -> Session:
    """One of many sessions that differ in all that stores filter and count by."""
    values: dict[str, object] = {
        "event": "Summit" if number % 2 else "Meetup",
        "year": 2024 + number % 3,
        "source_id": str(number),
        "title": f"Title{number}",
        "abstract": f"word{number} common",
        "speakers": (f"Speaker {number % 4}", "Zoë Brändström"),
        "track": ("Health", "Finance")[number % 2],
        "room": f"Hall {number % 5}",
        "kind": ("Talk", "Workshop")[number % 2],
        "level": "Beginner",
        "language": "en",
        "starts_at": START + timedelta(days=number % 2),
    }
    return Session(**{**values, **changes})  # type: ignore[arg-type]  # fields by name


SESSIONS = [session(number) for number in range(20)]
