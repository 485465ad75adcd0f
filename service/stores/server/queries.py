"""Requests to a Qdrant server: by dot product, by keywords, and both fused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qdrant_client import models

from service.filters import RUNS_UNTIL, Filters
from service.ranking import SPEAKER_BOOST
from service.slots import Slot
from service.stores.fusion import candidate_count
from service.stores.keywords import Terms
from service.stores.protocol import ParsedQuery, TermMatches
from service.stores.schema import KEYWORDS_VECTOR, TEXT_VECTOR

Request = dict[str, Any]
"""Arguments of the client's `query_points`."""


@dataclass(frozen=True, slots=True)
class DenseQuery:
    """A query as a unit vector (dimension,), the filter that every hit must pass, and how to search."""

    vector: list[float]
    condition: models.Filter | None
    parameters: models.SearchParams


def stored_terms(record: models.Record) -> Terms:
    """Return the terms of a point that was read with them, none if it has none."""
    found = record.vector.get(KEYWORDS_VECTOR) if isinstance(record.vector, dict) else None
    return (
        Terms(found.indices, found.values)
        if isinstance(found, models.SparseVector)
        else Terms([], [])
    )


def nearest(dense: DenseQuery, limit: int) -> Request:
    """Return the request for the highest dot products."""
    return {
        "query": dense.vector,
        "using": TEXT_VECTOR,
        "limit": limit,
        "query_filter": dense.condition,
        "search_params": dense.parameters,
        "with_payload": True,
    }


def by_keywords(
    terms: Terms, limit: int, condition: models.Filter | None = None, *, with_data: bool = False
) -> Request:
    """Return the request for the highest BM25 scores; `with_data` asks for payloads and vectors too."""
    return {
        "query": sparse(terms),
        "using": KEYWORDS_VECTOR,
        "limit": limit,
        "query_filter": condition,
        "with_payload": with_data,
        "with_vectors": [TEXT_VECTOR] if with_data else False,
    }


def fused(
    dense: DenseQuery,
    terms: Sequence[Terms],
    limit: int,
    query: ParsedQuery,
    matches: TermMatches,
    weight: float,
) -> Request:
    """Return the request for the highest fused scores (see `service.stores.fusion`).

    `terms` are the query's, then each of its phrases' (those add candidates, and no score). Boosted sessions,
    of the query's speakers or with its rare terms, are candidates too. Every candidate has a dot product.
    """
    count = candidate_count(limit)
    candidates = [
        _dense_candidates(dense, dense.condition, count),
        *(_keyword_candidates(dense, some, count) for some in terms if some.indices),
    ]
    score: list[Any] = ["$score[0]"]
    scored = []
    if terms[0].indices:
        scored.append(_keyword_candidates(dense, terms[0], 2 * count))
        score.append(models.MultExpression(mult=[weight, "$score[1]"]))
    for boost, condition in _boosts(query, matches):
        given = [dense.condition] if dense.condition else []
        candidates.append(_dense_candidates(dense, models.Filter(must=[condition, *given]), count))
        score.append(models.MultExpression(mult=[boost, condition]))
    every = models.Prefetch(
        prefetch=candidates,
        query=dense.vector,
        using=TEXT_VECTOR,
        params=dense.parameters,
        limit=len(candidates) * count,
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
    conditions: list[Any] = [
        models.FieldCondition(key=key, match=models.MatchAny(any=list(values)))  # type: ignore[arg-type]  # all str or all int, by the field's type
        for key, values in filters.matches()
    ]
    conditions += [
        models.FieldCondition(key=key, range=models.Range(**{comparison: minutes}))
        for key, comparison, minutes in filters.bounds()
    ]
    taken: list[Any] = [models.Filter(must=_overlapping(slot)) for slot in filters.slots]
    return models.Filter(must=conditions, must_not=taken) if conditions or taken else None


def _overlapping(slot: Slot) -> list[Any]:
    """Return the conditions of the sessions that overlap a slot."""
    conditions: list[Any] = [
        models.FieldCondition(key="starts_at", range=models.DatetimeRange(lt=slot.ends)),
        models.FieldCondition(key=RUNS_UNTIL, range=models.DatetimeRange(gt=slot.starts)),
    ]
    return conditions + [
        models.FieldCondition(key=key, match=models.MatchValue(value=value))
        for key, value in slot.matches()
    ]


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


def _dense_candidates(
    dense: DenseQuery, condition: models.Filter | None, limit: int
) -> models.Prefetch:
    return models.Prefetch(
        query=dense.vector,
        using=TEXT_VECTOR,
        filter=condition,
        params=dense.parameters,
        limit=limit,
    )


def _keyword_candidates(dense: DenseQuery, terms: Terms, limit: int) -> models.Prefetch:
    return models.Prefetch(
        query=sparse(terms), using=KEYWORDS_VECTOR, filter=dense.condition, limit=limit
    )
