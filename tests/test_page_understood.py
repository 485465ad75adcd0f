"""What was understood of a question, on the page: chips, corrections, notes and the ways back."""

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
    assert f"{ASKED}&interpret=false&room=K.1&room=K.2" in shown.links, "without the day"
    assert f"{ASKED}&interpret=false&day=2026-05-12" in shown.links, "without the room"
    assert f"{ASKED}&interpret=false" in shown.links, "as the words stand"
    taken_back = read(client, f"{ASKED}&interpret=false&day=2026-05-12")
    assert "Understood" not in taken_back.text
    assert "Remove the filter Day Tuesday 12 May 2026" in taken_back.text
    assert f"{ASKED}&day=2026-05-12" in taken_back.links, "interpreted again"


def test_the_same_day_in_other_editions_is_a_link_away(page: Understood) -> None:
    shown = read(page.client(understood=(DAY, ROOM)), ASKED)
    assert "Tuesday 13 May 2025 or Tuesday 14 May 2024 instead" in shown.text
    others = "day=2024-05-14&day=2025-05-13&room=K.1&room=K.2"
    assert f"{ASKED}&interpret=false&{others}" in shown.links


def test_filters_set_by_hand_stay_apart_and_stay_set(page: Understood) -> None:
    client = page.client(understood=(DAY,))
    shown = read(client, "/?q=health&track=Health&limit=10&now=2026-05-01T10:00%2B02:00")
    assert "Only Remove the filter Track Health" in shown.text
    assert "/?q=health&limit=10&interpret=false&track=Health" in shown.links


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
    assert "/?q=health&interpret=false&year=2026" in shown.links, "the chip keeps the correction"


@pytest.mark.parametrize("verdict", ["strong", "related", "none", "programme", None])
def test_verdicts_look_different(page: Understood, verdict: str | None) -> None:
    client = page.client(understood=(DAY,), verdict=verdict)
    shown = read(client, ASKED)
    (heading,) = shown.all("h1")
    assert heading["class"] == f"verdict {verdict or 'unknown'}"
    assert ("None is about just this" in shown.text) == (verdict == "related")


def test_the_title_of_the_document_is_the_heading(page: Understood) -> None:
    client = page.client(understood=(DAY,), verdict="programme")
    shown = read(client, "/?q=Tuesday")
    told = "The programme: Tuesday 12 May 2026"
    assert shown.text.startswith(f"{told} – Conference Helper")
    assert shown.text.count(told) == 2
    assert "/?q=Tuesday&limit=10" in shown.links


def test_nothing_is_said_where_nothing_was_understood(client: FlaskClient) -> None:
    shown = read(client, "/?q=health")
    assert "Understood" not in shown.text
    assert "as they stand" not in shown.text
    assert "Showing results for" not in shown.text
