"""Pages of one session and of one speaker, and what the API says of a session."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from support.page_reader import SCRIPTS, Page, read
from support.web_fixtures import SESSIONS, open_loaded

from service.session import Link, Session
from service.web import create_app

WARD, REGION, PIPELINES, MAPS = SESSIONS
PUBLIC = "https://example.org/ask"


@contextmanager
def serving(folder: Path, *sessions: Session, public_url: str = "") -> Iterator[FlaskClient]:
    store, searcher = open_loaded(folder, sessions)
    yield create_app(searcher, public_url=public_url).test_client()
    store.close()


def test_the_page_of_a_session_has_all_of_its_facts(client: FlaskClient) -> None:
    page = read(client, f"/sessions/{WARD.id}")
    for words in (
        WARD.title,
        "Tuesday 13 May 2025, 10:30–11:15 UTC+02:00",
        "Hall A",
        "Summit 2025",
        "Health",
        "Beginner",
        "Talk",
        "English",
        WARD.abstract,
    ):
        assert words in page.text
    assert "/speakers/Zo%C3%AB%20Br%C3%A4ndstr%C3%B6m" in page.links
    assert WARD.url in page.links
    assert f"/sessions/{WARD.id}/similar" in page.links
    assert f"/sessions/{REGION.id}" in page.links, "more like this"
    (here,) = [one for one in page.all("p") if one.get("class") == "here"]
    assert here["data-starts"] == "2025-05-13T10:30:00+02:00"
    assert "hidden" in here
    assert len(page.all("h1")) == 1
    assert not [field for field in page.all("input") if "autofocus" in field]


def test_what_is_not_known_is_left_out(client: FlaskClient) -> None:
    page = read(client, f"/sessions/{MAPS.id}")
    assert "Maps for everyone" in page.text
    for words in ("When", "Where", "With ", "Level", "Links", "Also given"):
        assert words not in page.text.partition("Maps for everyone")[2].partition("More like")[0]


def test_results_link_to_it_and_to_the_address_of_the_event(client: FlaskClient) -> None:
    page = read(client, "/?q=health+analytics")
    assert f"/sessions/{WARD.id}" in page.links
    assert WARD.url in page.links


@pytest.mark.parametrize(
    ("path", "status"),
    [("/sessions/x", 400), (f"/sessions/{UUID(int=7)}", 404), ("/sessions/", 404)],
)
def test_an_unknown_session_has_a_plain_page(client: FlaskClient, path: str, status: int) -> None:
    page = read(client, path, status)
    assert len(page.all("h1")) == 1
    assert page.all("link"), "the frame of every page"


def test_links_say_what_they_lead_to_and_unsafe_ones_are_left_out(tmp_path: Path) -> None:
    links = (
        Link("recording", "https://example.org/a.mp4", "MP4"),
        Link("slides", "https://example.org/a.pdf", "Slides"),
        Link("page", "javascript:alert(1)", "Look"),
    )
    with serving(tmp_path, replace(WARD, links=links)) as client:
        page = read(client, f"/sessions/{WARD.id}")
        told = client.get(f"/api/sessions/{WARD.id}").get_json()["links"]
    for words in ("MP4 recording", "Slides", "On the site of Summit"):
        assert words in page.text
    assert "Slides slides" not in page.text
    assert not [link for link in page.links if "javascript" in link]
    assert told[0] == {"kind": "recording", "url": "https://example.org/a.mp4", "label": "MP4"}


def test_other_sittings_of_the_talk_are_listed(tmp_path: Path) -> None:
    again = replace(WARD, year=2024, source_id="again", speakers=("Ruiz, Ana",), starts_at=None)
    later = replace(
        WARD, source_id="later", slot="2", room="Hall B", title="HEALTH analytics, on the ward!"
    )
    with serving(tmp_path, *SESSIONS, again, later) as client:
        page = read(client, f"/sessions/{WARD.id}")
        told = client.get(f"/api/sessions/{WARD.id}").get_json()
    others = page.text.partition("Also given")[2].partition("More like this")[0]
    assert "Summit 2024" in others
    assert "Hall B" in others
    assert f"/sessions/{again.id}" in page.links
    ids = [sitting["id"] for sitting in told["occurrences"]]
    assert ids[0] == str(again.id), "in order of time"
    assert set(ids) == {str(session.id) for session in (again, WARD, later)}


def test_a_speaker_has_a_page_of_all_years_newest_first(client: FlaskClient) -> None:
    page = read(client, "/speakers/ruiz,%20ana")
    assert "Ana Ruiz" in page.text
    assert "2 sessions, newest first" in page.text
    assert page.text.index(REGION.title) < page.text.index(WARD.title)
    assert f"/sessions/{REGION.id}" in page.links


def test_an_unknown_speaker_is_told_the_names_most_like_it(client: FlaskClient) -> None:
    page = read(client, "/speakers/Anna%20Ruitz", 404)
    assert "No speaker is called Anna Ruitz" in page.text
    assert "/speakers/Ana%20Ruiz" in page.links
    assert "/speakers/Ola%20Berg" in read(client, "/speakers/Berg", 404).links
    assert "No name in the catalogue is like it" in read(client, "/speakers/%3F%3F", 404).text


MARKUP = '</script><script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.mark.parametrize(
    "name", ["AC/DC", "A//B C", 'Jo "Ace" O\'Line & Co', MARKUP, "What? #1 100%", "???", "李明"]
)
def test_a_name_of_any_signs_has_its_page(tmp_path: Path, name: str) -> None:
    session = Session(event="Summit", year=2026, source_id="1", title="Sails", speakers=(name,))
    with serving(tmp_path, session, public_url=PUBLIC) as client:
        address = next(
            link
            for link in read(client, f"/sessions/{session.id}").links
            if link.startswith("/ask/speakers/")
        )
        answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200
    page = Page(answer.text)
    assert "1 session, newest first" in page.text
    assert f"/ask/sessions/{session.id}" in page.links
    assert {image["src"] for image in page.all("img")} == {"/ask/static/icon.svg"}


def test_markup_in_a_session_is_only_text(tmp_path: Path) -> None:
    evil = Session(
        event=MARKUP,
        year=2026,
        source_id="x",
        title=MARKUP,
        abstract=f"{MARKUP} <!-- ]]>",
        speakers=(MARKUP,),
        track=MARKUP,
        language='">',
        room=MARKUP,
        url="javascript:alert(document.domain)",
        links=(Link("page", 'https://example.org/"><b>', MARKUP),),
    )
    with serving(tmp_path, evil, replace(evil, source_id="y"), public_url=PUBLIC) as client:
        answer = client.get(f"/sessions/{evil.id}")
    page = Page(answer.text)
    assert MARKUP not in answer.text
    assert not page.all("b")
    assert [script.get("src", script.get("type")) for script in page.all("script")] == [
        *(f"/ask{script}" for script in (*SCRIPTS, "/static/session.js")),
        "application/ld+json",
    ]
    assert {image["src"] for image in page.all("img")} == {"/ask/static/icon.svg"}
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text)
    assert json.loads(data)["name"] == MARKUP


def test_search_engines_and_previews_get_absolute_addresses(tmp_path: Path) -> None:
    with serving(tmp_path, *SESSIONS, public_url=PUBLIC) as client:
        answer = client.get(f"/sessions/{WARD.id}", headers={"Host": "internal:8000"})
        speaker = read(client, "/speakers/Ana%20Ruiz")
    page, address = Page(answer.text), f"{PUBLIC}/sessions/{WARD.id}"
    assert "internal" not in answer.text
    assert {"rel": "canonical", "href": address} in page.all("link")
    properties = {one["property"]: one["content"] for one in page.all("meta") if "property" in one}
    assert properties["og:url"] == address
    assert properties["og:title"] == WARD.title
    assert len(str(properties["og:description"])) <= 302
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text)
    event = json.loads(data)
    assert (event["@type"], event["url"], event["sameAs"]) == ("Event", address, WARD.url)
    assert event["startDate"] == "2025-05-13T10:30:00+02:00"
    assert event["location"] == {"@type": "Place", "name": "Hall A"}
    assert event["performer"][1]["url"] == f"{PUBLIC}/speakers/Ana%20Ruiz"
    assert {"rel": "canonical", "href": f"{PUBLIC}/speakers/Ana%20Ruiz"} in speaker.all("link")


def test_without_a_public_address_these_are_left_out(client: FlaskClient) -> None:
    for path in (f"/sessions/{WARD.id}", "/speakers/Ana%20Ruiz"):
        page = read(client, path)
        assert not [link for link in page.all("link") if link["rel"] == "canonical"]
        assert not [one for one in page.all("meta") if "property" in one]
        assert all(
            "type" not in script or script["type"] == "module" for script in page.all("script")
        )
