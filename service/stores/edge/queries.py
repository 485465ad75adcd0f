"""What is asked of Qdrant Edge: nearest by meaning, by words, and what is fused; answers are ids and scores."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

import qdrant_edge as edge

from service.filters import FIELDS, Filters
from service.ranking import SPEAKER_BOOST
from service.stores.keywords import Terms
from service.stores.protocol import ParsedQuery, TermMatches
from service.stores.schema import KEYWORDS_VECTOR, TEXT_VECTOR

_AGAIN = edge.SearchParams(
    hnsw_ef=256, quantization=edge.QuantizationSearchParams(rescore=True, oversampling=2.0)
)
_IN_FULL = edge.SearchParams(quantization=edge.QuantizationSearchParams(ignore=True))
"""Where vectors are kept in 8 bits too: twice as many as are wanted are found by these, then scored in full; or
all are scored in full. Where there is an index, 256 candidates miss hardly anything (docs/operations.md)."""

_MOST_BOOSTED = 1_000
"""Sessions of the speakers that one question names, at most."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a unit vector, and the filter that every answer must pass."""

    vector: list[float]
    condition: edge.Filter | None


def nearest(question: Question, limit: int) -> edge.QueryRequest:
    """Return the request for the highest dot products."""
    return edge.QueryRequest(
        query=_by_meaning(question), limit=limit, filter=question.condition, params=_AGAIN
    )


def by_keywords(
    terms: Terms, limit: int, condition: edge.Filter | None = None
) -> edge.QueryRequest:
    """Return the request for the highest keyword scores."""
    query = edge.Query.Nearest(sparse(terms), using=KEYWORDS_VECTOR)
    return edge.QueryRequest(query=query, limit=limit, filter=condition)


def among(question: Question, ids: Collection[UUID]) -> edge.QueryRequest:
    """Return the request for the dot products of these sessions, whatever the question's filter."""
    wanted = edge.Filter(must=[edge.HasIdCondition(set(ids))])
    return _in_full(question, len(ids), wanted)


def boosts(
    question: Question, query: ParsedQuery, terms: TermMatches | None
) -> Iterator[tuple[float, edge.QueryRequest]]:
    """Yield each boost, and the request for the dot products of the sessions that it is added to."""
    conditions: list[tuple[float, edge.FieldCondition | edge.HasIdCondition]] = []
    if query.speakers:
        by_name = edge.FieldCondition("speakers", match=edge.MatchAny(list(query.speakers)))
        conditions.append((SPEAKER_BOOST, by_name))
    if terms:
        conditions += [(terms.rare_boost, edge.HasIdCondition(set(ids))) for ids in terms.rare]
    given = [question.condition] if question.condition else []
    for boost, some in conditions:
        yield boost, _in_full(question, _MOST_BOOSTED, edge.Filter(must=[some, *given]))


def condition(filters: Filters) -> edge.Filter | None:
    """Return the filters as Edge takes them, None for none."""
    conditions = [
        edge.FieldCondition(key=FIELDS[name].attribute, match=edge.MatchAny(list(values)))  # type: ignore[arg-type]  # texts or numbers
        for name, values in filters.items()
    ]
    return edge.Filter(must=list(conditions)) if conditions else None


def sparse(terms: Terms) -> edge.SparseVector:
    """Return terms as Edge takes them."""
    return edge.SparseVector(terms.indices, terms.values)


def _in_full(question: Question, limit: int, passing: edge.Filter) -> edge.QueryRequest:
    return edge.QueryRequest(
        query=_by_meaning(question), limit=limit, filter=passing, params=_IN_FULL
    )


def _by_meaning(question: Question) -> edge.Query:
    return edge.Query.Nearest(question.vector, using=TEXT_VECTOR)
