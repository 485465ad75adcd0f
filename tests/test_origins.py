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
