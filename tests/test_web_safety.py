"""What holds for every answer: no cookies, a type that says the encoding, input decoded once, no listings."""

import re

import pytest
from flask.testing import FlaskClient
from support.page_reader import read
from support.web_fixtures import SESSIONS

SESSION = SESSIONS[0]
PATHS = (
    *("/", "/?q=health", "/?q=a&limit=0", "/nothing", "/plan", "/calendar", "/programme"),
    *("/programme/speakers", "/speakers/Ana%20Ruiz", "/speakers/nobody", "/static/page.css"),
    *("/static/page.js", "/static/icon.svg", "/embed.js", "/livez", "/readyz", "/metrics"),
    *("/openapi.json", "/api/search?q=a", "/api/search", "/api/facets", "/api/status"),
    *(f"/sessions/{SESSION.id}", f"/sessions/{SESSION.id}.ics", f"/api/sessions/{SESSION.id}"),
    *(f"/sessions/{SESSION.id}/similar", "/programme.ics", f"/plan.ics?ids={SESSION.id}"),
)


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_sets_a_cookie_and_each_says_its_type(client: FlaskClient, path: str) -> None:
    with client.get(path, headers={"Cookie": "session=stolen"}) as answer:
        assert "Set-Cookie" not in answer.headers
        assert answer.mimetype in (
            *("text/html", "text/css", "text/javascript", "text/calendar", "text/plain"),
            *("application/json", "image/svg+xml"),
        )
        assert "charset=utf-8" in answer.content_type or not answer.mimetype.startswith("text/")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("query", ["%253Cb%253E", "%26lt%3Bb%26gt%3B", "%25%37%42"])
def test_what_is_asked_is_decoded_once(client: FlaskClient, query: str) -> None:
    asked = {"%253Cb%253E": "%3Cb%3E", "%26lt%3Bb%26gt%3B": "&lt;b&gt;", "%25%37%42": "%7B"}
    answer = client.get(f"/api/search?q={query}")
    assert answer.get_json()["query"] == asked[query]
    (box,) = [one for one in read(client, f"/?q={query}").all("input") if one["name"] == "q"]
    assert box["value"] == asked[query]


@pytest.mark.parametrize(
    "path",
    [
        *("/static", "/static/", "/static/../pages.py", "/static/%2e%2e/pages.py", "/templates/"),
        *(
            "/static/..%2fpages.py",
            "/static/%2e%2e%2f%2e%2e%2f%2e%2e%2fpyproject.toml",
            "/.git/config",
        ),
        *("/.env", "/static//etc/passwd"),
    ],
)
def test_only_named_files_are_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: b=1", "a%0d%0aSet-Cookie:%20b=1"])
def test_no_header_can_be_added(client: FlaskClient, name: str) -> None:
    given = {"X-Request-ID": name.replace("\r\n", " "), "Origin": "https://evil.example"}
    for path in (
        f"/?q={name}",
        f"/speakers/{name}",
        f"/programme?speaker={name}",
        f"/?track={name}",
    ):
        headers = client.get(path, headers=given).headers
        assert "Set-Cookie" not in headers
        assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-ID"])
