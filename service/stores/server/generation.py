"""One generation on a Qdrant server: a collection, open for reading."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
from qdrant_client import models

from service.encoder import Vectors, checked
from service.errors import REMEDY, DamagedError
from service.filters import FIELDS, NO_FILTERS, Filters, Value
from service.runtime import deadline
from service.session import Session
from service.settings import QdrantSettings
from service.stores import editions
from service.stores.editions import EditionDay
from service.stores.fusion import keyword_weight
from service.stores.hashes import HASHED, SessionHashes, decode_hashes
from service.stores.keywords import Terms, question_terms, word_terms
from service.stores.manifest import Manifest, check_indexes
from service.stores.payload import decode_payload
from service.stores.programme import by_title, list_programme
from service.stores.protocol import (
    BY_VECTOR,
    FacetCounts,
    Hit,
    ParsedQuery,
    TermMatches,
)
from service.stores.schema import KEYWORDS_VECTOR, TEXT_VECTOR
from service.stores.server.connection import Connection
from service.stores.server.programme import ServerProgramme
from service.stores.server.queries import (
    DenseQuery,
    Request,
    by_keywords,
    condition,
    fused,
    nearest,
    sparse,
    stored_terms,
)
from service.stores.server.tombstones import read_tombstones
from service.stores.server.vocabulary import read_vocabulary
from service.stores.tombstones import Tombstone
from service.stores.vocabulary import Vocabulary

_MAX_VALUES = 1_000_000
_BATCH = 256
_OVERSAMPLING = 2.0  # quantized candidates a hit, scored again in full precision


class ServerGeneration:
    """One generation, open for reading."""

    def __init__(
        self, connection: Connection, settings: QdrantSettings, manifest: Manifest
    ) -> None:
        """Name the collection; nothing is requested yet."""
        self.manifest = manifest
        self._connection = connection
        self._name = manifest.generation
        nodes = settings.read_consistency
        self._consistency = models.ReadConsistencyType(nodes) if isinstance(nodes, str) else nodes
        self._parameters = models.SearchParams(
            hnsw_ef=settings.hnsw_ef,
            quantization=models.QuantizationSearchParams(rescore=True, oversampling=_OVERSAMPLING)
            if settings.quantization != "none"
            else None,
        )

    def search(
        self,
        vector: Vectors,
        limit: int,
        filters: Filters,
        query: ParsedQuery = BY_VECTOR,
        terms: TermMatches | None = None,
    ) -> list[Hit]:
        """Return the `limit` sessions that answer best, highest score first (see `Generation.search`)."""
        row = checked(vector[np.newaxis], 1, self.manifest.encoder.dimension)[0]
        dense = DenseQuery(row.tolist(), self._condition(filters), self._parameters)
        if query.mode == "semantic":
            points = self._query(nearest(dense, limit))
        else:
            points = self._by_words(dense, limit, query, terms)
        points.sort(key=lambda point: (-point.score, str(point.id)))
        return [_hit(point, row) for point in points]

    def _by_words(
        self, dense: DenseQuery, limit: int, query: ParsedQuery, matches: TermMatches | None
    ) -> list[models.ScoredPoint]:
        languages = self.manifest.languages
        terms = question_terms(query.text, languages, as_title=True)
        phrases = [question_terms(phrase, languages) for phrase in query.phrases]
        if query.mode == "keyword":
            return self._query(by_keywords(terms, limit, dense.condition, with_data=True))
        matches = matches or TermMatches(
            self._max_bm25(question_terms(query.text, languages), dense.condition)
        )
        weight = keyword_weight(
            matches.max_bm25, self.manifest.sessions, is_sentence=query.is_sentence
        )
        return self._query(fused(dense, [terms, *phrases], limit, query, matches, weight))

    def max_bm25(self, text: str, filters: Filters) -> float:
        """Return a query's highest BM25 score among sessions that pass (see `Generation.max_bm25`)."""
        return self._max_bm25(
            question_terms(text, self.manifest.languages), self._condition(filters)
        )

    def _condition(self, filters: Filters) -> models.Filter | None:
        """Return the filters as conditions. Raises RefusedError for a field without an index."""
        check_indexes(self.manifest, filters)
        return condition(filters)

    def _max_bm25(self, terms: Terms, passing: models.Filter | None) -> float:
        return max((one.score for one in self._query(by_keywords(terms, 1, passing))), default=0.0)

    def find_by_term(self, words: Sequence[str], most: int) -> list[tuple[UUID, ...]]:
        """Return for each word up to `most` sessions that have it (see `Generation.find_by_term`)."""
        if not words:
            return []
        requests = [
            models.QueryRequest(
                query=models.NearestQuery(
                    nearest=sparse(word_terms(word, self.manifest.languages))
                ),
                using=KEYWORDS_VECTOR,
                limit=most,
            )
            for word in words
        ]
        answers = self._connection.call(
            "search",
            lambda client: client.query_batch_points(
                self._name, requests, consistency=self._consistency
            ),
        )
        return [tuple(UUID(str(point.id)) for point in answer.points) for answer in answers]

    def _query(self, request: Request) -> list[models.ScoredPoint]:
        answer = self._connection.call(
            "search",
            lambda client: client.query_points(
                self._name, consistency=self._consistency, **request
            ),
        )
        return answer.points

    def vocabulary(self) -> Vocabulary | None:
        """Return the words of the sessions, None if an older version wrote them."""
        return read_vocabulary(self._connection, self._name)

    def get(self, ids: Sequence[UUID]) -> list[Session]:
        """Return the sessions of those ids, in the order given; unknown ids are left out."""
        records = self.records(ids)
        found = {UUID(str(record.id)): decode_payload(record.payload or {}) for record in records}
        return [found[id] for id in ids if id in found]

    def vectors(self, ids: Sequence[UUID]) -> dict[UUID, Vectors]:
        """Return the unit vector (dimension,) of each session; unknown ids are left out."""
        return {
            UUID(str(record.id)): np.asarray(dense_vector(record), dtype=np.float32)
            for record in self.records(ids, TEXT_VECTOR)
        }

    def keywords(self, ids: Sequence[UUID]) -> dict[UUID, Terms]:
        """Return the keyword vector of each session as it is stored; unknown ids are left out."""
        records = self.records(ids, KEYWORDS_VECTOR)
        return {UUID(str(record.id)): stored_terms(record) for record in records}

    def count(self, filters: Filters = NO_FILTERS) -> int:
        """Return the exact number of sessions that pass the filters."""
        answer = self._connection.call(
            "count sessions",
            lambda client: client.count(
                self._name, count_filter=self._condition(filters), exact=True
            ),
        )
        return answer.count

    def facets(self, names: Sequence[str], filters: Filters = NO_FILTERS) -> FacetCounts:
        """Return the counts of each field's values among sessions that pass (see `Generation.facets`)."""
        return {name: self.counts(FIELDS[name].attribute, filters) for name in names}

    def calendar(self, filters: Filters = NO_FILTERS) -> list[EditionDay]:
        """Return the days of editions, in order (see `Generation.calendar`)."""
        return editions.read_editions(self.counts(editions.FIELD, filters))

    def programme(
        self, filters: Filters, limit: int, *, brief: bool = False, latest_first: bool = False
    ) -> list[Session]:
        """Return the `limit` sessions that start first, in order (see `Generation.programme`)."""
        reader = replace(self._programme(filters), brief=brief, latest_first=latest_first)
        return list_programme(reader, self.get, limit)

    def titles(self, filters: Filters, *, without: str = "") -> list[tuple[str, UUID]]:
        """Return title and id of the sessions that pass, by title (see `Generation.titles`)."""
        return sorted(self._programme(filters).titles(without), key=by_title)

    def _programme(self, filters: Filters) -> ServerProgramme:
        passing = self._condition(filters)
        return ServerProgramme(self._connection, self._name, self._consistency, passing)

    def tombstones(self, ids: Sequence[UUID] | None = None) -> list[Tombstone]:
        """Return what is left of removed sessions (see `Generation.tombstones`)."""
        return read_tombstones(self._connection, self._name, ids)

    def hashes(self) -> Iterator[SessionHashes]:
        """Yield the hashes of every session."""
        for records in self._scroll(payload=[*HASHED], vectors=False, batch=4 * _BATCH):
            for record in records:
                yield decode_hashes(UUID(str(record.id)), record.payload or {})

    def scan(self) -> Iterator[tuple[list[Session], Vectors]]:
        """Yield all sessions with their vectors (n, dimension), in batches."""
        for records in self._scroll(payload=True, vectors=[TEXT_VECTOR], batch=_BATCH):
            sessions = [decode_payload(record.payload or {}) for record in records]
            rows = [dense_vector(record) for record in records]
            yield sessions, np.asarray(rows, dtype=np.float32)

    def records(self, ids: Sequence[UUID], vector: str = "") -> list[models.Record]:
        """Return the points of those ids, in any order, with the vector of that name, or their payloads."""
        return self._connection.call(
            "read sessions",
            lambda client: client.retrieve(
                self._name,
                ids=[str(id) for id in ids],
                with_payload=not vector,
                with_vectors=[vector] if vector else False,
                consistency=self._consistency,
            ),
        )

    def counts(self, field: str, filters: Filters) -> list[tuple[Value, int]]:
        """Return the counts of the values of a payload field (see `Generation.counts`).

        Under a deadline approximate ones from the index, so that it holds: exact ones take a read a value,
        seconds where there are thousands of speakers.
        """
        if field not in self.manifest.indexes:
            return []
        answer = self._connection.call(
            "count values",
            lambda client: client.facet(
                self._name,
                key=field,
                facet_filter=self._condition(filters),
                limit=_MAX_VALUES,
                exact=deadline.remaining() is None,
                consistency=self._consistency,
            ),
        )
        pairs = [(hit.value, hit.count) for hit in answer.hits if hit.count]  # 0: of removed points
        return sorted(pairs, key=lambda pair: (-pair[1], str(pair[0])))

    def _scroll(
        self, *, payload: bool | list[str], vectors: bool | list[str], batch: int
    ) -> Iterator[list[models.Record]]:
        offset = None
        while True:
            records, offset = self._page(offset, payload, vectors, batch)
            if records:
                yield records
            if offset is None:
                return

    def _page(
        self, offset: Any, payload: bool | list[str], vectors: bool | list[str], batch: int
    ) -> tuple[list[models.Record], Any]:
        return self._connection.call(
            "read sessions",
            lambda client: client.scroll(
                self._name,
                offset=offset,
                limit=batch,
                with_payload=payload,
                with_vectors=vectors,
                consistency=self._consistency,
            ),
        )


def _hit(point: models.ScoredPoint, query: Vectors) -> Hit:
    """Return a hit with its dot product: the score itself where the point came without a vector."""
    similarity = point.score
    if point.vector:
        similarity = float(np.asarray(dense_vector(point), dtype=np.float32) @ query)
    return Hit(decode_payload(point.payload or {}), point.score, similarity)


def dense_vector(record: models.Record | models.ScoredPoint) -> list[float]:
    """Return a point's vector. Raises DamagedError if it has none."""
    vector = record.vector
    if not isinstance(vector, dict) or not isinstance(vector.get(TEXT_VECTOR), list):
        raise DamagedError(f"Session {record.id} has no vector. {REMEDY}")
    return vector[TEXT_VECTOR]  # type: ignore[return-value]  # this name's vector is dense
