"""Calendars over HTTP: of a session, a programme and a plan, and the page where one subscribes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from support.calendars import events, read
from support.fakes import BagOfWords
from support.page_reader import Page
from support.web_fixtures import SESSIONS, open_empty
from werkzeug.test import TestResponse

from service.errors import StoreError
from service.search import calendars
from service.session import Session
from service.stores.edge.generation import EdgeGeneration
from service.stores.tombstones import bury
from service.web import create_app

WARD, REGION, PIPELINES, MAPS = SESSIONS
GONE = Session(
    event="Summit",
    year=2026,
    source_id="9",
    title="Removed talk",
    room="Hall B",
    track="Health",
    starts_at=REGION.starts_at,
    ends_at=REGION.ends_at,
    sequence=1,
)
REMOVED_AT = datetime.now(UTC).replace(microsecond=0)
PUBLIC = "https://ask.example.org/summit"


@contextmanager
def serving(
    folder: Path, sessions: Sequence[Session] = SESSIONS, public_url: str = ""
) -> Iterator[FlaskClient]:
    """Serve sessions, and what is left of one that was removed."""
    store, searcher = open_empty(folder)
    load(store, sessions)
    yield create_app(searcher, public_url=public_url).test_client()
    store.close()


def load(store: Any, sessions: Sequence[Session]) -> None:
    encoder = BagOfWords()
    with store.building(encoder.fingerprint, sessions=len(sessions)) as builder:
        builder.upsert(sessions, encoder.encode_sessions([one.text for one in sessions]))
        builder.bury([bury(GONE, REMOVED_AT)])
        builder.commit(expected=len(sessions), sources=["test"])


@pytest.fixture(scope="module")
def _app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with serving(tmp_path_factory.mktemp("calendar")) as client:
        yield client


@pytest.fixture
def client(_app: FlaskClient) -> FlaskClient:
    return _app


def calendar(answer: TestResponse) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/calendar; charset=utf-8"
    return read(answer.data)


def plan(*ids: object) -> str:
    return "/plan.ics?ids=" + ",".join(map(str, ids))


def test_a_session_as_a_file(client: FlaskClient) -> None:
    answer = client.get(f"/sessions/{WARD.id}.ics")
    found = events(calendar(answer))
    assert found.keys() == {WARD.title}
    assert found[WARD.title]["DTSTART"].dt == WARD.starts_at
    assert found[WARD.title]["URL"] == WARD.url
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="health-analytics-on-the-ward.ics"'
    )
    assert f"/sessions/{WARD.id}.ics" in Page(client.get(f"/sessions/{WARD.id}").text).links


def test_what_has_no_place_in_a_calendar(client: FlaskClient) -> None:
    answer = client.get(f"/sessions/{MAPS.id}.ics")
    assert answer.status_code == 404
    assert "is not known yet" in Page(answer.text).text
    assert f"/sessions/{MAPS.id}.ics" not in client.get(f"/sessions/{MAPS.id}").text
    assert client.get("/sessions/00000000-0000-0000-0000-000000000007.ics").status_code == 404
    assert client.get("/sessions/no-id.ics").status_code == 400
    assert client.get(f"/sessions/{WARD.id}.ics?day=x").status_code == 400


def test_a_removed_session_is_cancelled(client: FlaskClient) -> None:
    (event,) = events(calendar(client.get(f"/sessions/{GONE.id}.ics"))).values()
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 2)
    assert event["LAST-MODIFIED"].dt == REMOVED_AT
    assert event["DTSTART"].dt == GONE.starts_at


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ("", {WARD.title, REGION.title, GONE.title}),
        ("year=2026", {REGION.title, GONE.title}),
        ("event=summit&year=2026&day=2026-05-12", {REGION.title, GONE.title}),
        ("day=2026-05-13", set()),
        ("day=2026-05-11..2026-05-12", {REGION.title, GONE.title}),
        ("room=Hall+A&room=Hall+B", {WARD.title, GONE.title}),
        ("from=09:00&to=10:00", {REGION.title, GONE.title}),
        ("from=09:30", {WARD.title}),
        ("track=Health", {WARD.title, REGION.title}),  # the track of a removed one is not known
        ("speaker=Ruiz", {WARD.title, REGION.title}),
        ("event=Nowhere", set()),
    ],
)
def test_a_programme_by_filters(client: FlaskClient, filters: str, titles: set[str]) -> None:
    answer = client.get(f"/programme.ics?{filters}")
    assert events(calendar(answer)).keys() == titles
    assert answer.headers["Content-Disposition"] == 'attachment; filename="programme.ics"'


def test_names_of_calendars(client: FlaskClient) -> None:
    for path, name in (
        ("/programme.ics", "Conference Helper"),
        ("/programme.ics?event=Summit&year=2026", "Summit 2026"),
        ("/programme.ics?event=Summit&room=Hall+A", "Summit, Hall A"),
        (plan(WARD.id), "Plan – Conference Helper"),
        (f"/sessions/{WARD.id}.ics", f"{WARD.title} – Summit 2025"),
    ):
        assert str(calendar(client.get(path))["NAME"]).replace("\\,", ",") == name


def test_filters_that_cannot_be_used_are_refused(client: FlaskClient) -> None:
    for query in ("day=soon", "colour=red", "from=10:00&to=09:00", "q=maps"):
        assert client.get(f"/programme.ics?{query}").status_code == 400


def test_a_plan_has_its_sessions_and_tells_removed_ones(client: FlaskClient) -> None:
    unknown = "00000000-0000-0000-0000-000000000007"
    ids = (REGION.id, GONE.id, WARD.id, MAPS.id, unknown, REGION.id)
    for path in (
        plan(*ids),
        plan(*ids) + ",",
        "/plan.ics?" + "&".join(f"ids={one}" for one in ids),
    ):
        found = events(calendar(client.get(path)))
        assert found.keys() == {REGION.title, WARD.title, GONE.title}
    assert found[GONE.title]["STATUS"] == "CANCELLED"
    assert events(calendar(client.get(plan(unknown)))) == {}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "ids is empty"),
        ("ids=", "ids is empty"),
        ("ids=,,", "ids is empty"),
        ("ids=1", "'1' is no session id"),
        ("ids=" + quote("<script>"), "is no session id"),
        (f"ids={WARD.id},damaged", "'damaged' is no session id"),
        (
            "ids=" + ",".join([str(WARD.id)] * 210),
            "The plan has 210 sessions; give 200 at most.",
        ),
        (f"ids={WARD.id}&day=2026-05-12", "There is no parameter 'day'"),
    ],
)
def test_a_plan_that_is_none_is_refused(client: FlaskClient, query: str, says: str) -> None:
    answer = client.get(f"/plan.ics?{query}")
    assert answer.status_code == 400
    assert says in Page(answer.text).text
    assert "<script>" not in answer.text


def test_what_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    store, searcher = open_empty(tmp_path)
    load(store, SESSIONS)
    client = create_app(searcher).test_client()
    path = plan(WARD.id)
    first = client.get(path)
    assert (first.headers["Cache-Control"], "Last-Modified" in first.headers) == ("no-cache", False)
    tag = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(plan(REGION.id), headers={"If-None-Match": tag}).status_code == 200
    load(store, [replace(WARD, room="Hall C"), *SESSIONS[1:]])
    later = client.get(path, headers={"If-None-Match": tag})
    assert events(calendar(later))[WARD.title]["LOCATION"] == "Hall C"
    store.rollback()
    assert client.get(path, headers={"If-None-Match": later.headers["ETag"]}).status_code == 200
    store.close()


def test_a_long_calendar_is_written_while_it_is_sent(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/programme.ics")
    monkeypatch.setattr(calendars, "MAX_AT_ONCE", 1)
    answer = client.get("/programme.ics")
    assert "Content-Length" not in answer.headers
    assert calendar(answer).walk("VTIMEZONE")
    assert _entries(answer) == _entries(whole)
    assert client.head("/programme.ics").data == b""


def _entries(answer: TestResponse) -> list[bytes]:
    return sorted(event.to_ical() for event in calendar(answer).walk("VEVENT"))


def test_a_long_calendar_that_cannot_be_begun_is_an_error(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendars, "MAX_AT_ONCE", 1)

    def fail(*_: object) -> NoReturn:
        raise StoreError("away")

    monkeypatch.setattr(EdgeGeneration, "programme", fail)
    assert client.get("/programme.ics").status_code == 503


def test_a_calendar_of_too_many_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendars, "MAX_SESSIONS", 3)
    for path in ("/programme.ics", "/calendar"):
        answer = client.get(path)
        assert answer.status_code == 400
        assert "4 sessions pass; a calendar takes 3 at most." in Page(answer.text).text
    assert client.get("/programme.ics?event=Summit").status_code == 200


def test_titles_make_harmless_names_of_files(tmp_path: Path) -> None:
    titles = {
        'a"; filename=evil.exe\r\nX-Evil: 1': "a-filename-evil-exe-x-evil-1.ics",
        "../../etc/passwd": "etc-passwd.ics",
        "Größe & Zürich": "grosse-zurich.ics",
        "健康": "session.ics",
        "long " * 50: "long-long-long-long-long-long-long-long-long-long-long-long.ics",
    }
    sessions = [
        replace(WARD, source_id=str(number), title=title) for number, title in enumerate(titles)
    ]
    with serving(tmp_path, sessions) as client:
        for session, name in zip(sessions, titles.values(), strict=True):
            answer = client.get(f"/sessions/{session.id}.ics")
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
            assert "X-Evil" not in answer.headers
            calendar(answer)


def test_with_a_public_address_one_can_subscribe(tmp_path: Path) -> None:
    with serving(tmp_path, public_url=PUBLIC) as client:
        feed = calendar(client.get("/programme.ics?event=Summit&year=2026"))
        assert feed["SOURCE"] == f"{PUBLIC}/programme.ics?event=Summit&year=2026"
        assert events(feed)[REGION.title]["URL"] == f"{PUBLIC}/sessions/{REGION.id}"
        found = calendar(client.get(plan(WARD.id)))
        assert found["SOURCE"].startswith(f"{PUBLIC}/plan.ics?ids={WARD.id}")
        assert "SOURCE" not in calendar(client.get(f"/sessions/{WARD.id}.ics"))
        page = Page(client.get(f"/calendar?ids={WARD.id},{GONE.id}").text)
        assert any(
            link.startswith("webcal://ask.example.org/summit/plan.ics?ids=") for link in page.links
        )


def test_the_page_says_that_later_stars_are_not_followed(client: FlaskClient) -> None:
    page = Page(client.get(f"/calendar?ids={WARD.id},{GONE.id}").text)
    assert "The 2 sessions of a plan" in page.text
    assert "It does not follow later stars" in page.text
    assert [link for link in page.links if link.startswith("/plan.ics?ids=")]
    assert not [link for link in page.links if link.startswith("webcal")]


def test_the_page_of_a_programme_names_its_filters(client: FlaskClient) -> None:
    page = Page(client.get("/calendar?event=Summit&year=2026").text)
    assert "2 sessions of the programme" in page.text
    assert "later stars" not in page.text
    assert "/programme.ics?event=Summit&year=2026" in page.links
    assert client.get(f"/calendar?event=Summit&ids={WARD.id}").status_code == 400
    assert client.get("/calendar?ids=").status_code == 400
    shown = Page(client.get("/programme?event=summit&year=2026").text)
    assert "/calendar?event=Summit&year=2026" in shown.links
    assert "filter it first" in Page(client.get("/calendar").text).text
