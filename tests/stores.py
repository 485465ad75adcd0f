"""Stores to test alike: embedded, a server's client in memory, and a real server where one is named."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fakes import BagOfWords
from qdrant_client import QdrantClient

from service.session import Session
from service.settings import Settings, load_settings
from service.stores.catalogue import Manifest, SessionStore
from service.stores.edge import EdgeStore
from service.stores.server import ServerStore

KINDS = ("embedded", "memory", "server")
OpenStore = Callable[[], SessionStore]
ENCODER = BagOfWords()


def memory_settings(**options: object) -> Settings:
    """Settings of a server store whose client is in memory."""
    return load_settings(qdrant_url="http://127.0.0.1:6333", **options)


@contextlib.contextmanager
def opening(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    """Give a function that opens the same catalogue anew each time it is called."""
    opened: list[SessionStore] = []
    if kind == "embedded":
        make: OpenStore = lambda: EdgeStore(folder, "sessions")  # noqa: E731
    elif kind == "memory":
        client = QdrantClient(":memory:")
        make = lambda: ServerStore(memory_settings(), client, fresh_seconds=0)  # noqa: E731
    else:
        settings = request.getfixturevalue("server_settings")
        make = lambda: ServerStore(settings, fresh_seconds=0)  # noqa: E731

    def open_store() -> SessionStore:
        opened.append(make())
        return opened[-1]

    yield open_store
    for store in opened:
        store.close()


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
    return Session(title=title or f"Talk number{number}", **values)  # type: ignore[arg-type]
