"""The plan on the web: what a browser keeps of a session."""

from dataclasses import replace
from datetime import datetime
from json import loads
from typing import Any

from flask.testing import FlaskClient
from support.page_reader import read
from support.web_fixtures import SESSIONS

from service.web.plan import facts

WARD, REGION, PIPELINES, MAPS = SESSIONS


def starred(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    """What the stars of a page keep."""
    return [
        loads(str(one["data-session"]))
        for one in read(client, path).all("button")
        if one.get("class") == "star"
    ]


def test_a_star_keeps_what_was_known() -> None:
    assert facts(WARD) == {
        "id": str(WARD.id),
        "title": "Health analytics on the ward",
        "event": "Summit",
        "year": 2025,
        "room": "Hall A",
        "starts_at": "2025-05-13T10:30:00+02:00",
        "ends_at": "2025-05-13T11:15:00+02:00",
    }
    assert facts(MAPS).keys() == {"id", "title", "event", "year"}


def test_of_a_session_whose_day_alone_is_known_no_time_is_kept() -> None:
    day = replace(WARD, starts_at=datetime(2025, 5, 13, tzinfo=WARD.starts_at.tzinfo), ends_at=None)  # type: ignore[union-attr]  # it has a time
    assert facts(day)["starts_at"] == "2025-05-13"
    assert "ends_at" not in facts(day)


def test_every_session_on_a_page_has_a_star(client: FlaskClient) -> None:
    assert starred(client, "/?q=health+analytics+on+the+ward")[0]["id"] == str(WARD.id)
    shown = [one["id"] for one in starred(client, f"/sessions/{WARD.id}")]
    assert shown[0] == str(WARD.id)
    assert str(REGION.id) in shown[1:]
    assert len(starred(client, "/speakers/Ana%20Ruiz")) == 2
    assert all(
        "hidden" in one
        for one in read(client, "/?q=health").all("button")
        if one.get("class") == "star"
    )
