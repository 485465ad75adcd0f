"""What page and API say of a session that was taken out of the programme."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from support.fakes import BagOfWords
from support.page_reader import Page
from support.web_fixtures import SESSIONS, complaint, open_empty

from service.search.searcher import Searcher
from service.session import Session
from service.stores.tombstones import bury
from service.web import create_app

WARD, REGION, PIPELINES, MAPS = SESSIONS
EVIL = Session(event="Summit", year=2026, source_id="<b>", title="<script>alert(1)</script>")
REMOVED_AT = datetime.now(UTC).replace(hour=9, minute=30)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """Over a catalogue from which sessions were removed."""
    store, searcher = open_empty(tmp_path_factory.mktemp("removed"))
    encoder = BagOfWords()
    with store.building(encoder.fingerprint, sessions=1) as builder:
        builder.upsert([REGION], encoder.encode_sessions([REGION.text]))
        builder.bury([bury(one, REMOVED_AT) for one in (WARD, MAPS, EVIL)])
        builder.commit(expected=1, sources=["test"])
    yield searcher
    store.close()


@pytest.fixture
def client(searcher: Searcher) -> FlaskClient:
    return create_app(searcher).test_client()


def test_the_page_says_what_it_was_and_when(client: FlaskClient) -> None:
    answer = client.get(f"/sessions/{WARD.id}")
    assert answer.status_code == 410
    page = Page(answer.text)
    for words in (
        "Taken out of the programme",
        WARD.title,
        "Summit 2025",
        "Tuesday 13 May 2025, 10:30–11:15",
        "Hall A",
        f"{REMOVED_AT:%A} {REMOVED_AT.day} {REMOVED_AT:%B %Y}",
    ):
        assert words in page.text
    assert "Maps for everyone" not in page.text


def test_what_is_not_known_of_it_is_left_out(client: FlaskClient) -> None:
    page = Page(client.get(f"/sessions/{MAPS.id}").text)
    assert "Maps for everyone is no longer part" in page.text
    for words in ("It was to be", "Where"):
        assert words not in page.text


def test_a_title_cannot_become_markup(client: FlaskClient) -> None:
    answer = client.get(f"/sessions/{EVIL.id}")
    assert answer.status_code == 410
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("path", ["", "/similar"])
def test_the_api_answers_gone(client: FlaskClient, path: str) -> None:
    error = complaint(client.get(f"/api/sessions/{WARD.id}{path}"), 410)
    assert error["code"] == "removed"
    assert error["message"].startswith(
        "'Health analytics on the ward' was taken out of the programme of Summit 2025 on "
    )
    assert error["message"].endswith("It was to start on Tuesday 13 May 2025 at 10:30.")
    assert client.get(f"/sessions/{WARD.id}/similar").status_code == 410


def test_ids_are_told_apart(searcher: Searcher) -> None:
    ids = [PIPELINES.id, WARD.id, REGION.id, MAPS.id, REGION.id]
    found = searcher.lookup.find(ids)
    assert found.sessions == (REGION,)
    assert [one.id for one in found.removed] == [WARD.id, MAPS.id]
    assert found.unknown == (PIPELINES.id,)
    assert searcher.lookup.find([]).sessions == ()
