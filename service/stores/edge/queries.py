"""Requests to Qdrant Edge: by dot product, by keywords, and of boosted sessions."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import qdrant_edge as edge

from service.errors import REMEDY, DamagedError
from service.filters import RUNS_UNTIL, Filters
from service.ranking import SPEAKER_BOOST
from service.slots import Slot
from service.stores.keywords import Terms
from service.stores.protocol import ParsedQuery, TermMatches
from service.stores.schema import KEYWORDS_VECTOR, TEXT_VECTOR

_RESCORED = edge.SearchParams(
    hnsw_ef=256, quantization=edge.QuantizationSearchParams(rescore=True, oversampling=2.0)
)
_FULL_PRECISION = edge.SearchParams(quantization=edge.QuantizationSearchParams(ignore=True))
"""Where vectors are quantized, twice as many as are wanted are found by 8 bits, then scored in full precision;
or all are scored in full precision. With HNSW, 256 candidates miss hardly any (docs/operations.md)."""

_MAX_BOOSTED = 1_000
"""Sessions of the speakers that one query names, at most."""


@dataclass(frozen=True, slots=True)
class DenseQuery:
    """A query as a unit vector (dimension,), and the filter that every hit must pass."""

    vector: list[float]
    condition: edge.Filter | None


def nearest(dense: DenseQuery, limit: int) -> edge.QueryRequest:
    """Return the request for the highest dot products."""
    return edge.QueryRequest(
        query=_nearest_query(dense), limit=limit, filter=dense.condition, params=_RESCORED
    )


def by_keywords(
    terms: Terms, limit: int, condition: edge.Filter | None = None
) -> edge.QueryRequest:
    """Return the request for the highest keyword scores."""
    query = edge.Query.Nearest(sparse(terms), using=KEYWORDS_VECTOR)
    return edge.QueryRequest(query=query, limit=limit, filter=condition)


def score_ids(dense: DenseQuery, ids: Collection[UUID]) -> edge.QueryRequest:
    """Return the request for the dot products of these sessions, whatever the query's filter."""
    wanted = edge.Filter(must=[edge.HasIdCondition(set(ids))])
    return _exactly(dense, len(ids), wanted)


def boosts(
    dense: DenseQuery, query: ParsedQuery, terms: TermMatches | None
) -> Iterator[tuple[float, edge.QueryRequest]]:
    """Yield each boost, and the request for the dot products of the sessions that it is added to."""
    conditions: list[tuple[float, edge.FieldCondition | edge.HasIdCondition]] = []
    if query.speakers:
        by_name = edge.FieldCondition("speakers", match=edge.MatchAny(list(query.speakers)))
        conditions.append((SPEAKER_BOOST, by_name))
    if terms:
        conditions += [(terms.rare_boost, edge.HasIdCondition(set(ids))) for ids in terms.rare]
    given = [dense.condition] if dense.condition else []
    for boost, some in conditions:
        yield boost, _exactly(dense, _MAX_BOOSTED, edge.Filter(must=[some, *given]))


def condition(filters: Filters) -> edge.Filter | None:
    """Return the filters as Edge takes them, None for none."""
    conditions: list[Any] = [
        edge.FieldCondition(key=key, match=edge.MatchAny(list(values)))  # type: ignore[arg-type]  # all str or all int, by the field's type
        for key, values in filters.matches()
    ]
    conditions += [
        edge.FieldCondition(key=key, range=edge.RangeFloat(**{comparison: minutes}))
        for key, comparison, minutes in filters.bounds()
    ]
    taken: list[Any] = [edge.Filter(must=_overlapping(slot)) for slot in filters.slots]
    return edge.Filter(must=conditions, must_not=taken) if conditions or taken else None


def _overlapping(slot: Slot) -> list[Any]:
    """Return the conditions of the sessions that overlap a slot."""
    starts, ends = slot.starts.isoformat(), slot.ends.isoformat()
    conditions: list[Any] = [
        edge.FieldCondition("starts_at", range=edge.RangeDateTime(lt=ends)),
        edge.FieldCondition(RUNS_UNTIL, range=edge.RangeDateTime(gt=starts)),
    ]
    return conditions + [
        edge.FieldCondition(key, match=edge.MatchValue(value)) for key, value in slot.matches()
    ]


def sparse(terms: Terms) -> edge.SparseVector:
    """Return terms as Edge takes them."""
    return edge.SparseVector(terms.indices, terms.values)


def stored_terms(record: edge.Record) -> Terms:
    """Return the terms of a point that was read with its vectors, none if it has none."""
    vector: Any = record.vector
    found = vector.get(KEYWORDS_VECTOR) if isinstance(vector, dict) else None
    return Terms(list(found.indices), list(found.values)) if found else Terms([], [])


def dense_vector(record: edge.Record) -> list[float]:
    """Return the vector of a point that was read with it. Raises DamagedError if it has none."""
    vector: Any = record.vector
    if not isinstance(vector, dict) or TEXT_VECTOR not in vector:
        raise DamagedError(f"Session {record.id} has no vector. {REMEDY}")
    values: list[float] = vector[TEXT_VECTOR]
    return values


def uuid_of(id: Any) -> UUID:
    """Return the id of a point."""
    return id if isinstance(id, UUID) else UUID(str(id))


def _exactly(dense: DenseQuery, limit: int, passing: edge.Filter) -> edge.QueryRequest:
    return edge.QueryRequest(
        query=_nearest_query(dense), limit=limit, filter=passing, params=_FULL_PRECISION
    )


def _nearest_query(dense: DenseQuery) -> edge.Query:
    return edge.Query.Nearest(dense.vector, using=TEXT_VECTOR)
