"""Cancelled sessions, in every store and mode: after all others, never what is on, and said to be cancelled."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.fakes import BagOfWords
from support.stores import Written, talk
from support.web_fixtures import open_loaded

from service.filters import Filters
from service.query.query import Query
from service.search.answer import Answer
from service.search.searcher import Searcher
from service.session import Session
from service.stores.protocol import Mode, SessionStore

MODES: tuple[Mode, ...] = ("hybrid", "semantic", "keyword")
NOW = datetime(2026, 5, 12, 9, 40, tzinfo=UTC)


def at(number: int, title: str, hour: int, *, day: int = 12, **fields: object) -> Session:
    start = datetime(2026, 5, day, hour, 30, tzinfo=UTC)
    return talk(number, title, starts_at=start, ends_at=start + timedelta(minutes=45), **fields)


SESSIONS = [
    at(0, "Usability made simple", 9, cancelled=True, speakers=("Ana Ruiz",)),
    at(1, "Usability of maps", 9),
    at(2, "Usability of kernels", 10, cancelled=True),
    at(3, "Usability of ships", 10),
    at(4, "Bread", 11),
    talk(
        5,
        "Usability as a craft",
        event="Elsewhere",
        starts_at=datetime(2026, 5, 12, 9, 30),
        ends_at=datetime(2026, 5, 12, 10, 15),
    ),
    talk(6, "Usability made twice", speakers=("Ola Berg",), cancelled=True),
    at(7, "Usability made twice", 15, speakers=("Ola Berg",)),
]
"""Three are cancelled, one of them a sitting of a talk that takes place; the times of one have no zone."""
OFF = {"0", "2"}


@pytest.fixture
def store(written: Written) -> SessionStore:
    return written(SESSIONS)


@pytest.fixture
def searcher(store: SessionStore) -> Searcher:
    return Searcher(store, lambda fingerprint: BagOfWords())


def numbers(answer: Answer) -> list[str]:
    return [result.session.source_id for result in answer.results]


def test_cancelled_sessions_come_after_all_others(searcher: Searcher) -> None:
    for mode in MODES:
        for fold in (True, False):
            for diversity in (0.0, 0.5):
                query = Query("usability", mode=mode, limit=50, fold=fold, diversity=diversity)
                answer = searcher.search(replace(query, now=NOW))
                cancelled = [result.session.cancelled for result in answer.results]
                assert cancelled == sorted(cancelled), (mode, fold, diversity)
                off = {"0", "2"} if fold else {"0", "2", "6"}
                assert set(numbers(answer)[-len(off) :]) == off
                assert "cancelled" not in " ".join(answer.notes)
        for limit in (1, 2, 3):
            assert OFF.isdisjoint(
                numbers(searcher.search(Query("usability", mode=mode, limit=limit)))
            )


def test_a_cancelled_sitting_is_among_those_of_its_talk(searcher: Searcher) -> None:
    answer = searcher.search(Query("usability made twice", limit=1, now=NOW))
    assert numbers(answer) == ["7"]
    assert {(one.source_id, one.cancelled) for one in answer.results[0].occurrences} == {
        ("6", True),
        ("7", False),
    }
    assert answer.notes == ()


@pytest.mark.parametrize("asked", ["Usability made simple", "talks of Ana Ruiz", "Ana Ruiz"])
def test_one_that_is_asked_for_by_name_is_last_and_told(searcher: Searcher, asked: str) -> None:
    answer = searcher.search(Query(asked, limit=3, interpret=False))
    assert len(answer.results) == 3
    assert numbers(answer)[-1] == "0"
    assert answer.notes == ("“Usability made simple” is cancelled.",)
    alone = searcher.search(Query(asked, limit=1, interpret=False))
    assert not alone.results[0].session.cancelled


def test_a_programme_has_them_last_and_what_is_on_has_none(searcher: Searcher) -> None:
    day = searcher.search(Query("on 12 May", limit=50, now=NOW))
    assert day.verdict == "programme"
    assert numbers(day) == ["5", "1", "3", "4", "7", "0", "2"]
    assert day.total == 7
    now = searcher.search(Query("what is on now", limit=50, now=NOW))
    assert (numbers(now), now.total, now.notes) == (["1"], 1, ())
    later = searcher.search(Query("what is next", limit=50, now=NOW))
    assert numbers(later) == ["3", "4", "7"]
    about = searcher.search(Query("usability right now", limit=50, now=NOW))
    assert numbers(about) == ["1"]


def test_local_times_are_found_by_day_and_hour(searcher: Searcher) -> None:
    filters = Filters(day=("2026-05-12",), at=("09:40",))
    found = searcher.search(Query("usability", limit=50, filters=filters))
    assert set(numbers(found)) == {"0", "1", "5"}
    assert numbers(found)[-1] == "0"
    morning = searcher.search(Query("usability in the morning", limit=50, now=NOW))
    assert set(numbers(morning)) == {"0", "1", "2", "3", "4", "5"}


def test_similar_sessions_have_them_last(searcher: Searcher) -> None:
    found = searcher.similar(str(SESSIONS[1].id), limit=50)
    cancelled = [result.session.cancelled for result in found]
    assert cancelled == sorted(cancelled)
    assert any(cancelled)
    assert not any(one.session.cancelled for one in searcher.similar(str(SESSIONS[0].id), limit=3))


def test_where_all_is_cancelled_it_is_found_and_said(tmp_path: Path) -> None:
    off = [replace(one, cancelled=True) for one in SESSIONS]
    store, searcher = open_loaded(tmp_path, off)
    with closing(store):
        answer = searcher.search(Query("usability made simple", limit=3))
        assert numbers(answer)[0] == "0"
        assert all(result.session.cancelled for result in answer.results)
        assert answer.notes == ("“Usability made simple” is cancelled.",)


def test_a_programme_without_zones_cannot_tell_what_is_on(tmp_path: Path) -> None:
    local = [talk(n, f"Talk {n}", starts_at=datetime(2026, 5, 12, 9, 30)) for n in range(2)]
    store, searcher = open_loaded(tmp_path, local)
    with closing(store):
        answer = searcher.search(Query("what is on now", now=NOW))
        assert answer.notes == (
            "The programme does not say which time zone it is in: searched without “on now”.",
        )
        assert all(one.dropped for one in answer.understood)
        today = searcher.search(Query("today", now=NOW))
        assert numbers(today) == ["0", "1"]
