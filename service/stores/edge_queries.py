"""What is asked of Qdrant Edge: nearest by meaning, by words, and both fused; answers are ids and scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import qdrant_edge as edge

from service.filters import Filters
from service.stores.catalogue import Asked
from service.stores.fusion import NAMED, proposed
from service.stores.keywords import Terms

TEXT = "text"
KEYWORDS = "keywords"
"""The names of a point's two vectors."""

_AGAIN = edge.SearchParams(
    quantization=edge.QuantizationSearchParams(rescore=True, oversampling=2.0)
)
_IN_FULL = edge.SearchParams(quantization=edge.QuantizationSearchParams(ignore=True))
"""Where vectors are kept in 8 bits too: twice as many as are wanted are found by these, then scored in full; or
all are scored in full."""


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
    query = edge.Query.Nearest(sparse(terms), using=KEYWORDS)
    return edge.QueryRequest(query=query, limit=limit, filter=condition)


def fused(
    question: Question,
    terms: Sequence[Terms],
    limit: int,
    asked: Asked,
    weight: float,
) -> edge.QueryRequest:
    """Return the request for the highest fused scores (see `service.stores.fusion`).

    `terms` are the question's, then each of its phrases' (they only propose candidates). All candidates are
    scored by meaning; sessions of the speakers asked for, or with rare words, are candidates too, and gain.
    """
    count = proposed(limit)
    proposals = [
        edge.Prefetch(count, _by_meaning(question), filter=question.condition, params=_AGAIN),
        *(_proposal(question, some, count) for some in terms if some.indices),
    ]
    score = [edge.Expression.Variable("$score[0]")]
    scored = []
    if terms[0].indices:
        scored.append(_proposal(question, terms[0], 2 * count))
        by_words = edge.Expression.Variable("$score[1]")
        score.append(edge.Expression.Mult([edge.Expression.Constant(weight), by_words]))
    for gain, condition in _gains(asked):
        given = [question.condition] if question.condition else []
        both = edge.Filter(must=[condition, *given])
        proposals.append(edge.Prefetch(count, _by_meaning(question), filter=both))
        factors = [edge.Expression.Constant(gain), edge.Expression.Condition(condition)]
        score.append(edge.Expression.Mult(factors))
    every = edge.Prefetch(
        len(proposals) * count, _by_meaning(question), prefetches=proposals, params=_IN_FULL
    )
    return edge.QueryRequest(
        prefetches=[every, *scored],
        query=edge.Formula(edge.Expression.Sum(score), {"$score[0]": -1.0, "$score[1]": 0.0}),
        limit=limit,
    )


def condition(filters: Filters) -> edge.Filter | None:
    """Return the filters as Edge takes them, None for none."""
    conditions = [
        edge.FieldCondition(key=name, match=edge.MatchAny(list(values)))  # type: ignore[arg-type]  # texts or numbers
        for name, values in filters.given()
    ]
    return edge.Filter(must=list(conditions)) if conditions else None


def sparse(terms: Terms) -> edge.SparseVector:
    """Return terms as Edge takes them."""
    return edge.SparseVector(terms.indices, terms.values)


def _gains(asked: Asked) -> Iterator[tuple[float, edge.FieldCondition | edge.HasIdCondition]]:
    """Yield what sessions gain, and which do."""
    if asked.names:
        yield NAMED, edge.FieldCondition("speakers", match=edge.MatchAny(list(asked.names)))
    for sessions in asked.rare:
        yield asked.gain, edge.HasIdCondition(set(sessions))


def _by_meaning(question: Question) -> edge.Query:
    return edge.Query.Nearest(question.vector, using=TEXT)


def _proposal(question: Question, terms: Terms, limit: int) -> edge.Prefetch:
    query = edge.Query.Nearest(sparse(terms), using=KEYWORDS)
    return edge.Prefetch(limit, query, filter=question.condition)
