"""The log says which routes were asked for, and nothing of who asked what, unless that is asked for."""

import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from support.assistants import encoded, headers, request
from support.web_fixtures import SESSIONS

from service.errors import StoreError
from service.search.searcher import Searcher
from service.web import create_app, logs

ASKED = "Lovelace"
ADDRESS = "203.0.113.9"
PATHS = (
    f"/?q={ASKED}+health",
    f"/?q={ASKED}&limit=0",
    f"/?q={ASKED}&speaker={ASKED}",
    f"/api/search?q={ASKED}",
    f"/api/search?q={ASKED}&{ASKED}=1",
    f"/api/facets?q={ASKED}",
    f"/api/sessions/{ASKED}",
    f"/speakers/{ASKED}",
    f"/programme?speaker={ASKED}",
    f"/plan?ids={ASKED}",
    f"/{ASKED}",
    f"/static/{ASKED}.css",
)


@pytest.fixture
def plain_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
def app(searcher: Searcher) -> Flask:
    return create_app(searcher)


def ask(client: FlaskClient, path: str) -> int:
    about = {"User-Agent": ASKED, "Referer": f"https://example.org/{ASKED}"}
    return client.get(path, headers=about, environ_base={"REMOTE_ADDR": ADDRESS}).status_code


@pytest.mark.usefixtures("plain_logging")
@pytest.mark.parametrize("queries", [False, True])
def test_requests_are_lines_of_json_without_what_was_asked(
    app: Flask, capsys: pytest.CaptureFixture[str], queries: bool
) -> None:
    logs.configure()
    logs.log_requests(app, queries=queries)
    app.test_client().get("/api/search?q=secret+words", headers={"X-Request-ID": "abc"})
    (line,) = [line for line in capsys.readouterr().err.splitlines() if '"request"' in line]
    said = json.loads(line)
    assert (said["route"], said["status"], said["request_id"]) == ("/api/search", 200, "abc")
    assert (said["level"], said["method"]) == ("info", "GET")
    assert said["timestamp"].endswith("Z")
    assert ("secret" in line) == queries == ("path" in said)


@pytest.mark.usefixtures("plain_logging")
def test_no_request_leaves_its_question_a_name_or_an_address(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    logs.log_requests(app, queries=False)
    statuses = {ask(app.test_client(), path) for path in PATHS}
    asked = request("tools/call", name="search_sessions", arguments={"query": ASKED})
    message = {"data": encoded(asked), "content_type": "application/json"}
    replied = app.test_client().post("/mcp", headers=headers(asked), **message)
    assert replied.get_json()["result"]["isError"] is False
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {200, 400, 404} <= statuses
    assert len(lines) == len(PATHS) + 1
    assert ASKED not in str(lines)
    assert ADDRESS not in str(lines)


@pytest.mark.parametrize(
    "error", [RuntimeError(f"bad {ASKED}"), StoreError("Qdrant is away.")], ids=repr
)
def test_no_failure_leaves_it(
    app: Flask,
    searcher: Searcher,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise error

    caplog.set_level(logging.INFO)
    monkeypatch.setattr(searcher, "search", fail)
    monkeypatch.setattr(searcher, "search_with_facets", fail)
    assert min(ask(app.test_client(), path) for path in PATHS[:4:3]) >= 500
    assert "failed" in caplog.text
    assert ASKED not in caplog.text
    assert ADDRESS not in caplog.text


def test_nor_does_a_failure_of_a_hook(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fail(response: Response) -> Response:
        raise RuntimeError(ASKED)

    app.after_request_funcs[None].append(fail)
    assert ask(app.test_client(), f"/speakers/{ASKED}") == 500
    assert caplog.text.count("/speakers/<path:name> failed unexpectedly") == 2  # so does the answer
    assert ASKED not in caplog.text


def test_a_search_leaves_nothing_at_all(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ask(app.test_client(), f"/api/search?q={ASKED}")
    ask(app.test_client(), f"/sessions/{SESSIONS[0].id}")
    assert caplog.text == ""
