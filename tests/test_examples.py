"""Examples of questions are drawn from what is loaded."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from flask.testing import FlaskClient
from support.page_reader import read
from support.web_fixtures import open_loaded

from service.search.searcher import Searcher
from service.session import Session
from service.settings import SiteSettings
from service.web import create_app

ABSTRACT = "What we learned, and what we would do again. " * 5


def session(number: int, title: str, track: str = "", year: int = 2026, **values: str) -> Session:
    return Session(
        event="Summit",
        year=year,
        source_id=str(number),
        title=title,
        track=track,
        abstract=values.get("abstract", ABSTRACT),
    )


def examples(folder: Path, sessions: Sequence[Session]) -> tuple[str, ...]:
    store, searcher = open_loaded(folder, sessions)
    with closing(store):
        found = searcher.lookup.examples()
        assert searcher.lookup.examples() == found
        return found


def test_tracks_come_first_then_titles_of_different_tracks(tmp_path: Path) -> None:
    of_tracks = [
        session(10 * place + number, f"Lessons {place} of number {number}", track)
        for place, track in enumerate(["Databases", "Main track", "Security", "Lightning talks"])
        for number in range(4)
    ]
    asked = session(90, "Who reads the logs?", "Security")
    break_ = session(91, "What is for lunch today?", "Databases", abstract="")
    older = session(92, "What was asked before?", "Security", year=2020)
    more = session(93, "Keys and locks: a primer", "Security")
    found = examples(tmp_path, [*of_tracks, asked, break_, older, more])
    assert found[:3] == ("Security", "Databases", "Who reads the logs?")
    assert found[3].startswith("Lessons")
    assert not found[3].startswith("Lessons 2"), "of another track"


def test_a_catalogue_without_fitting_titles_has_no_examples(tmp_path: Path) -> None:
    assert (
        examples(tmp_path, [session(1, "Welcome"), session(2, "Coffee: a break in two parts")])
        == ()
    )


def test_a_site_may_have_its_own(searcher: Searcher) -> None:
    site = SiteSettings(examples=("What, and why?",))
    client: FlaskClient = create_app(searcher, site=site).test_client()
    page = read(client, "/")
    assert "/?q=What,+and+why?" in page.links
    assert "whole region" not in page.text
