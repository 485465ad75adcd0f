"""The plan on the web: what a browser keeps of a session, the page of a plan, and the filter by one."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from json import loads
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from support.fakes import BagOfWords
from support.page_reader import Page, read
from support.stores import talk
from support.web_fixtures import SESSIONS, complaint, open_loaded

from service.session import Session
from service.stores.tombstones import bury
from service.web import create_app
from service.web.plan import facts

WARD, REGION, PIPELINES, MAPS = SESSIONS
MARKUP = "<b onclick=x>"


def at(number: int, title: str, start: str, **fields: object) -> Session:
    """An hour from a time of 12 May, HH:MM."""
    starts = datetime.fromisoformat(f"2026-05-12T{start}:00+02:00")
    times: dict[str, object] = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    return talk(number, title, **{**times, "room": "Hall A", "speakers": ("Ana Ruiz",), **fields})


TALK = at(1, "Tides of the north", "09:00")
AGAIN = at(2, "Tides of the north", "15:00")
RIVAL = at(3, "Tides of the south", "09:30")
OFF = at(4, "Tides of the east", "13:00", cancelled=True)
NIGHT = at(5, "Tides at night", "23:30", room="Hall B")
LOCAL = replace(
    TALK, source_id="6", starts_at=datetime(2026, 5, 12, 10), ends_at=datetime(2026, 5, 12, 11)
)
PLANNED = (TALK, AGAIN, RIVAL, OFF, NIGHT, LOCAL, MAPS)


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


def plan_of(*sessions: Session) -> str:
    return f"/plan?ids={','.join(str(session.id) for session in sessions)}"


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of a catalogue with sessions that clash, and one that was taken out of it."""
    store, searcher = open_loaded(tmp_path, PLANNED)
    with closing(store):
        yield create_app(searcher).test_client()


def test_the_page_of_the_own_plan_holds_none(client: FlaskClient) -> None:
    page = read(client, "/plan")
    assert page.all("h1")
    assert "My plan" in page.text
    assert "scripts are off here" in page.text
    assert [one["id"] for one in page.all("div") if "data-own" in one] == ["plan"]


def test_a_shared_plan_is_told_in_order_without_a_script(planned: FlaskClient) -> None:
    page = read(planned, f"{plan_of(MAPS, NIGHT, TALK, OFF, RIVAL)}&now=2026-05-01T12:00Z")
    told = page.text
    assert "A shared plan" in told
    assert "5 sessions, 1 clash." in told
    titles = [TALK.title, RIVAL.title, OFF.title, NIGHT.title, MAPS.title]
    assert sorted(titles, key=told.index) == titles
    assert f"Clash : 30 min at once with {RIVAL.title} ." in told
    assert "Ana Ruiz would have to be in both" in told
    assert f"13 h after {RIVAL.title}" in told
    assert "from Hall A to Hall B" in told
    assert "23:30 to Wednesday 13 May 2026, 00:30" in told
    assert "Cancelled" in told
    assert "No time yet" in told
    (calendar,) = [link for link in page.links if link.startswith("/calendar?ids=")]
    assert set(calendar.partition("=")[2].replace("%2C", ",").split(",")) == {
        str(one.id) for one in (MAPS, NIGHT, TALK, OFF, RIVAL)
    }


def test_what_fits_instead_is_offered(planned: FlaskClient) -> None:
    page = read(planned, plan_of(TALK, RIVAL))
    assert "The same talk at another time" in page.text
    assert f"/sessions/{AGAIN.id}" in page.links
    answer = planned.get(f"/api{plan_of(TALK, RIVAL)}").get_json()
    (instead,) = [one["instead"] for one in answer["alternatives"] if one["id"] == str(TALK.id)]
    assert (instead[0]["kind"], instead[0]["session"]["id"]) == ("sitting", str(AGAIN.id))


def test_the_api_tells_a_plan(planned: FlaskClient) -> None:
    answer = planned.get(f"/api{plan_of(RIVAL, OFF, NIGHT, TALK)},{UUID(int=7)},7").get_json()
    assert [one["id"] for one in answer["sessions"]] == [
        str(one.id) for one in (TALK, RIVAL, OFF, NIGHT)
    ]
    assert answer["clashes"] == [
        {"ids": [str(TALK.id), str(RIVAL.id)], "minutes": 30, "speakers": ["Ana Ruiz"]}
    ]
    assert answer["gaps"] == [
        {"after": str(RIVAL.id), "before": str(NIGHT.id), "minutes": 780, "changes_room": True}
    ]
    assert (answer["unknown"], answer["invalid"]) == ([str(UUID(int=7))], ["7"])
    assert len(answer["notes"]) == 2
    assert planned.get("/api/plan?ids=").get_json()["sessions"] == []


def test_times_without_a_zone_are_told_as_they_are(planned: FlaskClient) -> None:
    page = read(planned, plan_of(LOCAL, TALK))
    assert "10:00–11:00" in page.text
    assert "no clash" in page.text


@pytest.mark.parametrize(
    "path", ["/plan?ids=", "/api/plan?ids=", "/api/search?q=maps&fits=", "/?q=maps&fits="]
)
@pytest.mark.parametrize(
    ("sessions", "status", "said"),
    [
        (201, 400, "201 sessions; give 200 at most."),
        (5_000, 414, "The address is too long. Ask a shorter question, or name fewer sessions."),
    ],
)  # fmt: skip
def test_a_link_of_too_many_sessions_is_refused_in_plain_words(
    client: FlaskClient, path: str, sessions: int, status: int, said: str
) -> None:
    answer = client.get(path + ",".join(str(UUID(int=number)) for number in range(sessions)))
    assert answer.status_code == status
    assert said in answer.text


def test_a_link_of_nothing_but_foreign_ids_says_so(client: FlaskClient) -> None:
    page = read(client, f"/plan?ids={UUID(int=7)},{UUID(int=8)},{MARKUP}")
    assert "2 sessions of the plan are not in the programme." in page.text
    assert "1 part of the link is no id of a session." in page.text
    assert not page.all("b")


def test_what_was_taken_out_is_told(tmp_path: Path) -> None:
    store, searcher = open_loaded(tmp_path, [MAPS])
    with closing(store), store.building(BagOfWords().fingerprint, sessions=1) as builder:
        builder.upsert([MAPS], BagOfWords().encode_sessions([MAPS.text]))
        builder.bury([bury(WARD, datetime.now(UTC))])
        builder.commit(expected=1, sources=["test"])
        client = create_app(searcher).test_client()
        page = read(client, plan_of(WARD, MAPS))
        assert "Taken out of the programme" in page.text
        assert "was Tuesday 13 May 2025, 10:30–11:15, Hall A" in page.text
        answer = client.get(f"/api{plan_of(WARD)}").get_json()
    assert [one["title"] for one in answer["removed"]] == [WARD.title]
    assert answer["notes"] == [f"“{WARD.title}” was taken out of the programme of Summit 2025."]


def test_markup_in_a_plan_is_only_text(tmp_path: Path) -> None:
    evil = [
        replace(
            TALK, event=MARKUP, source_id=id, title=MARKUP, room=f"{MARKUP}{id}", speakers=(MARKUP,)
        )
        for id in ("1", "2")
    ]
    store, searcher = open_loaded(tmp_path, evil)
    with closing(store):
        answer = create_app(searcher).test_client().get(plan_of(*evil))
    assert MARKUP not in answer.text
    assert not Page(answer.text).all("b")


def test_only_what_fits_is_searched(planned: FlaskClient) -> None:
    every = {
        one["session"]["id"]
        for one in planned.get("/api/search?q=tides&fold=false&limit=9").get_json()["results"]
    }
    fits = planned.get(f"/api/search?q=tides&fold=false&limit=9&fits={RIVAL.id}").get_json()
    found = {one["session"]["id"] for one in fits["results"]}
    assert every - found == {str(TALK.id), str(RIVAL.id)}
    assert fits["notes"] == []
    unknown = planned.get(f"/api/search?q=tides&fits={UUID(int=7)},{RIVAL.id}").get_json()
    assert unknown["notes"] == [
        "1 session of the plan is not in the programme, and left out of account."
    ]
    counts = planned.get(f"/api/facets?fits={RIVAL.id}").get_json()["facets"]["event"]
    assert sum(one["count"] for one in counts) == len(PLANNED) - 2


def test_an_id_that_is_none_is_refused_in_a_filter(client: FlaskClient) -> None:
    assert "give ids of sessions" in complaint(client.get("/api/search?q=a&fits=7"), 400)["message"]


def test_the_page_tells_and_removes_the_filter(client: FlaskClient) -> None:
    page = read(client, f"/?q=health&fits={WARD.id},{REGION.id}")
    assert "Fits a plan of 2 sessions ×" in page.text
    assert "/?q=health" in page.links
    (box,) = [one for one in page.all("input") if one.get("name") == "fits"]
    assert (box["value"], "checked" in box) == (f"{WARD.id},{REGION.id}", True)
    (other,) = [one for one in read(client, "/?q=health").all("input") if one.get("name") == "fits"]
    assert (other["value"], "checked" in other) == ("", False)


def test_only_what_fits_is_in_the_programme(planned: FlaskClient) -> None:
    day = "event=Summit&year=2026&day=2026-05-12"
    whole = read(planned, f"/programme?{day}")
    fits = read(planned, f"/programme?{day}&fits={RIVAL.id}")
    shown = [{f"/sessions/{one.id}" for one in PLANNED} & set(page.links) for page in (whole, fits)]
    assert shown[0] - shown[1] == {f"/sessions/{TALK.id}", f"/sessions/{RIVAL.id}"}
    assert "Fits a plan of 1 session ×" in fits.text
    for page, value in ((whole, ""), (fits, str(RIVAL.id))):
        (box,) = [one for one in page.all("input") if one.get("id") == "filter-fits"]
        assert (box["value"], "checked" in box) == (value, bool(value))
    answer = planned.get(f"/api/programme?{day}&fits={RIVAL.id}").get_json()
    assert str(TALK.id) not in str(answer)
    assert str(AGAIN.id) in str(answer)
