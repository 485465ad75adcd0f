"""Rare words: who asks for a word that hardly any session has gets the session with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fakes import BagOfWords
from support.stores import ENCODER, talk, write

from service.filters import Filters
from service.query.query import Query
from service.query.rare_terms import find_rare_terms
from service.search.searcher import Searcher
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.verdict.calibrate import calibrate

COUNT = 620  # enough for a word of two sessions to be rare


def programme(count: int = COUNT) -> list[Session]:
    """Alike sessions; the last has a word of its own far down its abstract, four share another."""
    usual = (
        "We talk of data and of how teams work with it every day, from plan to practice and back."
    )
    sessions = [
        talk(number, title=f"Data work {number}", abstract=usual) for number in range(count)
    ]
    for place in range(4):
        sessions[place] = talk(place, title=f"Data work {place}", abstract=f"{usual} Heliotrope.")
    sessions[-1] = talk(count, title="Quiet hours", abstract=f"{usual} {usual} Then zymurgy, too.")
    return sessions


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeStore]:
    """The programme, written once: no test here changes it."""
    store = EdgeStore(tmp_path_factory.mktemp("programme"), "sessions")
    sessions = programme()
    with store.building(ENCODER.fingerprint, sessions=len(sessions)) as builder:
        builder.upsert(sessions, ENCODER.encode_sessions([session.text for session in sessions]))
        builder.commit(
            expected=len(sessions),
            sources=["test"],
            check=lambda generation: calibrate(generation, ENCODER),
        )
    yield store
    store.close()


@pytest.fixture
def searcher(store: EdgeStore) -> Searcher:
    return Searcher(store, lambda fingerprint: BagOfWords())


@pytest.mark.parametrize("question", ["zymurgy", "Zymurgy?", "data zymurgy"])
def test_the_session_with_a_rare_word_comes_first(searcher: Searcher, question: str) -> None:
    assert searcher.search(Query(question)).results[0].session.title == "Quiet hours"


def test_one_rare_word_is_never_nothing_but_it_must_pass_the_filters(searcher: Searcher) -> None:
    for mode in ("hybrid", "semantic", "keyword"):
        assert searcher.search(Query("zymurgy", mode=mode)).verdict in ("strong", "related")
    assert searcher.search(Query("xylophone")).verdict == "none"
    elsewhere = searcher.search(Query("zymurgy", filters=Filters(event=("Elsewhere",))))
    assert (elsewhere.verdict, elsewhere.results) == ("none", ())


def test_what_is_rare(searcher: Searcher) -> None:
    with searcher.store.reading() as generation:
        found, boost = find_rare_terms(generation, "data and zymurgy and zymurgy")
        assert [len(sessions) for sessions in found] == [1]
        assert boost == 1 / 2
        assert find_rare_terms(generation, "zymurgy") == (found, 1)
        assert find_rare_terms(generation, "data heliotrope") == ((), 1 / 2)
        assert find_rare_terms(generation, "?!") == ((), 0)


def test_a_rare_term_of_three_decides_nothing(searcher: Searcher) -> None:
    with searcher.store.reading() as generation:
        assert find_rare_terms(generation, "plan practice zymurgy") == ((), 0)


def test_in_a_small_programme_a_word_is_rare_only_by_itself(tmp_path: Path) -> None:
    store = EdgeStore(tmp_path, "sessions")
    write(store, programme(50))
    with store.reading() as generation:
        assert find_rare_terms(generation, "data zymurgy") == ((), 0)
        assert find_rare_terms(generation, "heliotrope") == ((), 1)
        found, boost = find_rare_terms(generation, "zymurgy")
        assert [len(sessions) for sessions in found] == [1]
        assert boost == 1
    store.close()
