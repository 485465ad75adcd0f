"""Answers made by hand, and a searcher that gives them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from service.query.query import Query
from service.search.answer import Answer, SearchResult
from service.search.searcher import Searcher
from service.search.snippets import Part, Reason
from service.session import Session
from service.stores.protocol import FacetCounts
from support.fakes import BagOfWords
from support.web_fixtures import SESSIONS


def result_of(session: Session, rank: int = 1, decided_by: Part | None = "meaning") -> SearchResult:
    """Return a result that a similarity of .5 found."""
    return SearchResult(rank, 1.0, 0.5, session, Reason((), None, decided_by), (session,))


def answer_with(results: int | Sequence[SearchResult] = 3, **values: Any) -> Answer:
    """Return an answer with these results, or so many of them."""
    if isinstance(results, int):
        results = [result_of(session, n) for n, session in enumerate(SESSIONS[:results], 1)]
    given = {"query": "health", "mode": "hybrid", "took_ms": 1.0, "verdict": "strong", **values}
    return Answer(results=tuple(results), **given)


class Understanding(Searcher):
    """A Searcher that understands of every question to be interpreted what it is told to."""

    def __init__(self, searcher: Searcher, **understood: Any) -> None:
        """Take a searcher, and the fields of its answers that are said in place of its own."""
        super().__init__(searcher.store, lambda _: BagOfWords())
        self._understood = understood

    def search_with_facets(self, query: Query) -> tuple[Answer, FacetCounts]:
        """Return what the searcher finds, with what it is told to have understood."""
        answer, counts = super().search_with_facets(replace(query, interpret=False))
        if not query.interpret:
            return answer, counts
        constraints = self._understood.get("understood", ())
        kept = tuple(one for one in constraints if one.kind not in query.ignore)
        return replace(answer, **self._understood | {"understood": kept}), counts
