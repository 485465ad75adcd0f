"""Asking from Python: a client and a catalogue answer the same, and raise the same errors."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from support.web_fixtures import SESSIONS

import conference_helper
from conference_helper import Catalogue, Client, Conference
from conference_helper.client import ERRORS
from service import errors
from service.keys.changes import add_key
from service.keys.key_file import KeyFile
from service.query.query import Query
from service.search.answer import Answer
from service.search.decoding import decode_answer
from service.search.searcher import Searcher
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.web import create_app
from service.web.errors import STATUS

ROOT = Path(__file__).parent.parent
URL = "https://ask.example.org"
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def service(searcher: Searcher) -> Client:
    return Client(URL, transport=httpx.WSGITransport(create_app(searcher)))


@pytest.fixture(params=["service", "embedded"])
def conference(
    request: pytest.FixtureRequest, service: Client, loaded: tuple[EdgeStore, Searcher]
) -> Conference:
    return service if request.param == "service" else Catalogue(loaded[1], loaded[0])


def comparable(answer: Answer) -> dict[str, Any]:
    return {**answer.as_dict(), "took_ms": 0}


def test_a_question_is_answered(conference: Conference) -> None:
    answer = conference.search("health analytics", year=2026)
    assert isinstance(answer, Answer)
    assert answer.verdict is None  # a bag of words is not calibrated
    assert answer.results[0].session == SESSIONS[1]
    assert answer.results[0].session.id == SESSIONS[1].id
    assert answer.results[0].score > answer.results[1].score


@pytest.mark.parametrize(
    ("question", "options"),
    [
        ("health analytics", {"limit": 4, "track": ["Health", "Data Engineering"]}),
        ("helth analytics by Ana Ruiz", {"mode": "keyword", "fold": False}),
        ("maps in 2026", {"diversity": 0.5, "interpret": False}),
        ("talks by Ola Berg", {"ignore": ["speaker"], "from_": "08:00"}),
        ("was ist heute", {"now": datetime.fromisoformat("2026-05-12T08:00+02:00")}),
        ("health", {"fits": [SESSIONS[0].id, str(SESSIONS[1].id)]}),
    ],
)
def test_a_service_and_a_catalogue_answer_the_same(
    service: Client, loaded: tuple[EdgeStore, Searcher], question: str, options: dict[str, Any]
) -> None:
    there = service.search(question, **options)
    here = Catalogue(loaded[1], loaded[0]).search(question, **options)
    assert comparable(there) == comparable(here)
    assert [one.session for one in there.results] == [one.session for one in here.results]
    assert [one.reason for one in there.results] == [one.reason for one in here.results]


def test_a_heading_tells_of_the_language(searcher: Searcher) -> None:
    answer = replace(searcher.search(Query("maps")), verdict="none", in_other_language=True)
    assert decode_answer(answer.as_dict()).as_dict() == answer.as_dict()


def test_one_session_and_those_like_it(conference: Conference) -> None:
    assert conference.session(SESSIONS[0].id) == SESSIONS[0]
    [near] = conference.similar(str(SESSIONS[0].id), limit=1, track="Health")
    assert near.session == SESSIONS[1]


def test_all_sessions_of_an_edition_are_listed(conference: Conference) -> None:
    def short(session: Session) -> Session:
        return replace(session, abstract="", links=(), tags=())

    listed = list(conference.sessions(event="Summit", year=2026))
    assert listed == [short(SESSIONS[1]), short(SESSIONS[2])]  # the last one has no day
    assert list(conference.sessions(year=2026, day="2026-05-01..2026-05-31")) == listed[:1]
    assert list(conference.sessions(year=2026, day=date(2026, 5, 12))) == listed[:1]
    assert list(conference.sessions(event="Summit", year=2025, room="Hall B")) == []
    assert list(conference.sessions(event="nothing of the kind")) == []


def test_long_days_are_listed_part_by_part() -> None:
    parts = {"00:00": ["1", "2"], "12:00": ["3"], "undated": ["4"]}

    def answer(request: httpx.Request) -> httpx.Response:
        day, part = (request.url.params.get(name, "") for name in ("day", "part"))
        keys = ["undated"] if part == "undated" else ["00:00", "12:00"]
        shown = part or "12:00"  # what is on now comes first
        sessions = [
            Session(event="Summit", year=2026, source_id=id, title=f"Talk {id}").as_dict()
            for id in parts[shown]
        ]
        assert day == "2026-05-12" or not asked or part == "undated"
        asked.append(f"{day} {part}")
        page = {"event": "Summit", "year": 2026, "undated": 1, "part": shown, "sessions": sessions}
        days = [{"day": "2026-05-12", "sessions": 3}]
        return httpx.Response(
            200, json={**page, "days": days, "parts": [{"part": key} for key in keys]}
        )

    asked: list[str] = []
    client = Client(URL, transport=httpx.MockTransport(answer))
    assert [one.source_id for one in client.sessions(event="Summit")] == ["1", "2", "3", "4"]
    assert asked == [" ", "2026-05-12 ", "2026-05-12 00:00", " undated"]


@pytest.mark.parametrize(
    ("ask", "kind", "message"),
    [
        (lambda one: one.search(" "), errors.QueryError, "The question is empty"),
        (lambda one: one.search("a", limit=51), errors.QueryError, "from 1 to 50"),
        (lambda one: one.search("a", mode="other"), errors.QueryError, "no mode"),
        (lambda one: one.search("a", colour="red"), errors.QueryError, "no filter 'colour'"),
        (lambda one: one.search("a", year="soon"), errors.QueryError, "year"),
        (lambda one: one.search("a", room=None), errors.QueryError, "room is None; leave a filter"),
        (lambda one: one.search("a", year=2026.5), errors.QueryError, "year is '2026.5'"),
        (lambda one: one.search("a", now=datetime(2026, 5, 12)), errors.QueryError, "offset"),
        (lambda one: one.session("x/../y"), errors.QueryError, "is no session id"),
        (lambda one: one.session(UUID(int=7)), errors.NotFoundError, "No session has"),
        (lambda one: one.similar(UUID(int=7)), errors.NotFoundError, "No session has"),
    ],
)
def test_what_cannot_be_answered_is_an_error(
    conference: Conference,
    ask: Callable[[Conference], object],
    kind: type[errors.ConferenceHelperError],
    message: str,
) -> None:
    with pytest.raises(kind, match=message):
        ask(conference)


def test_a_key_is_sent(searcher: Searcher, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key = add_key(path, "notebook", ["search"], None)
    other = add_key(path, "prometheus", ["ops"], None)
    transport = httpx.WSGITransport(create_app(searcher, keys=KeyFile(path)))
    assert Client(URL, f"{key}\n", transport=transport).search("maps").results
    with pytest.raises(errors.ScopeError, match="for ops"):
        Client(URL, other, transport=transport).search("maps")
    with pytest.raises(errors.ApiKeyError, match="needs an API key") as refused:
        Client(URL, transport=transport).search("maps")
    assert not isinstance(refused.value, errors.ScopeError)


def test_every_code_of_the_api_is_an_error() -> None:
    codes = {code: kind for kind, (_, code) in STATUS.items()}
    assert codes.items() <= ERRORS.items()


def test_a_catalogue_that_is_not_there_is_told(tmp_path: Path) -> None:
    with Catalogue.open(tmp_path / "none") as catalogue, pytest.raises(errors.NothingLoadedError):
        catalogue.search("maps")
    with pytest.raises(errors.SettingsError, match="CONFERENCE_HELPER_CATALOGUE"):
        Catalogue.open(tmp_path, name="No Name")


def test_importing_it_is_light() -> None:
    heavy = ("flask", "qdrant_edge", "qdrant_client", "torch", "numpy", "openvino")
    code = (
        "import sys, conference_helper; assert 'httpx' not in sys.modules; "
        "from conference_helper import Catalogue, Client; Client('https://ask.example.org').close(); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_package_has_its_names_and_its_types() -> None:
    assert conference_helper.Client is Client
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        conference_helper.Nothing  # noqa: B018  # it is looked up
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    data = project["tool"]["setuptools"]["package-data"]
    for package in ("conference_helper", "service"):
        assert (ROOT / package / "py.typed").exists()
        assert "py.typed" in data[package]
