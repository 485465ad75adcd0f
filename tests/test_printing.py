"""What the terminal shows of an answer."""

from dataclasses import replace

import pytest
from support.answers import answer_with, result_of
from support.web_fixtures import SESSIONS

from conference_helper.printing import print_answer, print_events, printable
from service.query.interpretation import Constraint, Correction
from service.search.answer import Answer
from service.search.snippets import Part
from service.verdict.judge import Verdict

UNDERSTOOD = (
    Constraint("day", "Sunday", "2019-02-03", 0, 6),
    Constraint("time", "morning", "..12:00", 7, 14),
    Constraint("room", "in K", "K", 15, 19, dropped=True),
)


def printed(answer: Answer, capsys: pytest.CaptureFixture[str], *, filtered: bool = False) -> str:
    print_answer(answer, filtered=filtered)
    return capsys.readouterr().out


def test_what_was_understood_is_printed_first(capsys: pytest.CaptureFixture[str]) -> None:
    answer = answer_with(
        1,
        understood=UNDERSTOOD,
        corrected=Correction("helth\x1b[2J", "health"),
        notes=("No session is in K: searched without “in K”.",),
    )
    assert printed(answer, capsys).splitlines()[:5] == [
        "Understood: Sunday 3 February 2019, before 12:00. "
        "--no-interpret searches for the words as they stand.",
        "Showing results for: health",
        "--no-interpret searches instead for: helth [2J",
        "No session is in K: searched without “in K”.",
        "1. Health analytics on the ward  (0.500)",
    ]


def test_nothing_is_said_where_only_dropped_words_were_understood(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printed(answer_with(1, understood=UNDERSTOOD[2:]), capsys).startswith("1. ")


@pytest.mark.parametrize(
    ("verdict", "first"),
    [
        ("strong", "1. Health analytics on the ward"),
        (None, "1. Health analytics on the ward"),
        ("related", "None is about just this. Related sessions:"),
        ("none", "Nothing in this programme fits. The nearest sessions:"),
        ("programme", "The programme, 3 of 142 in order of time:"),
    ],
)
def test_verdicts_in_words(
    verdict: Verdict | None, first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(answer_with(verdict=verdict, total=142), capsys).startswith(first)


def test_constraints_are_filters_to_whoever_finds_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nothing = answer_with(0, verdict="none", mode="keyword", understood=UNDERSTOOD)
    assert "No session that passes these filters has any" in printed(nothing, capsys)
    by_meaning = replace(answer_with(2, verdict="none"), understood=UNDERSTOOD)
    assert "Nothing that passes these filters fits." in printed(by_meaning, capsys)


@pytest.mark.parametrize(
    ("decided_by", "told"),
    [
        ("title", "  (found by its title)"),
        ("speaker", "  (found by its speaker)"),
        ("words", "  (found by these words)"),
        ("meaning", "  (0.500)"),
        (None, ""),
    ],
)
def test_similarity_is_printed_only_where_meaning_decided(
    decided_by: Part | None, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answer_with([result_of(SESSIONS[0], 1, decided_by)])
    assert printed(answer, capsys).splitlines()[0] == f"1. {SESSIONS[0].title}{told}"


def test_a_question_in_another_language_is_not_told_that_nothing_fits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = answer_with(1, verdict="none", in_other_language=True, notes=("It is in English.",))
    assert printed(answer, capsys).splitlines()[:2] == [
        "It is in English.",
        "The nearest sessions:",
    ]


def test_of_many_events_the_latest_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    counts = [
        {"event": f"Event {number:03}", "year": year, "sessions": 7}
        for number in range(500)
        for year in (2024, 2025)
    ]
    print_events(counts, shown=10)
    total, *latest, more = capsys.readouterr().out.splitlines()
    assert total == "Events:  1000 editions of 500 events, 2024 to 2025"
    assert latest == [f"        7  Event {number:03} 2025" for number in range(10)]
    assert more == "  and 990 earlier: conference-helper status --events"
    print_events(counts)
    assert len(capsys.readouterr().out.splitlines()) == 1_001


def test_titles_cannot_control_the_terminal() -> None:
    assert printable("a\x1b[31mb") == "a [31mb"
