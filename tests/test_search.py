from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.fakes import BagOfWords
from support.stores import talk
from support.web_fixtures import SESSIONS, open_empty, open_loaded, write

from service.encoder import Fingerprint, Vectors
from service.errors import (
    EncoderError,
    MismatchError,
    NotFoundError,
    NothingLoadedError,
    NotReadyError,
    QueryError,
)
from service.filters import Filters
from service.query.query import Query
from service.search.searcher import Searcher
from service.session import Session
from service.stores.edge.generation import EdgeGeneration
from service.stores.edge.store import EdgeStore
from service.stores.protocol import Hit, Mode


class Noted(BagOfWords):
    """Remembers the questions that it embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[str] = []

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        self.questions += questions
        return super().encode_queries(questions)


def test_three_nearest_highest_first(searcher: Searcher) -> None:
    answer = searcher.search(Query("Health analytics?"))
    assert [result.rank for result in answer.results] == [1, 2, 3]
    assert {result.session.source_id for result in answer.results[:2]} == {"1", "2"}
    scores = [result.score for result in answer.results]
    assert scores == sorted(scores, reverse=True)
    values = answer.as_dict()
    assert list(values) == [
        "query", "mode", "took_ms", "verdict", "heading", "understood", "corrected",
        "notes", "total", "results",
    ]  # fmt: skip
    assert values["results"][0]["session"]["id"] == str(answer.results[0].session.id)


def test_limit_and_filters(searcher: Searcher) -> None:
    assert len(searcher.search(Query("health", limit=1)).results) == 1
    assert len(searcher.search(Query("health", limit=50)).results) == len(SESSIONS)
    found = searcher.search(Query("health", filters=Filters(year=(2026,), track=("Health",))))
    assert [result.session.source_id for result in found.results] == ["2"]


def test_filters_take_any_case_and_accents(searcher: Searcher) -> None:
    filters = Filters.parse({"speaker": ["zoe brandstrom"], "track": ["HEALTH", " "]})
    assert [
        item.session.source_id for item in searcher.search(Query("x", filters=filters)).results
    ] == ["1"]
    nobody = Filters.parse({"speaker": ["Zo"]})
    assert searcher.search(Query("x", filters=nobody)).results == ()


def test_session_by_id(searcher: Searcher) -> None:
    assert searcher.lookup.session(str(SESSIONS[0].id)) == SESSIONS[0]
    with pytest.raises(NotFoundError):
        searcher.lookup.session("00000000-0000-0000-0000-000000000000")
    with pytest.raises(QueryError, match="no session id"):
        searcher.lookup.session("../etc")


def test_facets_of_a_field_ignore_its_own_filter(searcher: Searcher) -> None:
    counts = searcher.facets(Query(filters=Filters(year=(2026,))))
    assert counts["year"] == [(2026, 3), (2025, 1)]
    assert counts["track"] == [("Data Engineering", 1), ("Health", 1)]


def test_nothing_loaded_then_loaded(tmp_path: Path) -> None:
    store, searcher = open_empty(tmp_path)
    with pytest.raises(NothingLoadedError):
        searcher.search(Query("health"))
    with pytest.raises(NothingLoadedError):
        searcher.check_ready()
    write(store, SESSIONS)
    assert searcher.search(Query("charts")).results
    with pytest.raises(NotReadyError):  # one answer does not make the next one fast
        searcher.check_ready()
    searcher.warm_up()
    assert searcher.check_ready().sessions == 4
    assert searcher.search(Query("health")).results[0].session.track == "Health"


def test_another_encoder_is_refused_with_the_remedy(searcher: Searcher) -> None:
    other = Searcher(searcher.store, lambda fingerprint: BagOfWords(weights="other"))
    with pytest.raises(MismatchError, match=r"differ in weights.*--model"):
        other.search(Query("health"))
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
        assert searcher.search(Query("health")).results
        searcher.search(Query("health again"))
    assert [fingerprint.weights for fingerprint in opened] == ["one", "two"]


def test_a_question_vector_that_is_not_finite_is_refused(searcher: Searcher) -> None:
    class Broken(BagOfWords):
        def encode_queries(self, questions: object) -> np.ndarray:
            return np.full((1, 1024), np.nan, dtype=np.float32)

    with pytest.raises(EncoderError, match="NaN"):
        Searcher(searcher.store, lambda fingerprint: Broken()).search(Query("health"))


def test_semantic_mode_ranks_by_the_dot_product_alone(searcher: Searcher) -> None:
    answer = searcher.search(Query("Health analytics", mode="semantic"))
    assert [result.score for result in answer.results] == [
        result.similarity for result in answer.results
    ]


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
@pytest.mark.parametrize(
    ("question", "source_id"),
    [
        ("Ola Berg", "3"),
        ("berg, ola", "3"),
        ("zoe brandstrom", "1"),
        ('"for a whole region"', "2"),
        ("Maps for everyone", "4"),
        ("consent", "2"),
        ("pipelines", "3"),
    ],
)
def test_exact_things_rank_first(
    searcher: Searcher, mode: Mode, question: str, source_id: str
) -> None:
    assert searcher.search(Query(question, mode=mode)).results[0].session.source_id == source_id


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_a_quoted_phrase_is_found_behind_many_better_answers(tmp_path: Path, mode: Mode) -> None:
    better = [
        Session(event="E", year=2026, source_id=str(number), title=title, abstract=f"n{number}")
        for number in range(90)
        for title in ["Data people data room people" if number < 49 else "Data people data"]
    ]
    long = "We met in the room. " + " ".join(f"other{number}" for number in range(300))
    held = Session(event="E", year=2026, source_id="held", title="X", abstract=long)
    _, searcher = open_loaded(tmp_path, [*better, held])
    answer = searcher.search(Query('data "in the room" people', mode=mode))
    assert answer.results[0].session.source_id == "held"


def test_one_typo_in_a_long_name_is_forgiven(searcher: Searcher) -> None:
    assert searcher.search(Query("zoe brandstorm")).results[0].session.source_id == "1"


def test_a_name_and_a_topic_find_that_speaker_on_that_topic(searcher: Searcher) -> None:
    assert searcher.search(Query("consent ana")).results[0].session.source_id == "2"


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_similarity_is_the_dot_product_in_every_mode(searcher: Searcher, mode: Mode) -> None:
    semantic = searcher.search(Query("health analytics consent", mode="semantic", limit=50))
    expected = {result.session.id: result.similarity for result in semantic.results}
    results = searcher.search(Query("health analytics consent", mode=mode, limit=50)).results
    assert results
    for result in results:
        assert result.similarity == pytest.approx(expected[result.session.id], abs=1e-5)
    scores = [result.score for result in results]
    assert scores == sorted(scores, reverse=True)


def test_keyword_mode_finds_nothing_where_no_word_matches(searcher: Searcher) -> None:
    assert searcher.search(Query("xylophone", mode="keyword")).results == ()
    assert len(searcher.search(Query("xylophone", mode="hybrid")).results) == 3


@pytest.mark.parametrize("mode", ["semantic", "keyword", "hybrid"])
def test_filters_hold_in_every_mode(searcher: Searcher, mode: Mode) -> None:
    for question in ("health analytics", "Ola Berg", '"whole region"'):
        answer = searcher.search(
            Query(question, mode=mode, filters=Filters(year=(2025,)), limit=50)
        )
        assert {result.session.year for result in answer.results} <= {2025}


def test_facets_follow_the_question_and_the_filters(tmp_path: Path) -> None:
    filler = [
        talk(
            number,
            title=f"Filler {number}",
            year=2020,
            abstract="How queues behave when everybody comes at once.",
            speakers=(f"Speaker {number}",),
            track="Filler",
        )
        for number in range(200)
    ]
    searcher = open_loaded(tmp_path, [*filler, *SESSIONS])[1]
    assert ("Health", 2) in searcher.facets(Query("health analytics"))["track"]
    counted = searcher.facets(Query("health analytics", mode="keyword"))
    assert counted["track"] == [("Health", 2)]
    of_2026 = Filters.parse({"year": ["2026"]})
    counted = searcher.facets(Query("health", mode="keyword", filters=of_2026))
    assert counted["speaker"] == [("Ana Ruiz", 1)]
    assert counted["year"] == [(2025, 1), (2026, 1)]
    assert sum(count for _, count in searcher.facets(Query())["track"]) == 203


@pytest.mark.parametrize(("filters", "searches"), [({}, 2), ({"year": ["2026"]}, 3)])
def test_an_answer_and_its_facets_embed_the_question_once(
    loaded: tuple[EdgeStore, Searcher],
    monkeypatch: pytest.MonkeyPatch,
    filters: dict[str, list[str]],
    searches: int,
) -> None:
    encoder, searched = Noted(), []
    search = EdgeGeneration.search

    def noted(self: EdgeGeneration, vector: Vectors, *arguments: Any) -> list[Hit]:
        searched.append(arguments)
        return search(self, vector, *arguments)

    monkeypatch.setattr(EdgeGeneration, "search", noted)
    searcher = Searcher(loaded[0], lambda fingerprint: encoder)
    query = Query("health analytics", filters=Filters.parse(filters))
    answer, counts = searcher.search_with_facets(query)
    assert (encoder.questions, len(searched)) == (["health analytics"], searches)
    assert answer.results == searcher.search(query).results
    assert counts == searcher.facets(query)
