"""What is asked of Qdrant Edge: nearest by meaning, by words, and both fused; answers are ids and scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import qdrant_edge as edge

from service.filters import Filters
from service.stores.fusion import CANDIDATES, NAMED
from service.stores.keywords import Terms

TEXT = "text"
KEYWORDS = "keywords"
"""The names of a point's two vectors."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a unit vector, and the filter that every answer must pass."""

    vector: list[float]
    condition: edge.Filter | None


def nearest(question: Question, limit: int) -> edge.QueryRequest:
    """Return the request for the highest dot products."""
    return edge.QueryRequest(query=_by_meaning(question), limit=limit, filter=question.condition)


def by_keywords(question: Question, terms: Terms, limit: int) -> edge.QueryRequest:
    """Return the request for the highest keyword scores."""
    query = edge.Query.Nearest(sparse(terms), using=KEYWORDS)
    return edge.QueryRequest(query=query, limit=limit, filter=question.condition)


def fused(
    question: Question,
    terms: Sequence[Terms],
    limit: int,
    *,
    weight: float,
    names: Sequence[str],
) -> edge.QueryRequest:
    """Return the request for the highest fused scores (see `service.stores.fusion`).

    `terms` are the question's, then each of its phrases' (they only propose candidates). All candidates are
    scored by meaning; sessions of speakers called one of `names` are candidates too, and gain.
    """
    proposals = [
        edge.Prefetch(CANDIDATES, _by_meaning(question), filter=question.condition),
        *(_proposal(question, some) for some in terms if some.indices),
    ]
    score = [edge.Expression.Variable("$score[0]")]
    scored = []
    if terms[0].indices:
        scored.append(_proposal(question, terms[0], 4 * CANDIDATES))
        by_words = edge.Expression.Variable("$score[1]")
        score.append(edge.Expression.Mult([edge.Expression.Constant(weight), by_words]))
    if names:
        by_them = edge.FieldCondition(key="speakers", match=edge.MatchAny(list(names)))
        given = [question.condition] if question.condition else []
        both = edge.Filter(must=[by_them, *given])
        proposals.append(edge.Prefetch(CANDIDATES, _by_meaning(question), filter=both))
        gain = [edge.Expression.Constant(NAMED), edge.Expression.Condition(by_them)]
        score.append(edge.Expression.Mult(gain))
    every = edge.Prefetch(len(proposals) * CANDIDATES, _by_meaning(question), prefetches=proposals)
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


def _by_meaning(question: Question) -> edge.Query:
    return edge.Query.Nearest(question.vector, using=TEXT)


def _proposal(question: Question, terms: Terms, limit: int = CANDIDATES) -> edge.Prefetch:
    query = edge.Query.Nearest(sparse(terms), using=KEYWORDS)
    return edge.Prefetch(limit, query, filter=question.condition)
