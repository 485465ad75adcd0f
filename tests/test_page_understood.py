"""What was understood of a question, on the page: chips, corrections, notes and the ways back."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from support.answers import Understanding
from support.page_reader import read

from service.filters import Filters
from service.query.interpretation import Constraint, Correction
from service.search.searcher import Searcher
from service.stores.edge.store import EdgeStore
from service.web import create_app

DAY = Constraint(
    "day",
    "on Tuesday",
    "2026-05-12",
    7,
    17,
    others=("2024-05-14", "2025-05-13"),
    filters=Filters(day=["2026-05-12"]),
)
ROOM = Constraint("room", "in K", "K", 18, 22, filters=Filters(room=["K.1", "K.2"]))
DROPPED = Constraint("level", "for beginners", "Beginner", 23, 36, dropped=True)
ASKED = "/?q=health+on+Tuesday+in+K"


class Understood:
    """Opens clients of a page that understands what it is told to."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def client(self, **understood: Any) -> FlaskClient:
        return create_app(Understanding(self._searcher, **understood)).test_client()


@pytest.fixture
def page(loaded: tuple[EdgeStore, Searcher]) -> Understood:
    return Understood(loaded[1])


def test_each_constraint_is_a_chip_that_can_be_taken_back(page: Understood) -> None:
    client = page.client(understood=(DAY, ROOM), verdict="strong")
    shown = read(client, ASKED)
    assert "Understood Search without Tuesday 12 May 2026 × Search without Room K ×" in shown.text
    assert f"{ASKED}&ignore=day" in shown.links
    assert f"{ASKED}&ignore=room" in shown.links
    assert f"{ASKED}&interpret=false" in shown.links, "as the words stand"
    taken_back = read(client, f"{ASKED}&ignore=day")
    assert "Tuesday 12 May 2026 ×" not in taken_back.text
    assert "Understood Search without Room K ×" in taken_back.text
    assert f"{ASKED}&ignore=day&ignore=room" in taken_back.links
    assert ASKED in taken_back.links, "the whole question"
    verbatim = read(client, f"{ASKED}&interpret=false")
    assert "Understood" not in verbatim.text
    assert ASKED in verbatim.links


def test_of_two_days_the_other_one_stays(page: Understood) -> None:
    other = replace(DAY, value="2026-05-13", filters=Filters(day=["2026-05-13"]))
    shown = read(page.client(understood=(DAY, other)), ASKED)
    assert f"{ASKED}&ignore=day&day=2026-05-13" in shown.links
    assert f"{ASKED}&ignore=day&day=2026-05-12" in shown.links


def test_the_same_day_in_other_editions_is_a_link_away(page: Understood) -> None:
    shown = read(page.client(understood=(DAY, ROOM)), ASKED)
    assert "Tuesday 13 May 2025 or Tuesday 14 May 2024 instead" in shown.text
    assert f"{ASKED}&day=2024-05-14&day=2025-05-13" in shown.links


def test_filters_set_by_hand_stay_apart_and_stay_set(page: Understood) -> None:
    client = page.client(understood=(DAY,))
    shown = read(client, "/?q=health&track=Health&limit=10&now=2026-05-01T10:00%2B02:00")
    assert "Only Remove the filter Track Health" in shown.text
    now = "now=2026-05-01T10:00:00%2B02:00"
    assert f"/?q=health&limit=10&ignore=day&{now}&track=Health" in shown.links
    assert f"/?q=health&limit=10&interpret=false&{now}&track=Health" in shown.links


@pytest.mark.parametrize("taken_back", ["ignore=day", "ignore=day&ignore=room", "interpret=false"])
def test_what_was_taken_back_holds_for_one_question_only(page: Understood, taken_back: str) -> None:
    client = page.client(understood=(DAY, ROOM), verdict="strong")
    now = "2026-05-01T10:00:00+02:00"
    kept = f"{taken_back}&limit=10&now={now.replace('+', '%2B')}"
    for address in (f"{ASKED}&{kept}", f"/?{kept}"):
        shown = read(client, address)
        hidden = {field["name"]: field["value"] for field in shown.all("input")}
        assert not hidden.keys() & {"interpret", "ignore"}
        assert (hidden["limit"], hidden["now"]) == ("10", now)
    (example,) = [link for link in shown.links if "q=Pipelines" in link]
    assert example == "/?q=Pipelines+that+do+not+break&limit=10&now=2026-05-01T10:00:00%2B02:00"


@pytest.mark.parametrize(
    ("verdict", "hint"),
    [
        ("programme", "Numbers count all sessions of the programme."),
        ("strong", "Numbers count the 100 sessions that answer best."),
        (None, "Numbers count the 100 sessions that answer best."),
    ],
)
def test_what_the_numbers_of_filters_count(
    page: Understood, verdict: str | None, hint: str
) -> None:
    client = page.client(understood=(DAY,), verdict=verdict, total=3)
    assert hint in read(client, "/?q=Tuesday").text


def test_a_dropped_constraint_is_struck_through(page: Understood) -> None:
    client = page.client(understood=(DROPPED,), notes=("Searched without it, for <all>.",))
    shown = read(client, "/?q=health+for+beginners")
    assert "Not used: for beginners" in shown.text
    assert len(shown.all("s")) == 1
    assert "Beginner ×" not in shown.text
    assert "Searched without it, for <all>." in shown.text
    assert not shown.all("all")


def test_a_correction_leads_back(page: Understood) -> None:
    correction = Correction("helth <b>", "health")
    client = page.client(corrected=correction, understood=(DAY,), verdict="related")
    shown = read(client, "/?q=helth+%3Cb%3E&year=2026")
    assert "Showing results for health . Search instead for helth <b>" in shown.text
    assert "3 related sessions for health None is about" in shown.text
    assert not shown.all("b")
    back = "/?q=helth+%3Cb%3E&interpret=false&year=2026&day=2026-05-12"
    assert back in shown.links
    assert "/?q=helth+%3Cb%3E&ignore=day&year=2026" in shown.links, "the chip keeps the correction"


def test_where_nothing_fits_all_sessions_are_a_link_away(page: Understood) -> None:
    client = page.client(understood=(DAY, ROOM), verdict="none")
    shown = read(client, f"{ASKED}&year=2026")
    assert "Nothing that passes these filters fits" in shown.text
    assert f"{ASKED}&ignore=day&ignore=room" in shown.links


@pytest.mark.parametrize("verdict", ["strong", "related", "none", "programme", None])
def test_verdicts_look_different(page: Understood, verdict: str | None) -> None:
    client = page.client(understood=(DAY,), verdict=verdict)
    shown = read(client, ASKED)
    (heading,) = shown.all("h1")
    assert heading["class"] == f"verdict {verdict or 'unknown'}"
    assert ("None is about just this" in shown.text) == (verdict == "related")


def test_the_title_of_the_document_is_the_heading(page: Understood) -> None:
    client = page.client(understood=(DAY,), verdict="programme", total=5)
    shown = read(client, "/?q=Tuesday")
    told = "The programme: Tuesday 12 May 2026 (5 sessions)"
    assert shown.text.startswith(f"{told} – Conference Helper")
    assert shown.text.count(told) == 2
    assert "/?q=Tuesday&limit=10" in shown.links


def test_nothing_is_said_where_nothing_was_understood(client: FlaskClient) -> None:
    shown = read(client, "/?q=health")
    assert "Understood" not in shown.text
    assert "as they stand" not in shown.text
    assert "Showing results for" not in shown.text
