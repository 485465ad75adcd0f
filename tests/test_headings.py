"""Headings state the verdict."""

import pytest
from support.answers import answer_with

from service.query.interpretation import Constraint, Correction
from service.search.headings import write_heading
from service.verdict.judge import Verdict


@pytest.mark.parametrize(
    ("verdict", "results", "told"),
    [
        ("strong", 3, "3 sessions for “health”"),
        ("strong", 1, "1 session for “health”"),
        ("related", 3, "3 related sessions for “health”"),
        ("related", 1, "1 related session for “health”"),
        ("none", 3, "No session found that fits “health”: these are the nearest"),
        ("none", 1, "No session found that fits “health”: this is the nearest"),
        ("none", 0, "No session for “health”"),
        (None, 3, "The 3 sessions nearest to “health”"),
        (None, 1, "The session nearest to “health”"),
        ("programme", 3, "The programme: Sunday 3 February 2019, before 12:00 (3 sessions)"),
        ("programme", 1, "The programme: Sunday 3 February 2019, before 12:00 (1 session)"),
        ("programme", 0, "No session for “health”"),
    ],
)
def test_the_heading_states_the_verdict(verdict: Verdict | None, results: int, told: str) -> None:
    understood = (
        Constraint("day", "Sunday", "2019-02-03", 0, 6),
        Constraint("level", "for beginners", "Beginner", 7, 20, dropped=True),
        Constraint("time", "morning", "..12:00", 21, 28),
    )
    answer = answer_with(results, verdict=verdict, understood=understood, total=results)
    assert str(write_heading(answer)) == told


def test_the_heading_has_the_question_as_it_was_searched() -> None:
    correction = Correction("helth", "health")
    answer = answer_with(2, query="helth", verdict="strong", corrected=correction)
    assert str(write_heading(answer)) == "2 sessions for “health”"


def test_a_programme_of_filters_set_by_hand() -> None:
    answer = answer_with(2, verdict="programme", total=142)
    assert str(write_heading(answer)) == "The programme (142 sessions)"


def test_a_question_in_another_language_is_not_told_that_nothing_fits() -> None:
    answer = answer_with(3, verdict="none", in_other_language=True)
    assert str(write_heading(answer)) == "The 3 sessions nearest to “health”"
