"""POST /mcp: who may send what, and with which status it is answered."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.assistants import VERSION, encoded, headers, older, request
from werkzeug.test import TestResponse

from service.runtime.rate_limit import RateLimit
from service.search.searcher import Searcher
from service.web import create_app

LIST = request("tools/list")


def post(client: FlaskClient, message: Any, **others: Any) -> TestResponse:
    given = {"headers": headers(message) if "_meta" in message["params"] else {}, **others}
    return client.post("/mcp", data=encoded(message), content_type="application/json", **given)


def test_a_request_is_answered(client: FlaskClient) -> None:
    answer = post(client, LIST)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json and answer.json["result"]["tools"]


def test_a_tool_is_called(client: FlaskClient) -> None:
    asked = request("tools/call", name="search_sessions", arguments={"query": "health"})
    answer = post(client, asked)
    assert answer.json
    assert answer.json["id"] == 1
    assert answer.json["result"]["structuredContent"]["results"]


def test_a_notification_is_taken_without_a_word(client: FlaskClient) -> None:
    answer = post(client, older("notifications/initialized", None))
    assert (answer.status_code, answer.data) == (202, b"")


def test_older_clients_begin_with_initialize(client: FlaskClient) -> None:
    asked = older("initialize", 1, protocolVersion="2025-11-25", capabilities={}, clientInfo={})
    answer = post(client, asked)
    assert answer.json
    result = answer.json["result"]
    assert result["protocolVersion"] == "2025-11-25"
    assert result["serverInfo"]["name"] == "conference-helper"
    assert "resultType" not in result
    listed = post(client, older("tools/list"), headers={"MCP-Protocol-Version": "2025-11-25"})
    assert listed.json and "ttlMs" not in listed.json["result"]
    assert post(client, older("ping")).json == {"jsonrpc": "2.0", "id": 1, "result": {}}


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        (request("tools/nothing"), 404, -32601),
        (request("initialize"), 404, -32601),
        (older("tools/nothing"), 200, -32601),
        (older("server/discover"), 200, -32601),
        (request("tools/call", name="invent_session"), 400, -32602),
        (older("tools/call", 1, name="invent_session"), 200, -32602),
        (request("tools/list", cursor="5-abc"), 400, -32602),
    ],
)
def test_errors_have_the_status_of_the_version(
    client: FlaskClient, message: Any, status: int, code: int
) -> None:
    answer = post(client, message)
    assert answer.status_code == status
    assert answer.json
    assert (answer.json["id"], answer.json["error"]["code"]) == (1, code)


def test_an_unknown_tool_is_told_the_known_ones(client: FlaskClient) -> None:
    answer = post(client, request("tools/call", name="invent_session"))
    assert "search_sessions, get_session" in answer.text


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
        ("http://localhost:6274", 200),
        ("http://[::1]:3000", 200),
        ("https://ask.example.org", 200),
        ("https://Partner.example.org", 200),
    ],
)
def test_pages_of_other_origins_may_not_ask(searcher: Searcher, origin: str, status: int) -> None:
    app = create_app(
        searcher,
        public_url="https://ask.example.org/ask",
        allowed_origins=["https://partner.example.org"],
    )
    given = {**headers(LIST), "Origin": origin}
    assert post(app.test_client(), LIST, headers=given).status_code == status


def test_ten_megabytes_are_refused_unread(client: FlaskClient) -> None:
    body = io.BytesIO(b"[" * 10_000_000)
    answer = client.post(
        "/mcp", input_stream=body, content_type="application/json", content_length=10**7
    )
    assert answer.status_code == 413
    assert "longer than 262,144 bytes" in answer.text
    assert body.tell() == 0


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        ({"data": b"[" * 10_000, "content_type": "application/json"}, 400, "nested deeper"),
        ({"data": b"{", "content_type": "application/json"}, 400, "not valid JSON"),
        ({"data": b"{}", "content_type": "text/plain"}, 415, "application/json"),
        (
            {"content_type": "application/json", "headers": {"Transfer-Encoding": "chunked"}},
            411,
            "Length",
        ),
    ],
)
def test_what_is_no_message_is_refused(
    client: FlaskClient, given: dict[str, Any], status: int, told: str
) -> None:
    answer = client.post("/mcp", **given)
    assert answer.status_code == status
    assert answer.json and answer.json["jsonrpc"] == "2.0"
    assert told in answer.json["error"]["message"]


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_other_methods_are_not_allowed(client: FlaskClient, method: str) -> None:
    answer = client.open("/mcp", method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "POST only" in answer.text


def test_the_limit_of_a_client_holds(searcher: Searcher) -> None:
    app = create_app(searcher, limit=RateLimit(1, clock=lambda: 60.0))
    assert post(app.test_client(), LIST).status_code == 200
    answer = post(app.test_client(), LIST)
    assert answer.status_code == 429
    assert answer.json and answer.json["error"]["code"] == -32603
    assert "Retry-After" in answer.headers


def test_before_the_first_load_a_tool_says_so(empty: FlaskClient) -> None:
    answer = post(empty, request("tools/call", name="search_sessions", arguments={"query": "x"}))
    assert answer.status_code == 200
    assert answer.json and answer.json["result"]["isError"]
    assert "load" in answer.json["result"]["content"][0]["text"].lower()


def test_what_nobody_foresaw_is_an_error_of_the_protocol(
    client: FlaskClient,
    searcher: Searcher,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    reason = "/srv/secret"

    def fail(*arguments: object) -> None:
        raise RuntimeError(reason)

    monkeypatch.setattr(searcher, "search", fail)
    answer = post(client, request("tools/call", name="search_sessions", arguments={"query": "x"}))
    assert answer.json and answer.json["error"]["code"] == -32603
    assert "/srv" not in answer.text
    assert "tools/call failed" in caplog.text
    assert "/srv" not in caplog.text, "a message may quote a question"


def test_the_version_of_the_header_is_the_body_s(client: FlaskClient) -> None:
    given = {**headers(LIST), "MCP-Protocol-Version": "2025-11-25"}
    answer = post(client, LIST, headers=given)
    assert answer.status_code == 400
    assert answer.json and answer.json["error"]["code"] == -32020
    assert VERSION in answer.json["error"]["message"]
