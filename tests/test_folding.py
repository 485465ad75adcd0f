"""Repeats of a talk are one result, sessions like one leave them out, and varied answers differ."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from support.web_fixtures import SESSIONS, open_loaded

from service.errors import NotFoundError, QueryError
from service.filters import Filters
from service.query.query import MODES, Query
from service.search.folding import fold
from service.search.searcher import Searcher
from service.session import Session
from service.stores.protocol import Hit, Mode


def test_similar_leaves_out_the_session_and_its_repeats(tmp_path: Path) -> None:
    again = replace(SESSIONS[0], year=2026, source_id="9")
    _, searcher = open_loaded(tmp_path, [*SESSIONS, again])
    hits = searcher.similar(str(again.id))
    assert hits[0].session.source_id == "2"
    assert {hit.session.source_id for hit in hits}.isdisjoint({"1", "9"})
    assert len(searcher.similar(str(again.id), filters=Filters(event=("Meetup",)))) == 1
    with pytest.raises(NotFoundError):
        searcher.similar("00000000-0000-0000-0000-000000000000")
    with pytest.raises(QueryError, match="no session id"):
        searcher.similar("x")


def a_talk(year: int, title: str = "Queues that scale", **changes: Any) -> Session:
    """Return a sitting of one talk in one year."""
    values: dict[str, Any] = {
        "event": "Summit",
        "year": year,
        "source_id": f"{title}-{year}",
        "title": title,
        "abstract": "How queues behave when everybody comes at once.",
        "speakers": ("Ana Ruiz",),
    }
    return Session(**{**values, **changes})


@pytest.fixture(scope="module")
def repeated(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Session], Searcher]:
    """Thirteen sittings of a talk, and a searcher over them and a talk of the same name."""
    sittings = [a_talk(year) for year in range(2014, 2027)]
    namesake = a_talk(2020, speakers=("Ola Berg",), source_id="another")
    folder = tmp_path_factory.mktemp("repeated")
    return sittings, open_loaded(folder, [*SESSIONS, *sittings, namesake])[1]


@pytest.mark.parametrize("mode", ["semantic", "keyword", "hybrid"])
def test_repeats_of_a_talk_are_one_result_with_its_occurrences(
    repeated: tuple[list[Session], Searcher], mode: Mode
) -> None:
    sittings, searcher = repeated
    found = searcher.search(Query("queues that scale", limit=2, mode=mode, now=NOW)).results
    assert {found[0].session.speakers, found[1].session.speakers} == {("Ana Ruiz",), ("Ola Berg",)}
    talk = next(one for one in found if one.session.speakers == ("Ana Ruiz",))
    assert talk.session.year == 2026
    assert [one.year for one in talk.occurrences] == list(range(2014, 2027))
    told = talk.as_dict()["occurrences"][0]
    assert told == {
        "id": str(sittings[0].id),
        "title": sittings[0].title,
        "source_id": sittings[0].source_id,
        "slot": "",
        "event": "Summit",
        "year": 2014,
        "starts_at": None,
        "cancelled": False,
        "room": "",
    }
    unfolded = searcher.search(Query("queues that scale", limit=9, mode=mode, fold=False)).results
    assert len(unfolded) == 9
    assert all(one.occurrences == (one.session,) for one in unfolded)


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(year: int, month: int, day: int) -> dict[str, Any]:
    """Return the year and the start of a sitting in Vienna's winter."""
    starts = datetime(year, month, day, 10, tzinfo=timezone(timedelta(hours=1)))
    return {"year": year, "starts_at": starts, "source_id": f"{year}-{month}-{day}"}


@pytest.mark.parametrize(
    ("sittings", "head"),
    [
        ([at(2024, 5, 1), at(2025, 5, 1)], "2025-5-1"),  # all past: the latest
        ([at(2025, 5, 1), at(2026, 5, 1), at(2027, 5, 1)], "2026-5-1"),  # the next
        ([at(2026, 2, 28), at(2026, 3, 2), at(2026, 3, 9)], "2026-3-2"),
        ([at(2026, 3, 1), at(2025, 3, 1)], "2026-3-1"),  # began an hour ago: no other is ahead
        ([{"year": 2025}, {"year": 2026}], "Queues that scale-2026"),  # no time, but this year
        ([{"year": 2024}, {"year": 2025}], "Queues that scale-2025"),
        ([at(2026, 2, 1), {"year": 2027}], "Queues that scale-2027"),
    ],
)
def test_the_next_or_the_latest_sitting_heads_the_result(
    tmp_path: Path, sittings: list[dict[str, Any]], head: str
) -> None:
    """Whichever sitting answers best: here the first, whose abstract is the question."""
    best = a_talk(**sittings[0], abstract="Queues that scale, queues that scale.")
    _, searcher = open_loaded(tmp_path, [*SESSIONS, best, *(a_talk(**one) for one in sittings[1:])])
    for mode in MODES:
        query = Query("queues that scale well", mode=mode, now=NOW, limit=50)
        found = searcher.search(query).results
        assert found[0].session.source_id == head
        assert [one.year for one in found[0].occurrences] == sorted(one["year"] for one in sittings)
        alone = searcher.search(replace(query, fold=False)).results
        assert found[0].score == max(one.score for one in alone)
        shown_best = next(one for one in alone if one.score == found[0].score)
        assert shown_best.session == best
        assert found[0].similarity == shown_best.similarity


def test_a_local_time_without_a_zone_is_compared_as_it_is() -> None:
    hits = [
        Hit(
            a_talk(2026, starts_at=datetime(2026, 3, day, 12), source_id=str(day)), 1.0, 0.5
        )  # no zone is known
        for day in (1, 2, 3)
    ]
    (talk,) = fold(hits, NOW.replace(hour=13))
    assert talk[0].session.source_id == "2"


def test_folding_still_fills_the_limit(tmp_path: Path) -> None:
    crowd = [a_talk(2026, source_id=f"sitting-{number}") for number in range(120)]
    searcher = open_loaded(tmp_path, [*crowd, *SESSIONS])[1]
    found = searcher.search(Query("queues when everybody comes at once", mode="semantic")).results
    assert len({one.session.title for one in found}) == 3
    assert len(found[0].occurrences) == 120


def test_diversity_prefers_sessions_that_differ(tmp_path: Path) -> None:
    alike = [
        a_talk(2026, title=f"Queues that scale {word}", abstract="Queues that scale, once more.")
        for word in ("well", "fast", "far")
    ]
    other = a_talk(2026, title="Queues of people", abstract="Waiting at a counter.")
    searcher = open_loaded(tmp_path, [*alike, other])[1]
    plain = [one.session for one in searcher.search(Query("queues that scale")).results]
    assert other not in plain
    varied = searcher.search(Query("queues that scale", limit=2, diversity=0.7)).results
    assert varied[0].session == plain[0]
    assert varied[1].session == other
    assert [
        one.session for one in searcher.search(Query("queues that scale", diversity=0)).results
    ] == plain
    with pytest.raises(QueryError, match="diversity is '2'; give a number from 0 to 1"):
        searcher.search(Query("queues", diversity=2))
    with pytest.raises(QueryError, match="diversity is 'nan'"):
        searcher.search(Query("queues", diversity=float("nan")))
