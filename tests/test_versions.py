"""A server of another version: how far is too far, who is told, and what it refuses."""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from support.stores import ENCODER
from support.tcp_proxy import Answer, failed, stub
from test_server_faults import healthy

from service.errors import StoreError
from service.search.searcher import Searcher
from service.settings import QdrantSettings
from service.stores.server.store import ServerStore
from service.stores.versions import Versions
from service.web import create_app


def of_version(version: str) -> Callable[[str, str, bytes], Answer]:
    """Answer as a healthy server of that version does."""

    def respond(method: str, path: str, body: bytes) -> Answer:
        if path == "/":
            return 200, {}, json.dumps({"title": "qdrant", "version": version}).encode()
        return healthy(method, path, body)

    return respond


@contextmanager
def serving(respond: Callable[[str, str, bytes], Answer]) -> Iterator[tuple[Flask, Searcher]]:
    """Give an app on such a server."""
    with stub(respond) as server:
        store = ServerStore(QdrantSettings(url=server.url), "sessions", manifest_ttl=0)
        searcher = Searcher(store, lambda fingerprint: ENCODER)
        yield create_app(searcher), searcher
        store.close()


@pytest.mark.parametrize(
    ("server", "apart"),
    [
        ("1.20.3", 0),
        ("1.19.0", 1),
        ("1.21.0-dev", 1),
        ("1.18.2", 2),
        ("1.22.0", 2),
        ("2.20.0", math.inf),
        ("nightly", math.inf),
    ],
)
def test_one_minor_version_apart_is_near_enough(server: str, apart: float) -> None:
    versions = Versions(server, "1.20.0")
    assert versions.minors_apart == apart
    assert bool(versions.warning) == (apart > 1)


def test_two_minor_versions_apart_is_told_everywhere_and_the_service_is_ready(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serving(of_version("1.18.3")) as (app, searcher):
        searcher.warm_up()
        client = app.test_client()
        for _ in range(3):
            answer = client.get("/readyz")
            assert (answer.status_code, answer.get_json()["status"]) == (200, "ready")
        [warning] = answer.get_json()["warnings"]
        assert "Qdrant is 1.18.3" in warning
        assert "Upgrade the older of the two" in warning
        status = client.get("/api/status")
        assert status.get_json()["warnings"] == [warning]
        assert "127.0.0.1" not in status.text  # where it is, is told to operators only
        assert "\nconference_helper_store_minors_apart 2.0\n" in client.get("/metrics").text
        assert client.get("/api/search?q=health").status_code == 200
    assert len([one for one in caplog.messages if warning in one]) == 1


def test_a_version_that_is_none_is_a_warning_too() -> None:
    with serving(of_version("nightly")) as (app, searcher):
        searcher.warm_up()
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 200
        assert "Qdrant is nightly" in answer.get_json()["warnings"][0]
        assert (
            "\nconference_helper_store_minors_apart +Inf\n"
            in app.test_client().get("/metrics").text
        )


def test_a_near_version_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    with serving(of_version("1.19.5")) as (app, searcher):
        searcher.warm_up()
        assert app.test_client().get("/readyz").get_json()["warnings"] == []
        assert (
            "\nconference_helper_store_minors_apart 1.0\n" in app.test_client().get("/metrics").text
        )
    assert [one for one in caplog.messages if "client" in one] == []


def test_a_server_that_refuses_what_a_question_needs_is_not_ready() -> None:
    """After an upgrade too: another version is asked anew before it counts as ready."""
    version, refuses = "1.20.0", False

    def respond(method: str, path: str, body: bytes) -> Answer:
        if refuses and "/points/query" in path:
            return failed(400, "Format error in JSON body: unknown variant `fusion`")
        return of_version(version)(method, path, body)

    with serving(respond) as (app, searcher):
        searcher.warm_up()
        assert app.test_client().get("/readyz").status_code == 200
        version, refuses = "1.24.0", True
        searcher.store.connection._version = None  # type: ignore[attr-defined]  # as after it was away
        with pytest.raises(StoreError, match="unknown variant"):
            searcher.warm_up()
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 503
        assert "unknown variant" in answer.get_json()["error"]["message"]
        refuses = False
        searcher.warm_up()
        assert app.test_client().get("/readyz").status_code == 200
