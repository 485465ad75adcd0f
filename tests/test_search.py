from pathlib import Path

import numpy as np
import pytest
from fakes import BagOfWords
from web_fixtures import SESSIONS, open_empty, open_loaded, write

from service.encoder import Fingerprint
from service.errors import (
    EncoderError,
    MismatchError,
    NotFoundError,
    NothingLoadedError,
    NotReadyError,
    QueryError,
)
from service.filters import Filters
from service.search import MAX_QUERY, Searcher, check_limit, clean_question, folded, parse_filters
from service.stores.edge import EdgeStore


@pytest.fixture
def searcher(tmp_path: Path) -> Searcher:
    return open_loaded(tmp_path)[1]


def test_three_nearest_highest_first(searcher: Searcher) -> None:
    answer = searcher.search("Health analytics?")
    assert [result.rank for result in answer.results] == [1, 2, 3]
    assert {result.session.source_id for result in answer.results[:2]} == {"1", "2"}
    scores = [result.score for result in answer.results]
    assert scores == sorted(scores, reverse=True)
    values = answer.as_dict()
    assert list(values) == ["query", "mode", "took_ms", "results"]
    assert values["results"][0]["session"]["id"] == str(answer.results[0].session.id)


def test_limit_and_filters(searcher: Searcher) -> None:
    assert len(searcher.search("health", limit=1).results) == 1
    assert len(searcher.search("health", limit=50).results) == len(SESSIONS)
    found = searcher.search("health", filters=Filters(year=(2026,), track=("Health",)))
    assert [result.session.source_id for result in found.results] == ["2"]


def test_filters_take_any_case_and_accents(searcher: Searcher) -> None:
    filters = parse_filters({"speaker": ["zoe brandstrom"], "track": ["HEALTH", " "]})
    assert [item.session.source_id for item in searcher.search("x", filters=filters).results] == [
        "1"
    ]
    nobody = parse_filters({"speaker": ["Zo"]})
    assert searcher.search("x", filters=nobody).results == ()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"colour": ["red"]}, "Known filters: event, year"),
        ({"year": ["soon"]}, "year is 'soon'"),
        ({"year": ["²"]}, "year is"),
        ({"day": ["12.5.2026"]}, "2026-05-12"),
    ],
)
def test_filters_that_cannot_be_used(given: dict[str, list[str]], says: str) -> None:
    with pytest.raises(QueryError, match=says):
        parse_filters(given)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "is empty"),
        (" \n\t\0 ", "is empty"),
        ("x" * (MAX_QUERY + 1), "Shorten it"),
        ("🎉🩺", "no letter or digit"),
        ("?!", "no letter or digit"),
        ("health \ud800", "not valid Unicode"),
    ],
)
def test_questions_that_cannot_be_asked(searcher: Searcher, question: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        searcher.search(question)


@pytest.mark.parametrize("question", ["健康", "صحة", "x" * 512, "'; DROP TABLE--", '"open', "C++"])
def test_whatever_has_a_letter_is_text(searcher: Searcher, question: str) -> None:
    assert len(searcher.search(question).results) == 3


def test_white_space_and_control_signs_are_one_space() -> None:
    assert clean_question("  health\n\tdata\x00 ") == "health data"


@pytest.mark.parametrize("limit", ["0", "51", "abc", "-1", "1.5", "", "٣", 0, 10**30])
def test_limits_out_of_range(limit: int | str) -> None:
    with pytest.raises(QueryError, match="from 1 to 50"):
        check_limit(limit)
    assert (check_limit("50"), check_limit(1)) == (50, 1)


def test_unknown_mode_lists_the_known_ones(searcher: Searcher) -> None:
    with pytest.raises(QueryError, match="Known modes: semantic"):
        searcher.search("x", mode="psychic")


def test_session_by_id(searcher: Searcher) -> None:
    assert searcher.session(str(SESSIONS[0].id)) == SESSIONS[0]
    with pytest.raises(NotFoundError):
        searcher.session("00000000-0000-0000-0000-000000000000")
    with pytest.raises(QueryError, match="no session id"):
        searcher.session("../etc")


def test_facets_of_a_field_ignore_its_own_filter(searcher: Searcher) -> None:
    counts = searcher.facets(Filters(year=(2026,)))
    assert counts["year"] == [(2026, 3), (2025, 1)]
    assert counts["track"] == [("Data Engineering", 1), ("Health", 1)]


def test_nothing_loaded_then_loaded(tmp_path: Path) -> None:
    store, searcher = open_empty(tmp_path)
    with pytest.raises(NothingLoadedError):
        searcher.search("health")
    with pytest.raises(NothingLoadedError):
        searcher.check_ready()
    write(store, SESSIONS)
    with pytest.raises(NotReadyError):
        searcher.check_ready()
    searcher.warm_up()
    assert searcher.check_ready().sessions == 4
    assert searcher.search("health").results[0].session.track == "Health"


def test_another_encoder_is_refused_with_the_remedy(tmp_path: Path) -> None:
    store, _ = open_loaded(tmp_path)
    other = Searcher(store, lambda fingerprint: BagOfWords(weights="other"))
    with pytest.raises(MismatchError, match=r"differ in weights.*--model"):
        other.search("health")
    with pytest.raises(MismatchError):
        other.warm_up()
    with pytest.raises(MismatchError):
        other.check_ready()


def test_a_new_generation_of_another_encoder_is_answered_by_it(tmp_path: Path) -> None:
    store = EdgeStore(tmp_path, "sessions")
    opened: list[Fingerprint] = []

    def open_encoder(fingerprint: Fingerprint) -> BagOfWords:
        opened.append(fingerprint)
        return BagOfWords(weights=fingerprint.weights)

    searcher = Searcher(store, open_encoder)
    for weights in ("one", "two"):
        write(store, SESSIONS, BagOfWords(weights=weights))
        assert searcher.search("health").results
        searcher.search("health again")
    assert [fingerprint.weights for fingerprint in opened] == ["one", "two"]


def test_a_question_vector_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    class Broken(BagOfWords):
        def encode_queries(self, questions: object) -> np.ndarray:
            return np.full((1, 1024), np.nan, dtype=np.float32)

    store, _ = open_loaded(tmp_path)
    with pytest.raises(EncoderError, match="NaN"):
        Searcher(store, lambda fingerprint: Broken()).search("health")


def test_folded_compares_across_case_and_accents() -> None:
    assert folded(" Zoë BRÄNDSTRÖM ") == folded("zoe brandstrom")
    assert folded("ИВАН") == folded("иван")
