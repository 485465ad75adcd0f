"""The comparison of two stores' answers: what counts as the same, as a tie and as a difference."""

from contextlib import closing
from pathlib import Path

import pytest
from qdrant_client import QdrantClient
from support.stores import ENCODER, store_on, talk, write

from benchmarks.stores import check_alike, compare, draw, rows
from evaluation.datasets import QuestionSet
from service.query.query import Query
from service.search.answer import Answer, SearchResult
from service.search.searcher import Searcher
from service.search.snippets import Reason
from service.stores.edge.store import EdgeStore
from service.verdict.judge import Verdict

TALKS = [talk(number) for number in range(6)]
GRADED = [talk(number, f"{'topic ' * number}other{number}") for number in range(1, 9)]
"""The more of the topic, the nearer to it: no two are as near as each other."""


class Prepared:
    """Answers every question with sessions by number, and their scores."""

    def __init__(self, scores: dict[int, float], verdict: Verdict = "strong") -> None:
        self._scores = scores
        self._verdict = verdict

    def search(self, query: Query) -> Answer:
        found = list(self._scores.items())[: query.limit]
        results = tuple(
            SearchResult(rank, score, score, TALKS[number], Reason((), None), (TALKS[number],))
            for rank, (number, score) in enumerate(found, start=1)
        )
        return Answer(query.text, query.mode, 0.0, self._verdict, results)


def test_the_same_catalogue_in_both_stores_answers_the_same(tmp_path: Path) -> None:
    with (
        closing(EdgeStore(tmp_path, "sessions")) as embedded,
        closing(store_on(QdrantClient(":memory:"))) as server,
    ):
        for store in (embedded, server):
            write(store, GRADED)
        check_alike(embedded, server)
        asked = [Searcher(store, lambda _: ENCODER) for store in (embedded, server)]
        questions = ("topic", "topics", "other7 topic", "an other2 subject")
        compared = [compare(question, asked[0], asked[1]) for question in questions]
        write(server, GRADED[:4])
        with pytest.raises(SystemExit, match="migrate server"):
            check_alike(embedded, server)
    assert [row.ratio for row in rows(compared)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("server", "counts"),
    [
        ({1: 0.9, 2: 0.8, 3: 0.7, 4: 0.7}, (1, 1, 1, 1)),
        ({1: 0.9, 2: 0.8, 4: 0.7, 3: 0.7}, (1, 1, 0, 1)),
        ({1: 0.9, 2: 0.8, 4: 0.71, 3: 0.7}, (1, 1, 0, 0)),
        ({1: 0.9, 2: 0.8, 5: 0.7, 3: 0.7, 4: 0.7}, (1, 1, 0, 0)),
        ({2: 0.9, 1: 0.8, 3: 0.7, 4: 0.7}, (0, 1, 0, 0)),
        ({1: 0.9, 2: 0.8}, (1, 1, 0, 0)),
    ],
)
def test_a_difference_is_a_tie_where_the_scores_are_the_same_in_both(
    server: dict[int, float], counts: tuple[int, ...]
) -> None:
    embedded = Prepared({1: 0.9, 2: 0.8, 3: 0.7, 4: 0.7 - 1e-7})
    found = compare("question", embedded, Prepared(server))
    assert tuple(row.ours for row in rows([found])) == counts


def test_verdicts_are_compared_and_told() -> None:
    scores = {1: 0.9}
    found = compare("question", Prepared(scores), Prepared(scores, "none"))
    assert [row.ours for row in rows([found])] == [1, 0, 1, 1]
    assert list(found.lines()) == [
        "'question' differs:",
        "  embedded: strong, 'Talk number1' 0.9000000",
        "  server: none, 'Talk number1' 0.9000000",
    ]


def test_as_many_questions_are_drawn_of_each_set_and_none_twice() -> None:
    many = QuestionSet("many", {str(n): f"many {n}" for n in range(50)}, {})
    few = QuestionSet("few", {"a": "few", "b": "few", "c": "?!", "d": "many 7"}, {})
    drawn = draw([many, few], 10)
    assert len(drawn) == len(set(drawn)) == 10
    assert {"few", "many 7"} <= set(drawn)
    assert draw([few], 10) == draw([few], 10)
    assert sorted(draw([few], 10)) == ["few", "many 7"]
