"""Clients are counted by address and minute, over all processes, and told what is left."""

import multiprocessing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.web_fixtures import complaint

from service.keys.changes import add_key
from service.keys.key_file import KeyFile
from service.runtime.rate_limit import RateLimit, name_client
from service.search.searcher import Searcher
from service.settings import load_settings
from service.web import create_app

MINUTE = 60 * 1_000_000


def test_each_client_has_its_own_count_and_each_minute_a_new_one() -> None:
    now = [float(MINUTE) + 18]
    limit = RateLimit(2, lambda: now[0])
    assert [limit.count("a") for _ in range(3)] == [(1, 42), (2, 42), (3, 42)]
    assert limit.count("b") == (1, 42)
    now[0] += 42
    assert limit.count("a") == (1, 60)


def test_processes_count_together() -> None:
    limit = RateLimit(100, lambda: float(MINUTE))
    others = [
        multiprocessing.get_context("fork").Process(target=limit.count, args=("a",))
        for _ in range(2)
    ]
    for other in others:
        other.start()
        other.join()
    assert limit.count("a") == (3, 60)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("no address", "no address", True),
    ],
)
def test_a_client_is_an_address_or_a_network(one: str, other: str, same: bool) -> None:
    assert (name_client(one) == name_client(other)) is same


@pytest.fixture
def limited(searcher: Searcher) -> FlaskClient:
    limit = RateLimit(2, lambda: float(MINUTE) + 20)
    return create_app(searcher, limit=limit).test_client()


def test_who_asks_too_often_is_told_when_to_ask_again(limited: FlaskClient) -> None:
    first = limited.get("/api/status")
    assert first.headers["RateLimit-Policy"] == '"client";q=2;w=60'
    assert first.headers["RateLimit"] == '"client";r=1;t=40'
    assert limited.get("/api/nothing").headers["RateLimit"] == '"client";r=0;t=40'
    refused = limited.get("/api/status")
    assert complaint(refused, 429)["code"] == "too_many_requests"
    assert refused.headers["Retry-After"] == "40"
    assert "Too many requests" in limited.get("/").text
    for path in ("/livez", "/readyz", "/metrics"):
        assert limited.get(path).status_code != 429
    assert limited.get("/api/status", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200
    forwarded = limited.get("/api/status", headers={"X-Forwarded-For": "192.0.2.8"})
    assert forwarded.status_code == 429


@pytest.mark.parametrize(
    ("of_all", "own", "answered"), [(9, 1, 1), (1, 2, 2), (0, 1, 1), (1, 0, 3)]
)
def test_a_key_may_have_a_limit_of_its_own(
    searcher: Searcher, tmp_path: Path, of_all: int, own: int, answered: int
) -> None:
    secret = add_key(tmp_path / "keys.json", "own", ["search"], None, own)
    keys = KeyFile(tmp_path / "keys.json", RateLimit(of_all, lambda: float(MINUTE)))
    client = create_app(searcher, keys=keys).test_client()
    answers = [
        client.get("/api/status", headers={"Authorization": f"Bearer {secret}"}) for _ in range(3)
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200] * answered + [429] * (3 - answered)
    told = [answer.headers.get("RateLimit-Policy") for answer in answers]
    assert told == [f'"key";q={own};w=60' if own else None] * 3


@pytest.mark.parametrize(
    ("host", "given", "most"),
    [
        ("127.0.0.1", None, 0),
        ("::1", None, 0),
        ("localhost", None, 0),
        ("0.0.0.0", None, 6_000),  # noqa: S104  # what it is asked about
        ("192.0.2.1", 0, 0),
        ("127.0.0.1", 5, 5),
    ],
)
def test_the_limit_is_on_where_the_service_listens_for_strangers(
    host: str, given: int | None, most: int
) -> None:
    assert load_settings(host=host, rate_limit=given).requests_per_minute == most


@pytest.mark.parametrize(
    "told", [{"public_url": "https://ask.example.org"}, {"trusted_proxies": "127.0.0.1"}]
)
def test_the_limit_is_on_behind_a_proxy_of_the_same_machine(told: dict[str, str]) -> None:
    settings = load_settings(host="127.0.0.1", **told)
    assert settings.is_public
    assert settings.requests_per_minute == 6_000
    assert load_settings(host="127.0.0.1", rate_limit=0, **told).requests_per_minute == 0
