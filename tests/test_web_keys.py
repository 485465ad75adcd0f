"""Which addresses want an API key, what is answered without one, and that none is ever told."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.assistants import headers as headers_of
from support.assistants import request
from support.web_fixtures import SESSIONS, complaint
from werkzeug.test import TestResponse

from service.keys.changes import add_key, revoke_key
from service.keys.key_file import KeyFile
from service.runtime.rate_limit import RateLimit
from service.search.searcher import Searcher
from service.web import create_app, logs
from service.web.keys import wanted

FRIEND = "https://conference.example.org"
SEARCH = "/api/search?q=health"
REALM = 'Bearer realm="Conference Helper"'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def search_key(path: Path) -> str:
    return add_key(path, "app", ["search"], None)


@pytest.fixture
def ops_key(path: Path, search_key: str) -> str:
    return add_key(path, "prometheus", ["ops"], None)


@pytest.fixture
def asked(searcher: Searcher, path: Path, search_key: str, ops_key: str) -> FlaskClient:
    app = create_app(searcher, allowed_origins=(FRIEND,), keys=KeyFile(path))
    return app.test_client()


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def refusal(answer: TestResponse, status: int = 401) -> tuple[str, str]:
    """The message of a refusal, and its challenge after the realm."""
    code = {401: "unauthorized", 403: "forbidden"}[status]
    error = complaint(answer, status)
    assert error["code"] == code
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith(REALM)
    return error["message"], challenge.removeprefix(REALM)


def test_every_route_is_public_or_wants_a_key(asked: FlaskClient, search_key: str) -> None:
    rules = [
        rule.rule for rule in asked.application.url_map.iter_rules() if "static" not in rule.rule
    ]
    guarded = {rule for rule in rules if wanted(rule)}
    assert guarded >= {rule for rule in rules if rule.startswith("/api/")} | {"/metrics"}
    public = {"/", "/plan", "/programme", "/embed.js", "/openapi.json", "/livez", "/readyz"}
    assert public <= set(rules) - guarded
    for rule in rules:
        post = "POST" if rule == "/mcp" else "GET"
        address = rule.replace("<id>", str(SESSIONS[0].id)).replace("<path:name>", "Ana")
        with asked.open(address, method=post) as answer:
            assert (answer.status_code == 401) is (rule in guarded), rule
            assert ("WWW-Authenticate" in answer.headers) is (rule in guarded)


def test_a_key_is_accepted(asked: FlaskClient, search_key: str) -> None:
    assert asked.get(SEARCH, headers=bearer(search_key)).status_code == 200
    lower = asked.get(SEARCH, headers={"Authorization": f"bearer {search_key}"})
    assert lower.status_code == 200
    assert "WWW-Authenticate" not in lower.headers
    assert asked.get("/", headers=bearer("nonsense")).status_code == 200


@pytest.mark.parametrize("header", [None, "", "Basic dTpw", "Bearer"])
def test_without_a_key_one_is_asked_for(asked: FlaskClient, header: str | None) -> None:
    answer = asked.get(SEARCH, headers={} if header is None else {"Authorization": header})
    message, challenge = refusal(answer)
    assert "Authorization: Bearer KEY" in message
    assert challenge == ""


@pytest.mark.parametrize("secret", ["chk_nonsense", "a, Bearer b", "\udcff", 'x" scope="', "ü"])
def test_an_unknown_key_is_refused(asked: FlaskClient, secret: str) -> None:
    headers = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    message, challenge = refusal(asked.get(SEARCH, environ_overrides=headers))
    assert "not known here" in message
    assert challenge.startswith(', error="invalid_token", error_description="')
    assert secret not in message + challenge


def test_a_key_that_ended_is_refused(asked: FlaskClient, path: Path) -> None:
    today = datetime.now(UTC).date()
    ended = add_key(path, "ended", ["search"], date(2026, 1, 31))
    lasting = add_key(path, "lasting", ["search"], today + timedelta(days=1))
    message, challenge = refusal(asked.get(SEARCH, headers=bearer(ended)))
    assert message.startswith("The last day of this API key was 2026-01-31.")
    assert 'error="invalid_token"' in challenge
    assert asked.get(SEARCH, headers=bearer(lasting)).status_code == 200


def test_a_key_of_another_scope_is_refused(
    asked: FlaskClient, search_key: str, ops_key: str
) -> None:
    for address, key, scope in (("/metrics", search_key, "ops"), (SEARCH, ops_key, "search")):
        answer = asked.get(address, headers={**bearer(key), "Accept": "application/json"})
        assert answer.status_code == 403
        assert f'error="insufficient_scope", scope="{scope}"' in answer.headers["WWW-Authenticate"]
    message, _ = refusal(asked.get(SEARCH, headers=bearer(ops_key)), 403)
    assert message == "This API key is for ops; this address wants one for search."


def test_operators_see_all_and_others_what_is_loaded(
    asked: FlaskClient, client: FlaskClient, search_key: str, ops_key: str
) -> None:
    full: dict[str, Any] = client.get("/api/status").get_json()
    assert asked.get("/api/status", headers=bearer(ops_key)).get_json() == full
    brief = asked.get("/api/status", headers=bearer(search_key)).get_json()
    assert brief == {name: full[name] for name in ("sessions", "events")}
    assert asked.get("/api/status", headers={"Sec-Fetch-Site": "same-origin"}).get_json() == brief
    assert b"conference_helper" in asked.get("/metrics", headers=bearer(ops_key)).data


def test_an_operators_key_opens_metrics_that_are_not_public(
    searcher: Searcher, path: Path, ops_key: str
) -> None:
    others = create_app(searcher, public_metrics=False, keys=KeyFile(path)).test_client()
    assert others.get("/metrics").status_code == 401
    assert others.get("/metrics", headers=bearer(ops_key)).status_code == 200


def test_assistants_are_refused_in_their_own_words(
    asked: FlaskClient, path: Path, search_key: str, ops_key: str
) -> None:
    ended = add_key(path, "ended", ["search"], date(2026, 1, 31))
    listing = request("tools/list")

    def post(secret: str) -> TestResponse:
        sent = {**headers_of(listing), **(bearer(secret) if secret else {})}
        return asked.post("/mcp", json=listing, headers=sent)

    assert post(search_key).status_code == 200
    for secret, status, told, reason in (
        ("", 401, "needs an API key", ""),
        (ended, 401, "last day", "invalid_token"),
        ("chk_nonsense", 401, "not known here", "invalid_token"),
        (ops_key, 403, "for ops", "insufficient_scope"),
    ):
        answer = post(secret)
        assert answer.status_code == status
        assert answer.json and answer.json["jsonrpc"] == "2.0"
        assert told in answer.json["error"]["message"]
        assert reason in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": FRIEND}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": f"{FRIEND}.evil.example"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_pages_ask_without_a_key(
    asked: FlaskClient, headers: dict[str, str], answered: bool
) -> None:
    assert asked.get(SEARCH, headers=headers).status_code == (200 if answered else 401)
    assert asked.get("/metrics", headers=headers).status_code == 401


def test_a_page_that_sends_a_key_is_judged_by_it(asked: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", **bearer("chk_nonsense")}
    assert asked.get(SEARCH, headers=headers).status_code == 401


def test_a_request_is_answered_whose_key_is_revoked_meanwhile(
    asked: FlaskClient,
    searcher: Searcher,
    path: Path,
    search_key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search = searcher.search

    def revoke_meanwhile(query: Any) -> Any:
        revoke_key(path, "app")
        return search(query)

    monkeypatch.setattr(searcher, "search", revoke_meanwhile)
    answer = asked.get(SEARCH, headers=bearer(search_key))
    assert answer.status_code == 200
    assert answer.get_json()["results"]
    message, _ = refusal(asked.get(SEARCH, headers=bearer(search_key)))
    assert "revoked" in message


@pytest.mark.parametrize(
    "damage", [lambda path: path.write_text("{"), lambda path: path.chmod(0o644)]
)
def test_a_file_that_becomes_unusable_is_told_once(
    asked: FlaskClient,
    path: Path,
    search_key: str,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], None],
) -> None:
    damage(path)
    for _ in range(3):
        assert asked.get(SEARCH, headers=bearer(search_key)).status_code == 200
    told = [one.getMessage() for one in caplog.records if "API keys" in one.getMessage()]
    assert len(told) == 1
    assert told[0].startswith(
        f"Reading the API keys failed (bad_keys): {path}, the file of API keys"
    )


def test_a_key_has_a_limit_over_all_addresses(
    searcher: Searcher, path: Path, search_key: str
) -> None:
    other = add_key(path, "other", ["search"], None)
    keys = KeyFile(path, RateLimit(2, lambda: 60.0 * 1_000_000 + 20))
    client = create_app(
        searcher, keys=keys, limit=RateLimit(9, lambda: 60.0 * 1_000_000 + 20)
    ).test_client()

    def get(key: str, address: str) -> TestResponse:
        return client.get(SEARCH, headers=bearer(key), environ_base={"REMOTE_ADDR": address})

    first = get(search_key, "192.0.2.1")
    assert first.headers["RateLimit-Policy"] == '"client";q=9;w=60, "key";q=2;w=60'
    assert first.headers["RateLimit"] == '"client";r=8;t=40, "key";r=1;t=40'
    assert get(search_key, "192.0.2.2").status_code == 200
    refused = get(search_key, "192.0.2.3")
    assert complaint(refused, 429)["code"] == "too_many_requests"
    assert refused.headers["Retry-After"] == "40"
    assert get(other, "192.0.2.3").status_code == 200


def test_requests_are_counted_by_the_name_of_their_key(
    asked: FlaskClient, search_key: str, ops_key: str
) -> None:
    def counted(status: int) -> float:
        text = asked.get("/metrics", headers=bearer(ops_key)).text
        start = f'conference_helper_key_requests_total{{key="app",status="{status}"}} '
        return next(
            (float(line[len(start) :]) for line in text.splitlines() if line.startswith(start)), 0
        )

    before = counted(200), counted(403)
    asked.get(SEARCH, headers=bearer(search_key))
    asked.get("/metrics", headers=bearer(search_key))
    assert (counted(200), counted(403)) == (before[0] + 1, before[1] + 1)


def test_the_log_has_the_name_and_never_the_key(
    asked: FlaskClient, search_key: str, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logs.log_requests(asked.application, queries=True)
    caplog.set_level(logging.DEBUG)
    asked.get(SEARCH, headers=bearer(search_key))
    asked.get("/metrics", headers=bearer(search_key))
    asked.get(SEARCH, headers=bearer("chk_mistyped"))
    lines = [one for one in caplog.records if one.getMessage() == "request"]
    assert [vars(one).get("key") for one in lines] == ["app", "app", None]
    written = json.dumps([vars(one) for one in caplog.records], default=str)
    digest = json.loads(path.read_text())["keys"][0]["sha256"]
    for secret in (search_key, digest, "mistyped"):
        assert secret not in written
