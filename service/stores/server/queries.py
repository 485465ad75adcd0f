"""What is asked of a Qdrant server: nearest by meaning, by words, and both fused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qdrant_client import models

from service.filters import FIELDS, Filters
from service.ranking import SPEAKER_BOOST
from service.stores.fusion import proposed
from service.stores.keywords import Terms
from service.stores.protocol import ParsedQuery, TermMatches
from service.stores.schema import KEYWORDS_VECTOR, TEXT_VECTOR

Request = dict[str, Any]
"""Arguments of the client's `query_points`."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a unit vector, the filter that every answer must pass, and how to look."""

    vector: list[float]
    condition: models.Filter | None
    parameters: models.SearchParams


def nearest(question: Question, limit: int) -> Request:
    """Return the request for the highest dot products."""
    return {
        "query": question.vector,
        "using": TEXT_VECTOR,
        "limit": limit,
        "query_filter": question.condition,
        "search_params": question.parameters,
        "with_payload": True,
    }


def by_keywords(
    terms: Terms, limit: int, condition: models.Filter | None = None, *, with_all: bool = False
) -> Request:
    """Return the request for the highest keyword scores; `with_all` brings payloads and vectors."""
    return {
        "query": sparse(terms),
        "using": KEYWORDS_VECTOR,
        "limit": limit,
        "query_filter": condition,
        "with_payload": with_all,
        "with_vectors": [TEXT_VECTOR] if with_all else False,
    }


def fused(
    question: Question,
    terms: Sequence[Terms],
    limit: int,
    query: ParsedQuery,
    matches: TermMatches,
    weight: float,
) -> Request:
    """Return the request for the highest fused scores (see `service.stores.fusion`).

    `terms` are the question's, then each of its phrases' (they only propose candidates). All candidates are
    scored by meaning; sessions of the speakers asked for, or with rare terms, are candidates too, and boosted.
    """
    count = proposed(limit)
    proposals = [
        _by_meaning(question, question.condition, count),
        *(_proposal(question, some, count) for some in terms if some.indices),
    ]
    score: list[Any] = ["$score[0]"]
    scored = []
    if terms[0].indices:
        scored.append(_proposal(question, terms[0], 2 * count))
        score.append(models.MultExpression(mult=[weight, "$score[1]"]))
    for boost, condition in _boosts(query, matches):
        given = [question.condition] if question.condition else []
        proposals.append(_by_meaning(question, models.Filter(must=[condition, *given]), count))
        score.append(models.MultExpression(mult=[boost, condition]))
    every = models.Prefetch(
        prefetch=proposals,
        query=question.vector,
        using=TEXT_VECTOR,
        params=question.parameters,
        limit=len(proposals) * count,
    )
    return {
        "prefetch": [every, *scored],
        "query": models.FormulaQuery(
            formula=models.SumExpression(sum=score),
            defaults={"$score[0]": -1.0, "$score[1]": 0.0},
        ),
        "limit": limit,
        "with_payload": True,
        "with_vectors": [TEXT_VECTOR],
    }


def condition(filters: Filters) -> models.Filter | None:
    """Return the filters as the server's conditions, None where there are none."""
    conditions = [
        models.FieldCondition(key=FIELDS[name].attribute, match=models.MatchAny(any=list(values)))  # type: ignore[arg-type]  # texts or numbers
        for name, values in filters.items()
    ]
    return models.Filter(must=list(conditions)) if conditions else None


def sparse(terms: Terms) -> models.SparseVector:
    """Return terms as the server takes them."""
    return models.SparseVector(indices=terms.indices, values=terms.values)


def _boosts(
    query: ParsedQuery, matches: TermMatches
) -> Iterator[tuple[float, models.FieldCondition | models.HasIdCondition]]:
    """Yield each boost, and the condition of the sessions that it is added to."""
    if query.speakers:
        names = models.MatchAny(any=list(query.speakers))
        yield SPEAKER_BOOST, models.FieldCondition(key="speakers", match=names)
    for sessions in matches.rare:
        yield matches.rare_boost, models.HasIdCondition(has_id=[str(id) for id in sessions])


def _by_meaning(question: Question, condition: models.Filter | None, limit: int) -> models.Prefetch:
    return models.Prefetch(
        query=question.vector,
        using=TEXT_VECTOR,
        filter=condition,
        params=question.parameters,
        limit=limit,
    )


def _proposal(question: Question, terms: Terms, limit: int) -> models.Prefetch:
    return models.Prefetch(
        query=sparse(terms), using=KEYWORDS_VECTOR, filter=question.condition, limit=limit
    )
