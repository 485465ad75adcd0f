"""Writing an embedded generation: a builder fills an empty shard, verifies it and switches to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import qdrant_edge as edge

from service.encoder import Fingerprint, Vectors, checked
from service.errors import VerificationError
from service.session import Session
from service.stores.edge.folder import CatalogueFolder
from service.stores.edge.generation import BATCH, EdgeGeneration, translated
from service.stores.edge.queries import sparse
from service.stores.keywords import session_terms
from service.stores.manifest import Manifest
from service.stores.payload import encode_payload
from service.stores.protocol import Check, count_events, list_languages
from service.stores.schema import KEYWORDS_VECTOR, TEXT_VECTOR, IndexType, payload_indexes

_FROM_FILES = edge.Memory.Cold
"""Where indexes of a whole segment lie: in files, of which the system keeps in memory what is asked for."""
_INDEX_PARAMETERS: Mapping[
    IndexType, edge.KeywordIndexParams | edge.IntegerIndexParams | edge.DatetimeIndexParams
] = {
    "keyword": edge.KeywordIndexParams(memory=_FROM_FILES),
    "integer": edge.IntegerIndexParams(lookup=True, range=True, memory=_FROM_FILES),
    "datetime": edge.DatetimeIndexParams(memory=_FROM_FILES),
}
_PART = 3_000_000
"""Words (terms) of one segment: some 12,000 sessions. A segment is indexed in memory while it is written, then
read from files: so a load's memory hardly grows with the catalogue, and whoever answers needs little."""
_SMALL_ABOVE = 5_000
"""Sessions from which vectors are kept in 8 bits too: they propose, and what they propose is scored in full."""
_GRAPH_ABOVE = 50_000
"""Sessions from which there is an index of nearest vectors (HNSW); exact search is fast enough below."""
_GRAPHS, _USUAL_WORDS = 4, 250
"""Segments with such an index, about, as each one is asked for every question; and words of a session."""
_SMALL = edge.ScalarQuantizationConfig(edge.ScalarType.Int8, memory=_FROM_FILES)
_NO_GRAPH = edge.HnswIndexConfig(m=0, ef_construct=4, full_scan_threshold=10_000)
_GRAPH = edge.HnswIndexConfig(m=16, ef_construct=128, full_scan_threshold=10_000)


class EdgeBuilder:
    """Writes one new generation; `EdgeStore.building` makes and ends it."""

    def __init__(self, folder: CatalogueFolder, encoder: Fingerprint, sessions: int) -> None:
        """Create an empty generation for about `sessions` sessions, payload indexes first."""
        graphs = sessions > _GRAPH_ABOVE
        self._part = _USUAL_WORDS * sessions // _GRAPHS if graphs else _PART
        self._words = 0
        self._folder = folder
        self._path = path = folder.next_generation()
        self._indexes = payload_indexes()
        self._encoder = encoder
        self._open = True
        with translated(f"create {path}"):
            (path / "points").mkdir(parents=True)
            self._shard = edge.EdgeShard.create(
                str(path / "points"), _config(encoder.dimension, sessions)
            )
            for name, type in self._indexes.items():
                parameters = _INDEX_PARAMETERS[type]
                self._shard.update(edge.UpdateOperation.create_field_index(name, parameters))

    def upsert(self, sessions: Sequence[Session], vectors: Vectors) -> None:
        """Write sessions with their unit vectors (n, dimension). Raises EncoderError if one is not unit."""
        rows = checked(vectors, len(sessions), self._encoder.dimension)
        for start in range(0, len(sessions), BATCH):
            self._folder.check_space(BATCH, self._encoder.dimension)
            chosen = sessions[start : start + BATCH]
            words = [session_terms(session) for session in chosen]
            points = [
                edge.Point(
                    session.id,
                    {TEXT_VECTOR: row.tolist(), KEYWORDS_VECTOR: sparse(terms)},
                    encode_payload(session),
                )
                for session, row, terms in zip(
                    chosen, rows[start : start + BATCH], words, strict=True
                )
            ]
            with translated("write sessions"):
                self._shard.update(edge.UpdateOperation.upsert_points(points))
                self._words += sum(len(terms.indices) for terms in words)
                if self._words >= self._part:
                    self._end_part()

    def commit(
        self, *, expected: int, sources: Sequence[str], check: Check | None = None
    ) -> Manifest:
        """Verify that exactly `expected` sessions are there, write the manifest and switch to it."""
        with translated("write sessions"):
            self._end_part()
        self.close()
        manifest = Manifest(
            generation=self._path.name,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            encoder=self._encoder,
            sessions=expected,
            sources=tuple(sources),
            previous=self._folder.pointer(),
            indexes=tuple(self._indexes),
        )
        written = EdgeGeneration(self._path, manifest)  # opened again: what a reader will see
        try:
            _verify(written, expected)
            manifest = replace(
                manifest, events=count_events(written), languages=list_languages(written)
            )
            if check:
                written.manifest = manifest
                manifest = replace(manifest, calibration=check(written))
        finally:
            written.close()
        self._folder.publish(manifest)
        return manifest

    def _end_part(self) -> None:
        """Turn what was written since the last time into a segment that is read from files."""
        self._words = 0
        self._shard.flush()
        self._shard.optimize()
        self._shard.flush()

    def close(self) -> None:
        """Release the generation's files."""
        if self._open:
            self._open = False
            self._shard.close()


def _config(dimension: int, sessions: int) -> edge.EdgeConfig:
    """Return how a generation of about `sessions` sessions is stored: in segments that are never joined."""
    keywords = edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf, memory=_FROM_FILES)
    return edge.EdgeConfig(
        vectors={TEXT_VECTOR: edge.EdgeVectorParams(size=dimension, distance=edge.Distance.Dot)},
        quantization_config=_SMALL if sessions > _SMALL_ABOVE else None,
        sparse_vectors={KEYWORDS_VECTOR: keywords},
        hnsw_config=_GRAPH if sessions > _GRAPH_ABOVE else _NO_GRAPH,
        optimizers=edge.EdgeOptimizersConfig(
            indexing_threshold=1,  # kilobytes: whatever there is
            default_segment_number=64,  # more than there are: none is joined with another
        ),
        id_tracker_memory=_FROM_FILES,
        max_search_threads=1,  # a question is too short to be divided: that doubles what it costs
        wal_enabled=False,
    )


def _verify(generation: EdgeGeneration, expected: int) -> None:
    found = generation.count()
    if found != expected:
        raise VerificationError(
            f"The new generation holds {found} sessions, not {expected}; nothing was switched. "
            "Load again; if it happens twice, check the disk."
        )
    for sessions, vectors in generation.scan():
        checked(vectors, len(sessions), generation.manifest.encoder.dimension)
        break
