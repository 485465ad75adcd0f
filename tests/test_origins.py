"""Which other sites may ask the API from their pages, and show the page in a frame."""

from flask.testing import FlaskClient

from service.search.searcher import Searcher
from service.web import create_app

FRIEND, STRANGER = "https://conference.example.org", "https://conference.example.org.evil.example"


def ancestors(client: FlaskClient) -> str:
    policy = client.get("/").headers["Content-Security-Policy"]
    return next(part for part in policy.split("; ") if part.startswith("frame-ancestors"))


def test_no_other_site_is_allowed_by_default(client: FlaskClient) -> None:
    answer = client.get("/api/status", headers={"Origin": FRIEND})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert ancestors(client) == "frame-ancestors 'none'"


def test_allowed_sites_read_the_api_and_frame_the_page(searcher: Searcher) -> None:
    client = create_app(searcher, allowed_origins=(FRIEND,)).test_client()
    answer = client.get("/api/status", headers={"Origin": FRIEND})
    assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
    assert "Origin" in answer.vary
    assert ancestors(client) == f"frame-ancestors {FRIEND}"
    for origin in (STRANGER, "null", ""):
        headers = client.get("/api/status", headers={"Origin": origin}).headers
        assert "Access-Control-Allow-Origin" not in headers
    assert "Access-Control-Allow-Origin" not in client.get("/", headers={"Origin": FRIEND}).headers


def test_errors_of_the_api_can_be_read_too(searcher: Searcher) -> None:
    client = create_app(searcher, allowed_origins=(FRIEND,)).test_client()
    answer = client.get("/api/search", headers={"Origin": FRIEND})
    assert answer.status_code == 400
    assert answer.headers["Access-Control-Allow-Origin"] == FRIEND


def test_pages_say_what_browsers_may_do_with_them(client: FlaskClient) -> None:
    for path, kept in (
        ("/", "no-cache"),
        ("/api/status", "no-cache"),
        ("/?q=health", "private, no-cache"),
        ("/api/search?q=health", "private, no-cache"),
        ("/programme?fits=00000000-0000-0000-0000-000000000007", "private, no-cache"),
        ("/programme?year=2025", "no-cache"),
        ("/nothing", "no-store"),
        ("/api/search", "no-store"),
        ("/livez", "no-store"),
        ("/static/page.css", "no-cache"),
    ):
        with client.get(path) as answer:
            assert answer.headers["Cache-Control"] == kept, path
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "camera=()" in answer.headers["Permissions-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/embed.js").headers["Cross-Origin-Resource-Policy"] == "cross-origin"
