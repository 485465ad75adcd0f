"""One generation of an embedded catalogue: a Qdrant Edge shard, open for reading."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import qdrant_edge as edge

from service.encoder import Vectors, checked
from service.errors import StoreError
from service.filters import NO_FILTERS, Filters
from service.session import Session
from service.stores.catalogue import Asked, FacetCounts, Hit, Known
from service.stores.edge_queries import (
    TEXT,
    Question,
    by_keywords,
    condition,
    fused,
    nearest,
)
from service.stores.fusion import keyword_weight
from service.stores.keywords import Terms, question_terms, word_terms
from service.stores.manifest import Manifest

BATCH = 256
"""Points of one read or write."""

_ALL_VALUES = 1_000_000


class EdgeGeneration:
    """One generation, open for reading."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """Open the generation in `path`. Raises StoreError if it is damaged."""
        self.manifest = manifest
        self.readers = 0
        with translated(f"open {path}"):
            self._shard = edge.EdgeShard.load(str(path / "points"))

    def search(
        self, vector: Vectors, limit: int, filters: Filters, asked: Asked | None = None
    ) -> list[Hit]:
        """Return the `limit` sessions that answer best, highest score first (see `Generation.search`)."""
        row = checked(vector[np.newaxis], 1, self.manifest.encoder.dimension)[0]
        question = Question(row.tolist(), condition(filters))
        with translated("search"):
            if asked is None:
                points = self._shard.query(nearest(question, limit))
            else:
                points = self._by_words(question, limit, asked)
            found = sorted((-point.score, str(point.id)) for point in points)
            return self._read(found, None if asked is None else row)

    def _by_words(self, question: Question, limit: int, asked: Asked) -> list[edge.ScoredPoint]:
        terms, *phrases = (
            question_terms(text, self.manifest.languages) for text in (asked.text, *asked.phrases)
        )
        if asked.mode == "keyword":
            return self._shard.query(by_keywords(terms, limit, question.condition))
        best = self._best(terms, question.condition) if asked.best is None else asked.best
        weight = keyword_weight(best, self.manifest.sessions, spoken=asked.spoken)
        return self._shard.query(fused(question, [terms, *phrases], limit, asked, weight))

    def best_score(self, text: str, filters: Filters) -> float:
        """Return the highest keyword score of a question among sessions that pass (see `Generation`)."""
        with translated("search"):
            return self._best(question_terms(text, self.manifest.languages), condition(filters))

    def _best(self, terms: Terms, passing: edge.Filter | None) -> float:
        found = self._shard.query(by_keywords(terms, 1, passing))
        return found[0].score if found else 0.0

    def having(self, words: Sequence[str], most: int) -> list[tuple[UUID, ...]]:
        """Return for each word up to `most` sessions that have just this word (see `Generation`)."""
        with translated("search"):
            found = [self._shard.query(by_keywords(word_terms(word), most)) for word in words]
        return [tuple(_uuid(point.id) for point in points) for points in found]

    def _read(self, found: Sequence[tuple[float, str]], row: Vectors | None) -> list[Hit]:
        """Read the sessions found (negative scores, ids): by id, which is faster than with the query.

        The scores are dot products where there is no `row`; else they are computed with it.
        """
        vector: list[str] | bool = [TEXT] if row is not None else False
        records = self._shard.retrieve(
            [id for _, id in found], with_payload=True, with_vector=vector
        )
        by_id = {str(record.id): record for record in records}
        return [_hit(by_id[id], -score, row) for score, id in found]

    def get(self, ids: Sequence[UUID]) -> list[Session]:
        """Return the sessions of those ids, in the order given; ids that are not there are left out."""
        with translated("read sessions"):
            records = self._shard.retrieve(list(ids), with_payload=True, with_vector=False)
        found = {record.id: Session.from_payload(record.payload or {}) for record in records}
        return [found[id] for id in ids if id in found]

    def vectors(self, ids: Sequence[UUID]) -> dict[UUID, Vectors]:
        """Return the unit vector (dimension,) of each session; ids that are not there are left out."""
        with translated("read sessions"):
            records = self._shard.retrieve(list(ids), with_payload=False, with_vector=True)
        return {
            _uuid(record.id): np.asarray(_dense(record.vector), dtype=np.float32)
            for record in records
        }

    def count(self, filters: Filters = NO_FILTERS) -> int:
        """Return the exact number of sessions that pass the filters."""
        with translated("count sessions"):
            return self._shard.count(edge.CountRequest(exact=True, filter=condition(filters)))

    def facets(self, names: Sequence[str], filters: Filters = NO_FILTERS) -> FacetCounts:
        """Return the counts of every value of the payload fields `names` among sessions that pass."""
        with translated("count values"):
            answers = {
                name: self._shard.facet(
                    edge.FacetRequest(
                        name, limit=_ALL_VALUES, exact=True, filter=condition(filters)
                    )
                )
                for name in names
            }
        return {
            name: sorted(
                ((hit.value, hit.count) for hit in answer.hits),
                key=lambda pair: (-pair[1], str(pair[0])),
            )
            for name, answer in answers.items()
        }

    def known(self) -> Iterator[Known]:
        """Yield what a loader compares, for every session."""
        keys = ["event", "year", "text_hash", "payload_hash"]
        for records in self._scroll(payload=keys, vectors=False, batch=4 * BATCH):
            for record in records:
                payload = record.payload or {}
                yield Known(_uuid(record.id), **{key: payload[key] for key in keys})

    def scan(self, *, batch: int = BATCH) -> Iterator[tuple[list[Session], Vectors]]:
        """Yield all sessions with their vectors, in batches."""
        for records in self._scroll(payload=True, vectors=True, batch=batch):
            sessions = [Session.from_payload(record.payload or {}) for record in records]
            rows = [_dense(record.vector) for record in records]
            yield sessions, np.asarray(rows, dtype=np.float32)

    def close(self) -> None:
        """Release the generation's files."""
        self._shard.close()

    def _scroll(
        self, *, payload: bool | list[str], vectors: bool, batch: int
    ) -> Iterator[list[edge.Record]]:
        offset = None
        while True:
            with translated("read sessions"):
                records, offset = self._shard.scroll(
                    edge.ScrollRequest(
                        offset=offset, limit=batch, with_payload=payload, with_vector=vectors
                    )
                )
            if records:
                yield records
            if offset is None:
                return


def _hit(record: edge.Record, score: float, row: Vectors | None) -> Hit:
    similarity = score
    if row is not None:
        similarity = float(np.asarray(_dense(record.vector), dtype=np.float32) @ row)
    return Hit(Session.from_payload(record.payload or {}), score, similarity)


def _dense(vector: Any) -> list[float]:
    values: list[float] = vector[TEXT]
    return values


def _uuid(id: Any) -> UUID:
    return id if isinstance(id, UUID) else UUID(str(id))


@contextmanager
def translated(action: str) -> Iterator[None]:
    """Turn what Edge raises (bare exceptions, and panics that are no Exception) into StoreError."""
    try:
        yield
    except (
        BaseException
    ) as error:  # a panic of the driver is no Exception; all else is raised again
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise StoreError(f"The embedded store could not {action}: {error}") from error
        raise
