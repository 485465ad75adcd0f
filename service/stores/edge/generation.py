"""One generation of an embedded catalogue: a Qdrant Edge shard, open for reading."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from itertools import islice
from pathlib import Path
from uuid import UUID

import numpy as np
import qdrant_edge as edge

from service.encoder import Vectors, checked
from service.errors import REMEDY, DamagedError
from service.filters import CONDITIONS, FIELDS, NO_FILTERS, Filters, Value
from service.ranking import CANDIDATES
from service.session import Session
from service.stores import editions
from service.stores.edge.digests import check_before_opening
from service.stores.edge.failures import translate_errors
from service.stores.edge.programme import EdgeProgramme
from service.stores.edge.queries import (
    DenseQuery,
    boosts,
    by_keywords,
    condition,
    dense_vector,
    nearest,
    score_ids,
    stored_terms,
    uuid_of,
)
from service.stores.edge.tombstones import read_tombstones
from service.stores.edge.vocabulary import read_vocabulary
from service.stores.editions import EditionDay
from service.stores.fusion import candidate_count, keyword_weight
from service.stores.hashes import HASHED, SessionHashes, decode_hashes
from service.stores.keywords import Terms, question_terms, title_term, word_terms
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
from service.stores.tombstones import Tombstone, select
from service.stores.vocabulary import Vocabulary

BATCH = 256
"""Points of one read or write."""

_MAX_VALUES = 1_000_000
_CACHED_SEARCHES = 64
"""Searches of a kind whose scores are cached: fusion and verdict need those of one query."""

Scores = dict[UUID, float]
"""Sessions and their scores, highest first as the shard returned them."""


class EdgeGeneration:
    """One generation, open for reading."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """Open the generation in `path`. Raises StoreError if it is damaged."""
        self.manifest = manifest
        self._path = path
        self._keyword_scores = lru_cache(maxsize=_CACHED_SEARCHES)(self._search_keywords)
        self._nearest_scores = lru_cache(maxsize=_CACHED_SEARCHES)(self._search_nearest)
        self._tombstones = cache(partial(read_tombstones, path))
        if manifest.files:
            check_before_opening(path, manifest.files)
        with translate_errors(f"open {path}"):
            self._shard = edge.EdgeShard.load(str(path / "points"))
            any_query = DenseQuery([1.0] + [0.0] * (manifest.encoder.dimension - 1), None)
            finds = bool(self._shard.query(nearest(any_query, 1)))
        if manifest.sessions and not finds:
            self._shard.close()
            raise DamagedError(f"{path} finds nothing: its vectors are damaged. {REMEDY}")

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
        dense = DenseQuery(row.tolist(), self._condition(filters))
        near = partial(self._nearest_scores, row.tobytes(), filters)
        scores: Mapping[UUID, float]
        similarities: Mapping[UUID, float]
        with translate_errors("search"):
            if query.mode == "semantic":
                similarities = scores = near(limit)
            elif query.mode == "keyword":
                scores = self._asked_scores(query.text, filters, limit)
                similarities = self._similarities(dense, scores.keys())
            else:
                near_ones = near(candidate_count(limit))
                similarities, scores = self._fused(dense, near_ones, limit, filters, query, terms)
        best = sorted((-score, id) for id, score in scores.items())[:limit]
        sessions = self.get([id for _, id in best])
        return [
            Hit(session, -score, similarities[id])
            for session, (score, id) in zip(sessions, best, strict=True)
        ]

    def _fused(
        self,
        dense: DenseQuery,
        near: Mapping[UUID, float],
        limit: int,
        filters: Filters,
        query: ParsedQuery,
        terms: TermMatches | None,
    ) -> tuple[Scores, Scores]:
        """Return the dot products and the fused scores of the candidates (see `service.stores.fusion`).

        Candidates are the nearest (`near`), those with the highest keyword scores, those of each phrase (which
        adds no score), and the boosted ones: sessions of the query's speakers, or with its rare terms.
        """
        count = candidate_count(limit)
        bm25 = self._asked_scores(query.text, filters, 2 * count)
        similarities = dict(near)
        boosted = [(boost, self._scores(request)) for boost, request in boosts(dense, query, terms)]
        for _, some in boosted:
            similarities |= dict(islice(some.items(), count))
        by_phrase = partial(self._keyword_scores, filters=filters, limit=count, as_title=False)
        lists = [bm25, *map(by_phrase, query.phrases)]
        others = {id for some in lists for id in islice(some, count)} - similarities.keys()
        similarities |= self._similarities(dense, others)
        highest = terms.max_bm25 if terms else self.max_bm25(query.text, filters)
        weight = keyword_weight(highest, self.manifest.sessions, is_sentence=query.is_sentence)
        return similarities, {
            id: similarity
            + weight * bm25.get(id, 0.0)
            + sum(boost for boost, some in boosted if id in some)
            for id, similarity in similarities.items()
        }

    def max_bm25(self, text: str, filters: Filters) -> float:
        """Return a query's highest BM25 score among sessions that pass (see `Generation.max_bm25`)."""
        with translate_errors("search"):
            scores = self._keyword_scores(text, filters, 2 * CANDIDATES, as_title=False)
        return next(iter(scores.values()), 0.0)

    def _asked_scores(self, text: str, filters: Filters, limit: int) -> Mapping[UUID, float]:
        """Return the highest BM25 scores of a question, the sessions whose title it is above all.

        Where it is nobody's title one search finds these scores and those that `max_bm25` looks at.
        """
        title = title_term(text)
        is_title = bool(title.indices and self._shard.query(by_keywords(title, 1)))
        return self._keyword_scores(text, filters, limit, as_title=is_title)

    def _search_keywords(
        self, text: str, filters: Filters, limit: int, *, as_title: bool
    ) -> Mapping[UUID, float]:
        """Return the highest BM25 scores of a text, highest first; `as_title` puts its title above all."""
        terms = question_terms(text, self.manifest.languages, as_title=as_title)
        return (
            self._scores(by_keywords(terms, limit, self._condition(filters)))
            if terms.indices
            else {}
        )

    def _search_nearest(self, row: bytes, filters: Filters, limit: int) -> Mapping[UUID, float]:
        """Return the highest dot products with a vector, given as its float32 values."""
        vector = np.frombuffer(row, dtype=np.float32).tolist()
        return self._scores(nearest(DenseQuery(vector, self._condition(filters)), limit))

    def _similarities(self, dense: DenseQuery, ids: Collection[UUID]) -> Scores:
        found = self._scores(score_ids(dense, ids)) if ids else {}
        if len(found) < len(ids):
            raise DamagedError(f"{len(ids) - len(found)} sessions have no vector. {REMEDY}")
        return found

    def _scores(self, request: edge.QueryRequest) -> Scores:
        return {uuid_of(point.id): point.score for point in self._shard.query(request)}

    def find_by_term(self, words: Sequence[str], most: int) -> list[tuple[UUID, ...]]:
        """Return for each word up to `most` sessions that have it (see `Generation.find_by_term`)."""
        languages = self.manifest.languages
        with translate_errors("search"):
            found = [
                self._shard.query(by_keywords(word_terms(word, languages), most)) for word in words
            ]
        return [tuple(uuid_of(point.id) for point in points) for points in found]

    def vocabulary(self) -> Vocabulary | None:
        """Return the words of the sessions, None if an older version wrote them."""
        return read_vocabulary(self._path)

    def get(self, ids: Sequence[UUID]) -> list[Session]:
        """Return the sessions of those ids, in the order given; unknown ids are left out."""
        with translate_errors("read sessions"):
            records = self._shard.retrieve(list(ids), with_payload=True, with_vector=False)
        found = {record.id: decode_payload(record.payload or {}) for record in records}
        return [found[id] for id in ids if id in found]

    def vectors(self, ids: Sequence[UUID]) -> dict[UUID, Vectors]:
        """Return the unit vector (dimension,) of each session; unknown ids are left out."""
        with translate_errors("read sessions"):
            records = self._shard.retrieve(list(ids), with_payload=False, with_vector=True)
        return {
            uuid_of(record.id): np.asarray(dense_vector(record), dtype=np.float32)
            for record in records
        }

    def keywords(self, ids: Sequence[UUID]) -> dict[UUID, Terms]:
        """Return the keyword vector of each session as it is stored; unknown ids are left out."""
        with translate_errors("read sessions"):
            records = self._shard.retrieve(list(ids), with_payload=False, with_vector=True)
        return {uuid_of(record.id): stored_terms(record) for record in records}

    def count(self, filters: Filters = NO_FILTERS) -> int:
        """Return the exact number of sessions that pass the filters."""
        with translate_errors("count sessions"):
            return self._shard.count(edge.CountRequest(exact=True, filter=self._condition(filters)))

    def facets(self, names: Sequence[str], filters: Filters = NO_FILTERS) -> FacetCounts:
        """Return the counts of each field's values among sessions that pass (see `Generation.facets`)."""
        return {name: self.counts(FIELDS[name].attribute, filters) for name in names}

    def counts(self, field: str, filters: Filters) -> list[tuple[Value, int]]:
        """Return the counts of the values of a payload field (see `Generation.counts`)."""
        if field not in self.manifest.indexes:
            return []
        passing = self._condition(filters)
        request = edge.FacetRequest(field, limit=_MAX_VALUES, exact=True, filter=passing)
        with translate_errors("count values"):
            counts = [(hit.value, hit.count) for hit in self._shard.facet(request).hits]
        return sorted(counts, key=lambda pair: (-pair[1], str(pair[0])))

    def calendar(self, filters: Filters = NO_FILTERS) -> list[EditionDay]:
        """Return the days of editions, in order (see `Generation.calendar`)."""
        return editions.read_editions(self.counts(editions.FIELD, filters))

    def programme(
        self, filters: Filters, limit: int, *, brief: bool = False, latest_first: bool = False
    ) -> list[Session]:
        """Return the `limit` sessions that start first, in order (see `Generation.programme`)."""
        with translate_errors("read sessions"):
            reader = EdgeProgramme(self._shard, self._condition(filters), brief, latest_first)
            return list_programme(reader, self.get, limit)

    def titles(self, filters: Filters, *, without: str = "") -> list[tuple[str, UUID]]:
        """Return title and id of the sessions that pass, by title (see `Generation.titles`)."""
        with translate_errors("read sessions"):
            titles = EdgeProgramme(self._shard, self._condition(filters)).titles(without)
            return sorted(titles, key=by_title)

    def _condition(self, filters: Filters) -> edge.Filter | None:
        """Return the filters as conditions. Raises RefusedError for a bound whose payload is not there.

        Other fields are in the payload without an index too, and few enough to scan.
        """
        check_indexes(self.manifest, [name for name in filters if not CONDITIONS[name].is_facet])
        return condition(filters)

    def tombstones(self, ids: Sequence[UUID] | None = None) -> list[Tombstone]:
        """Return what is left of removed sessions (see `Generation.tombstones`)."""
        return select(self._tombstones(), ids)

    def hashes(self) -> Iterator[SessionHashes]:
        """Yield the hashes of every session."""
        for records in self._scroll(payload=[*HASHED], vectors=False, batch=4 * BATCH):
            for record in records:
                yield decode_hashes(uuid_of(record.id), record.payload or {})

    def scan(self) -> Iterator[tuple[list[Session], Vectors]]:
        """Yield all sessions with their vectors (n, dimension), in batches."""
        for records in self._scroll(payload=True, vectors=True, batch=BATCH):
            sessions = [decode_payload(record.payload or {}) for record in records]
            rows = [dense_vector(record) for record in records]
            yield sessions, np.asarray(rows, dtype=np.float32)

    def close(self) -> None:
        """Release the generation's files."""
        self._shard.close()

    def _scroll(
        self, *, payload: bool | list[str], vectors: bool, batch: int
    ) -> Iterator[list[edge.Record]]:
        offset = None
        while True:
            with translate_errors("read sessions"):
                records, offset = self._shard.scroll(
                    edge.ScrollRequest(
                        offset=offset, limit=batch, with_payload=payload, with_vector=vectors
                    )
                )
            if records:
                yield records
            if offset is None:
                return
