"""A small programme, embedded by a bag of words, a searcher over it, and clients of the front end.

Its catalogue is written once and read by many tests, as an embedded one takes half a second of the processor
to write whatever its size; a test that writes gets a copy of its own with `open_loaded`.
"""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.search.searcher import Searcher
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.stores.protocol import SessionStore
from service.web import create_app
from support.copies import copy_folder
from support.fakes import BagOfWords

_ZONE = timezone(timedelta(hours=2))

SESSIONS = (
    Session(
        event="Summit",
        year=2025,
        source_id="1",
        title="Health analytics on the ward",
        abstract="What a hospital learns from counting. "
        + " ".join(f"chart{number}" for number in range(100)),
        speakers=("Zoë Brändström", "Ana Ruiz"),
        track="Health",
        level="Beginner",
        kind="Talk",
        language="en",
        room="Hall A",
        starts_at=datetime(2025, 5, 13, 10, 30, tzinfo=_ZONE),
        ends_at=datetime(2025, 5, 13, 11, 15, tzinfo=_ZONE),
        url="https://summit.example.org/2025/1",
        tags=("wards", "charts"),
    ),
    Session(
        event="Summit",
        year=2026,
        source_id="2",
        title="Health analytics for a whole region",
        abstract="Registers, consent and patience.",
        speakers=("Ana Ruiz",),
        track="Health",
        level="Advanced",
        language="de",
        starts_at=datetime(2026, 5, 12, 9, 0, tzinfo=_ZONE),
        ends_at=datetime(2026, 5, 12, 9, 45, tzinfo=_ZONE),
    ),
    Session(
        event="Summit",
        year=2026,
        source_id="3",
        title="Pipelines that do not break",
        abstract="A data pipeline is kept reliable by tests and by sleep.",
        speakers=("Ola Berg",),
        track="Data Engineering",
        level="Beginner",
        language="en",
    ),
    Session(event="Meetup", year=2026, source_id="4", title="Maps for everyone"),
)


def write(
    store: SessionStore, sessions: Sequence[Session], encoder: BagOfWords | None = None
) -> None:
    """Load a new generation that holds these sessions."""
    encoder = encoder or BagOfWords()
    with store.building(encoder.fingerprint, sessions=len(sessions)) as builder:
        builder.upsert(sessions, encoder.encode_sessions([session.text for session in sessions]))
        builder.commit(expected=len(sessions), sources=["test"])


def open_empty(folder: Path) -> tuple[EdgeStore, Searcher]:
    """Return a store that holds nothing yet, and its searcher."""
    store = EdgeStore(folder, "sessions")
    return store, Searcher(store, lambda fingerprint: BagOfWords())


class _Place:
    """Where SESSIONS are written once, to be copied."""

    folder: Path


@pytest.fixture(scope="session", autouse=True)
def _place(tmp_path_factory: pytest.TempPathFactory) -> None:
    _Place.folder = tmp_path_factory.mktemp("written")


@cache
def _written_in(folder: Path) -> Path:
    with contextlib.closing(EdgeStore(folder, "sessions")) as store:
        write(store, SESSIONS)
    return folder


def open_loaded(folder: Path, sessions: Sequence[Session] = SESSIONS) -> tuple[EdgeStore, Searcher]:
    """Return a store of its own that holds these sessions, and its searcher."""
    store, searcher = open_empty(folder)
    if sessions is SESSIONS:
        copy_folder(_written_in(_Place.folder), folder)
    else:
        write(store, sessions)
    return store, searcher


class _SharedStore(EdgeStore):
    """A catalogue that other tests read too."""

    def lock(self) -> NoReturn:
        """Fail the test that would write, as every change takes the lock first."""
        pytest.fail("this catalogue is shared: make one to write to with open_loaded(tmp_path)")


@pytest.fixture(scope="session")
def _shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeStore]:
    folder = tmp_path_factory.mktemp("catalogue")
    open_loaded(folder)
    with contextlib.closing(_SharedStore(folder, "sessions")) as store:
        yield store


@pytest.fixture
def loaded(_shared_store: EdgeStore) -> tuple[EdgeStore, Searcher]:
    """The shared catalogue, and a searcher over it that no other test has."""
    return _shared_store, Searcher(_shared_store, lambda fingerprint: BagOfWords())


@pytest.fixture
def searcher(loaded: tuple[EdgeStore, Searcher]) -> Searcher:
    return loaded[1]


@pytest.fixture
def client(searcher: Searcher) -> FlaskClient:
    return create_app(searcher).test_client()


@pytest.fixture
def empty(tmp_path: Path) -> FlaskClient:
    return create_app(open_empty(tmp_path)[1]).test_client()


def complaint(answer: TestResponse, status: int) -> dict[str, str]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json"
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is JSON
    assert list(body) == ["error"]
    assert sorted(body["error"]) == ["code", "message"]
    error: dict[str, str] = body["error"]
    return error
