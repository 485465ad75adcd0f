"""What may be asked: questions, limits, modes and filters, and what is said of those that cannot be used."""

import pytest

from service.errors import QueryError
from service.filters import Filters
from service.query.query import CUT_NOTE, MAX_QUERY, Query, parse_kinds, parse_limit, parse_now
from service.search.searcher import Searcher
from service.stores.protocol import Mode


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "is empty"),
        (" \n\t\0 ", "is empty"),
        ("?" * (MAX_QUERY + 1) + " x", "no letter or digit"),
        ("🎉🩺", "no letter or digit"),
        ("?!", "no letter or digit"),
        ("health \ud800", "not valid Unicode"),
    ],
)
def test_questions_that_cannot_be_asked(searcher: Searcher, question: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        searcher.search(Query(question))


@pytest.mark.parametrize("question", ["健康", "صحة", "x" * 512, "'; DROP TABLE--", '"open', "C++"])
def test_whatever_has_a_letter_is_text(searcher: Searcher, question: str) -> None:
    assert len(searcher.search(Query(question)).results) == 3


def test_white_space_and_control_signs_are_one_space() -> None:
    assert Query("  health\n\tdata\x00 ").text == "health data"


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("x" * MAX_QUERY, "x" * MAX_QUERY),
        ("x" * (MAX_QUERY + 1), "x" * MAX_QUERY),
        ("word " * 400 + "more", ("word " * 400).strip()),
        ("word " * 399 + "lengthy", ("word " * 399).strip()),
        ("word " * 399 + "words more", "word " * 399 + "words"),
    ],
)
def test_a_long_question_is_cut_after_a_word_and_says_so(
    searcher: Searcher, asked: str, read: str
) -> None:
    query = Query(asked)
    assert (query.text, query.was_cut) == (read, asked != read)
    answer = searcher.search(query)
    assert answer.query == read
    assert (CUT_NOTE in answer.notes) == query.was_cut
    assert CUT_NOTE == "The question was cut to its first 2,000 characters."


@pytest.mark.parametrize("limit", ["0", "51", "abc", "-1", "1.5", "", "٣", 0, 10**30])
def test_limits_out_of_range(limit: int | str) -> None:
    with pytest.raises(QueryError, match="from 1 to 50"):
        parse_limit(limit)
    assert (parse_limit("50"), parse_limit(1)) == (50, 1)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-05-12T09:30", "2026-13-01T09:30+02:00", "09:30", "9999-12-31T23:00+00:00"],
)
def test_now_needs_a_time_with_its_offset(text: str) -> None:
    with pytest.raises(QueryError, match="give a time with its offset, such as 2026-05-12T09:30"):
        parse_now(text)


def test_now_is_the_time_given_or_none() -> None:
    now = parse_now("2026-05-12T09:30:00+02:00")
    assert now is not None
    assert now.isoformat() == "2026-05-12T09:30:00+02:00"
    assert parse_now("") is None


def test_unknown_mode_lists_the_known_ones() -> None:
    with pytest.raises(QueryError, match="Known modes: hybrid, semantic, keyword"):
        Query("x", mode="psychic")  # type: ignore[arg-type]  # as typed


@pytest.mark.parametrize("mode", ["semantic", "keyword", "hybrid"])
@pytest.mark.parametrize(
    "question",
    ['"open', '""x""', "a AND (b OR", "<script>x</script>", "'; DROP TABLE x--", "x" * 512, "\\\"x",
     "title:x^2~", "the of and", "صحة", "健康", "C++ ++ #", '"the"', "a" * 300 + '"'],
)  # fmt: skip
def test_no_syntax_fails_a_search(searcher: Searcher, mode: Mode, question: str) -> None:
    assert searcher.search(Query(question, mode=mode)).mode == mode


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2026-05-12", {"2"}),
        ("2025-05-13..2026-05-12", {"1", "2"}),
        ("2025-05-14..", {"2"}),
        ("..2025-12-31", {"1"}),
        ("2020-01-01..2020-12-31", set()),
    ],
)
def test_days_can_be_a_range(searcher: Searcher, day: str, found: set[str]) -> None:
    results = searcher.search(
        Query("health", limit=50, filters=Filters.parse({"day": [day]}))
    ).results
    assert {result.session.source_id for result in results} == found


def test_kinds_of_constraints() -> None:
    assert parse_kinds(["day", "", "room", "day"]) == ("day", "room")
    with pytest.raises(QueryError, match="no kind of constraint 'days'"):
        parse_kinds(["days"])
