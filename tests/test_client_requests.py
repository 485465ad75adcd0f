"""Requests of the Python client: repeated attempts, errors and addresses."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from conference_helper import Client
from conference_helper.client import ERRORS
from service import errors
from service.query.query import Query
from service.search.searcher import Searcher

ROOT = Path(__file__).parent.parent
URL = "https://ask.example.org"
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that clients wait; their clock goes on by as many."""
    passed: list[float] = []
    monkeypatch.setattr("conference_helper.client.time.sleep", passed.append)
    monkeypatch.setattr("conference_helper.client.time.monotonic", lambda: sum(passed))
    return passed


def answering(
    *responses: httpx.Response | Exception, url: str = URL
) -> tuple[Client, list[httpx.Request]]:
    """A client of a service that answers with each of these in turn, then with the last one for ever."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        told = responses[min(len(asked), len(responses)) - 1]
        if isinstance(told, Exception):
            raise told
        return told

    return Client(url, "chk_key", patience=30, transport=httpx.MockTransport(answer)), asked


def error(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, json={"error": {"code": code, "message": f"{code}!"}}, headers=headers
    )


@pytest.mark.parametrize("code", ERRORS)
def test_errors_of_the_service_are_raised(code: str, waits: list[float]) -> None:
    client, _ = answering(error(400, code))
    with pytest.raises(ERRORS[code], match=f"^{code}!"):
        client.search("maps")
    assert waits == []


def test_it_asks_again_when_the_service_says(searcher: Searcher, waits: list[float]) -> None:
    found = httpx.Response(200, json=searcher.search(Query("maps")).as_dict())
    busy, limited = (error(503, "busy", **{"Retry-After": "4"}), error(429, "too_many_requests"))
    away = httpx.ConnectError("Connection refused")
    gateway = httpx.Response(502, text="<html>Bad gateway</html>")
    client, asked = answering(busy, limited, away, gateway, found)
    assert client.search("maps").results
    assert waits == [4.0, 1.0, 2.0, 4.0]
    assert {request.headers["Authorization"] for request in asked} == {"Bearer chk_key"}


@pytest.mark.parametrize(
    ("last", "kind", "message", "most"),
    [
        (
            error(503, "nothing_loaded", **{"Retry-After": "10"}),
            errors.NothingLoadedError,
            "nothing_loaded!",
            30,
        ),
        (
            error(429, "too_many_requests", **{"Retry-After": "31"}),
            errors.BusyError,
            "requests!",
            0,
        ),
        (error(503, "busy", **{"Retry-After": "0"}), errors.BusyError, "busy!", 30),
        (error(503, "busy", **{"Retry-After": "Fri, 27 Nov 2026"}), errors.BusyError, "busy!", 30),
        (httpx.ReadTimeout("timed out"), errors.ServiceError, "cannot be reached: timed out", 30),
        (httpx.Response(504), errors.ServiceError, "answered 504, and not as", 30),
    ],
)
def test_its_patience_ends(
    last: httpx.Response | Exception,
    kind: type[Exception],
    message: str,
    most: float,
    waits: list[float],
) -> None:
    client, asked = answering(last)
    with pytest.raises(kind, match=message):
        client.search("maps")
    assert sum(waits) <= most
    assert len(asked) == len(waits) + 1 <= 62
    assert (most == 0) is (waits == [])


@pytest.mark.parametrize(
    "odd",
    [
        httpx.Response(200, text="<html>a log-in</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"results": []}),
        httpx.Response(301, headers={"Location": "https://elsewhere.example.org/"}),
        httpx.Response(404, text="nothing here"),
        httpx.Response(400, json={"error": "no"}),
        httpx.Response(418, json={"error": {"code": "teapot", "message": "Short and stout."}}),
    ],
)
def test_what_is_no_service_is_told(odd: httpx.Response) -> None:
    client, asked = answering(odd)
    with pytest.raises(errors.ServiceError):
        client.search("maps")
    assert len(asked) == 1


@pytest.mark.parametrize(
    "url", ["", "ask.example.org", "ftp://ask.example.org", "https://", "http://a:b"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(errors.InputError, match="is no address of a service"):
        Client(url)


@pytest.mark.parametrize("key", [" ", "chk_\nsecret", "chk_ключ", "chk_secret\0"])
def test_what_is_no_key_is_refused_and_not_quoted(key: str) -> None:
    with pytest.raises(errors.InputError, match="This is no API key") as refused:
        Client(URL, key)
    assert "chk_" not in str(refused.value)


def test_a_user_in_the_address_is_sent_and_never_told(waits: list[float]) -> None:
    asked: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Authorization"])
        return httpx.Response(404)

    address = "https://ana:secret@ask.example.org"
    client = Client(address, transport=httpx.MockTransport(refuse))
    with pytest.raises(errors.ServiceError, match=rf"^{URL} answered 404"):
        client.search("maps")
    assert asked == ["Basic YW5hOnNlY3JldA=="]
    with pytest.raises(errors.InputError, match="either a key or a user"):
        Client(address, "chk_key")


def test_a_service_may_lie_under_a_path() -> None:
    client, asked = answering(error(400, "bad_query"), url=f"{URL}/ask/")
    with pytest.raises(errors.QueryError):
        client.search("maps", room="Hall A & B")
    assert asked[0].url.path == "/ask/api/search"
    assert asked[0].url.params["room"] == "Hall A & B"
