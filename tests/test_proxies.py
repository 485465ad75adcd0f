"""Whom the service believes about who asks and how, and the path that it lies under."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask, request, url_for
from flask.testing import FlaskClient
from support.web_fixtures import SESSIONS

from service.search.searcher import Searcher
from service.web import create_app
from service.web.proxies import BehindProxies

TRUSTED = tuple(map(ip_network, ("10.0.0.0/8", "::1")))
Ask = Callable[..., dict[str, Any]]


def asking(trusted: tuple[Any, ...] = TRUSTED, public_url: str = "") -> Ask:
    """Return what asks an application that tells what it believes."""
    app = Flask(__name__, static_folder=None)

    @app.get("/told")
    def told() -> dict[str, Any]:
        return {
            "address": request.remote_addr,
            "scheme": request.scheme,
            "host": request.host,
            "link": url_for("told"),
        }

    app.wsgi_app = BehindProxies(app.wsgi_app, trusted, public_url)  # type: ignore[assignment, method-assign]  # how Flask's documentation wraps an application
    client = app.test_client()

    def ask(peer: str, path: str = "/told", **headers: str) -> dict[str, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answered: dict[str, Any] = client.get(
            path, headers=named, environ_base={"REMOTE_ADDR": peer}
        ).get_json()
        return answered

    return ask


FORWARDED = {
    "X_Forwarded_For": "203.0.113.9",
    "X_Forwarded_Proto": "https",
    "X_Forwarded_Host": "ask.example.org",
}


@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.1", "unix"])
def test_nobody_is_believed_who_is_not_trusted(peer: str) -> None:
    told = asking()(peer, **FORWARDED)
    assert told == {"address": peer, "scheme": "http", "host": "localhost", "link": "/told"}


def test_a_trusted_proxy_is_believed() -> None:
    for peer in ("10.1.2.3", "::1"):
        told = asking()(peer, **FORWARDED)
        assert (told["address"], told["scheme"], told["host"]) == (
            "203.0.113.9",
            "https",
            "ask.example.org",
        )


def test_without_a_setting_loopback_is_not_believed_either() -> None:
    assert asking(trusted=())("127.0.0.1", **FORWARDED)["scheme"] == "http"


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.7, 203.0.113.9", "203.0.113.9"),  # the first is the client's own claim
        ("203.0.113.9, 10.0.0.7", "203.0.113.9"),  # two trusted proxies, one behind the other
        ("10.0.0.9, 10.0.0.7", "10.0.0.9"),
        ("not an address", "not an address"),
    ],
)
def test_the_client_is_the_last_address_that_no_trusted_proxy_has(chain: str, client: str) -> None:
    assert asking()("10.0.0.1", X_Forwarded_For=chain)["address"] == client


@pytest.mark.parametrize("path", ["/told", "/ask/told"])
def test_links_begin_with_the_path_of_the_public_address(path: str) -> None:
    ask = asking(public_url="https://example.org/ask")
    assert ask("127.0.0.1", path)["link"] == "/ask/told"


def test_the_page_works_under_a_path(searcher: Searcher) -> None:
    client: FlaskClient = create_app(searcher, public_url="https://example.org/ask").test_client()
    for path in (
        "/ask",
        "/ask/",
        "/ask/?q=health",
        f"/ask/sessions/{SESSIONS[0].id}",
        "/?q=health",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert 'href="/ask/static/page.css"' in page.text
        assert 'action="/ask/"' in page.text
    assert (
        'href="https://example.org/ask/sessions/' in client.get(f"/sessions/{SESSIONS[0].id}").text
    )
    assert client.get("/asking").status_code == 404
    assert client.get("/livez").status_code == 200


def test_only_allowed_hosts_are_answered(searcher: Searcher, client: FlaskClient) -> None:
    some = create_app(searcher, allowed_hosts=("ask.example.org",)).test_client()
    for host in (
        "ask.example.org",
        "ASK.example.org:8000",
        "localhost:8000",
        "127.0.0.1",
        "[::1]:80",
    ):
        assert some.get("/api/status", headers={"Host": host}).status_code == 200, host
    for host in ("evil.example", "ask.example.org.evil.example", "ask.example.org@evil.example"):
        refused = some.get("/api/status", headers={"Host": host})
        assert refused.status_code == 400, host
        assert "evil" not in refused.text
        assert some.get("/", headers={"Host": host}).status_code == 400
    assert client.get("/api/status", headers={"Host": "any.example"}).status_code == 200


def test_a_host_header_names_one_host(client: FlaskClient) -> None:
    for host in ("a.example,b.example", "a.example, a.example", "a b", "a@b", "a/b", "ä.example"):
        refused = client.get("/livez", headers={"Host": host})
        assert refused.status_code == 400, host
        assert refused.get_json()["error"]["code"] == "bad_input", host


def test_no_address_leads_to_the_host_that_the_request_names(client: FlaskClient) -> None:
    for path in ("//evil.example/", "//api/status", "/api//status", "/programme/"):
        named = {"PATH_INFO": path, "HTTP_HOST": "evil.example"}
        answer = client.get("/", environ_overrides=named)
        assert answer.status_code in (200, 404), path
        assert "Location" not in answer.headers
