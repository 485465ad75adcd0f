"""Writing an embedded generation: a builder fills an empty shard, verifies it and switches to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import qdrant_edge as edge

from service.encoder import Fingerprint, Vectors, checked
from service.errors import VerificationError
from service.session import Session
from service.stores.counting import count_events, list_languages
from service.stores.edge.digests import write_digests
from service.stores.edge.failures import translate_errors, translate_unwritable
from service.stores.edge.folder import CatalogueFolder
from service.stores.edge.generation import BATCH, EdgeGeneration
from service.stores.edge.queries import sparse
from service.stores.edge.tombstones import write_tombstones
from service.stores.edge.vocabulary import write_vocabulary
from service.stores.generations import followed
from service.stores.keywords import session_terms
from service.stores.manifest import Manifest
from service.stores.payload import encode_payload
from service.stores.protocol import Check
from service.stores.schema import KEYWORDS_VECTOR, TEXT_VECTOR, IndexType, payload_indexes
from service.stores.tombstones import Tombstone
from service.stores.vocabulary import WordCounter

_ON_DISK = edge.Memory.Cold
"""Indexes of a finished segment are read from files; the system caches the pages that queries need."""
_INDEX_PARAMETERS: Mapping[
    IndexType, edge.KeywordIndexParams | edge.IntegerIndexParams | edge.DatetimeIndexParams
] = {
    "keyword": edge.KeywordIndexParams(memory=_ON_DISK),
    "integer": edge.IntegerIndexParams(lookup=True, range=True, memory=_ON_DISK),
    "datetime": edge.DatetimeIndexParams(memory=_ON_DISK),
}
_SEGMENT_TERMS = 3_000_000
"""Terms of one segment: some 12,000 sessions. A segment is indexed in memory while it is written, then read
from files: so a load's memory hardly grows with the catalogue, and a reader needs little."""
_QUANTIZED_ABOVE = 5_000
"""Sessions from which vectors are kept in 8 bits too, to find candidates by."""
_HNSW_ABOVE = 50_000
"""Sessions from which there is an HNSW index; exact search is fast enough below."""
_HNSW_SEGMENTS, _TERMS_PER_SESSION = 4, 250
"""Segments with an HNSW index, about, as every query searches each one; and terms of a usual session."""
_QUANTIZATION = edge.ScalarQuantizationConfig(edge.ScalarType.Int8, memory=_ON_DISK)
_NO_HNSW = edge.HnswIndexConfig(m=0, ef_construct=4, full_scan_threshold=10_000)
_HNSW = edge.HnswIndexConfig(m=16, ef_construct=128, full_scan_threshold=10_000)


class EdgeBuilder:
    """Writes one new generation; `EdgeStore.building` makes and ends it."""

    def __init__(self, folder: CatalogueFolder, encoder: Fingerprint, sessions: int) -> None:
        """Create an empty generation for about `sessions` sessions."""
        has_hnsw = sessions > _HNSW_ABOVE
        self._segment_terms = (
            _TERMS_PER_SESSION * sessions // _HNSW_SEGMENTS if has_hnsw else _SEGMENT_TERMS
        )
        self._terms = 0
        self._words = WordCounter()
        self._folder = folder
        self._path = path = folder.next_generation()
        self._indexes = payload_indexes()
        self._encoder = encoder
        self._open = True
        with translate_errors(f"create {path}"):
            (path / "points").mkdir(parents=True)
            self._shard = edge.EdgeShard.create(
                str(path / "points"), _config(encoder.dimension, sessions)
            )

    def upsert(self, sessions: Sequence[Session], vectors: Vectors) -> None:
        """Write sessions with their unit vectors (n, dimension). Raises EncoderError if one is not unit."""
        rows = checked(vectors, len(sessions), self._encoder.dimension)
        for start in range(0, len(sessions), BATCH):
            self._folder.check_space(BATCH, self._encoder.dimension)
            chosen = sessions[start : start + BATCH]
            self._words.add(chosen)
            keywords = [session_terms(session) for session in chosen]
            points = [
                edge.Point(
                    session.id,
                    {TEXT_VECTOR: row.tolist(), KEYWORDS_VECTOR: sparse(terms)},
                    encode_payload(session),
                )
                for session, row, terms in zip(
                    chosen, rows[start : start + BATCH], keywords, strict=True
                )
            ]
            with translate_errors("write sessions"):
                self._shard.update(edge.UpdateOperation.upsert_points(points))
                self._terms += sum(len(terms.indices) for terms in keywords)
                if self._terms >= self._segment_terms:
                    self._finish_segment()

    def bury(self, tombstones: Collection[Tombstone]) -> None:
        """Make these the generation's tombstones (see `Builder.bury`)."""
        with translate_unwritable(self._path):
            write_tombstones(self._path, tombstones)

    def commit(
        self, *, expected: int, sources: Sequence[str], check: Check | None = None
    ) -> Manifest:
        """Verify, write the manifest and switch to the generation (see `Builder.commit`)."""
        with translate_errors("write sessions"):
            self._finish_segment()
            self._create_indexes()
        with translate_unwritable(self._path):
            write_vocabulary(self._path, self._words.vocabulary())
        self.close()
        manifest = Manifest(
            generation=self._path.name,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            encoder=self._encoder,
            sessions=expected,
            sources=tuple(sources),
            previous=followed(self._folder.pointer(), self._folder.manifests()),
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
        with translate_unwritable(self._path):
            manifest = replace(manifest, files=write_digests(self._path))
            self._folder.publish(manifest)
        return manifest

    def _finish_segment(self) -> None:
        """Optimize the points written since the last call into an immutable segment."""
        self._terms = 0
        self._shard.flush()
        self._shard.optimize()
        self._shard.flush()

    def _create_indexes(self) -> None:
        """Create the payload indexes of the written segments; created earlier, each segment rebuilds them."""
        for name, type in self._indexes.items():
            parameters = _INDEX_PARAMETERS[type]
            self._shard.update(edge.UpdateOperation.create_field_index(name, parameters))
        self._shard.flush()

    def close(self) -> None:
        """Release the generation's files."""
        if self._open:
            self._open = False
            self._shard.close()


def _config(dimension: int, sessions: int) -> edge.EdgeConfig:
    """Return how a generation of about `sessions` sessions is stored: in segments that are never joined."""
    keywords = edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf, memory=_ON_DISK)
    return edge.EdgeConfig(
        vectors={TEXT_VECTOR: edge.EdgeVectorParams(size=dimension, distance=edge.Distance.Dot)},
        quantization_config=_QUANTIZATION if sessions > _QUANTIZED_ABOVE else None,
        sparse_vectors={KEYWORDS_VECTOR: keywords},
        hnsw_config=_HNSW if sessions > _HNSW_ABOVE else _NO_HNSW,
        optimizers=edge.EdgeOptimizersConfig(
            indexing_threshold=1,  # kilobytes: whatever there is
            default_segment_number=64,  # more than there are: none is joined with another
        ),
        id_tracker_memory=_ON_DISK,
        max_search_threads=1,  # a query is too short for more: they double its processor time
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
