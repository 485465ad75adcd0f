"""Sessionize's categories: an organizer words them freely, often as questions."""

import json

import pytest
from support.reading_sources import read_bytes

from service.session import Session


def labelled(title: str, item: str) -> Session:
    """Return a session with one item of a category."""
    view = {
        "sessions": [
            {"id": "1", "title": "Knots", "isServiceSession": False, "categoryItems": [7]}
        ],
        "categories": [{"id": 5, "title": title, "items": [{"id": 7, "name": item}]}],
    }
    (session,) = read_bytes("all.json", json.dumps(view).encode()).sessions
    return session


@pytest.mark.parametrize(
    ("title", "item", "field"),
    [
        ("What track does it fit?", "Ropes", "track"),
        ("Which topic does your talk touch?", "Ropes", "track"),
        ("Which level is your session?", "Expert", "level"),
        ("What is the level of your audience?", "Expert", "level"),
        ("Session Level", "Expert", "level"),
        ("What kind of session is it?", "Workshop", "kind"),
        ("Session format", "Workshop", "kind"),
        ("Welche Sprache?", "de", "language"),
        ("In which language will you speak?", "de", "language"),
    ],
)
def test_a_question_is_the_only_field_among_its_words(title: str, item: str, field: str) -> None:
    session = labelled(title, item)
    assert getattr(session, field) == item
    assert session.tags == ()


@pytest.mark.parametrize("title", ["How long is it?", "Track and level?", "Programming language"])
def test_what_names_no_field_or_two_is_a_tag(title: str) -> None:
    session = labelled(title, "Rust")
    assert session.tags == ("Rust",)
    assert (session.track, session.level, session.language, session.kind) == ("", "", "", "")


@pytest.mark.parametrize("item", ["Yes", "No, never", "Ja", "Sí"])
@pytest.mark.parametrize("title", ["Would another language do?", "Do you need travel support?"])
def test_an_answer_of_yes_or_no_says_nothing_of_the_session(title: str, item: str) -> None:
    session = labelled(title, item)
    assert (session.language, session.tags) == ("", ())
