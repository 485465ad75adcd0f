"""Writing an embedded generation: a builder fills an empty shard, verifies it and switches to it."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import qdrant_edge as edge

from service.encoder import Fingerprint, Vectors, checked
from service.errors import VerificationError
from service.session import Session
from service.stores.catalogue import Check, Manifest, count_events, list_languages
from service.stores.edge_generation import BATCH, EdgeGeneration, translated
from service.stores.edge_queries import KEYWORDS, TEXT, sparse
from service.stores.keywords import session_terms

_INDEXES = {
    "event": edge.PayloadSchemaType.Keyword,
    "year": edge.PayloadSchemaType.Integer,
    "track": edge.PayloadSchemaType.Keyword,
    "level": edge.PayloadSchemaType.Keyword,
    "language": edge.PayloadSchemaType.Keyword,
    "speakers": edge.PayloadSchemaType.Keyword,
    "day": edge.PayloadSchemaType.Keyword,
    "starts_at": edge.PayloadSchemaType.Datetime,
}
_OPTIMIZE_ABOVE = 50_000  # below, exact search takes less time than encoding the question


class Target(Protocol):
    """What a builder needs of the store."""

    def pointer(self) -> str | None:
        """Return the served generation's name."""
        ...

    def switch(self, name: str) -> None:
        """Serve generation `name` from now on."""
        ...

    def check_space(self, sessions: int, dimension: int) -> None:
        """Raise StorageFullError unless `sessions` more fit on the disk."""
        ...


class EdgeBuilder:
    """Writes one new generation; `EdgeStore.building` makes and ends it."""

    def __init__(self, target: Target, path: Path, encoder: Fingerprint) -> None:
        """Create an empty generation in `path`, indexes first."""
        self._target = target
        self._path = path
        self._encoder = encoder
        self._open = True
        with translated(f"create {path}"):
            (path / "points").mkdir(parents=True)
            vectors = edge.EdgeVectorParams(size=encoder.dimension, distance=edge.Distance.Dot)
            keywords = edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)
            config = edge.EdgeConfig(
                vectors={TEXT: vectors}, sparse_vectors={KEYWORDS: keywords}, wal_enabled=False
            )
            self._shard = edge.EdgeShard.create(str(path / "points"), config)
            for name, kind in _INDEXES.items():
                self._shard.update(edge.UpdateOperation.create_field_index(name, kind))

    def upsert(self, sessions: Sequence[Session], vectors: Vectors) -> None:
        """Write sessions with their unit vectors (n, dimension). Raises EncoderError if one is not unit."""
        rows = checked(vectors, len(sessions), self._encoder.dimension)
        for start in range(0, len(sessions), BATCH):
            self._target.check_space(BATCH, self._encoder.dimension)
            points = [
                edge.Point(
                    session.id,
                    {TEXT: row.tolist(), KEYWORDS: sparse(session_terms(session))},
                    session.payload(),
                )
                for session, row in zip(
                    sessions[start : start + BATCH], rows[start : start + BATCH], strict=True
                )
            ]
            with translated("write sessions"):
                self._shard.update(edge.UpdateOperation.upsert_points(points))

    def commit(
        self, *, expected: int, sources: Sequence[str], check: Check | None = None
    ) -> Manifest:
        """Verify that exactly `expected` sessions are there, write the manifest and switch to it."""
        with translated("write sessions"):
            self._shard.flush()
            if expected > _OPTIMIZE_ABOVE:
                self._shard.optimize()
                self._shard.flush()
        self.close()
        previous = self._target.pointer()
        manifest = Manifest(
            generation=self._path.name,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            encoder=self._encoder,
            sessions=expected,
            sources=tuple(sources),
            previous=previous,
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
        write_file(self._path / "manifest.json", json.dumps(manifest.as_dict(), indent=1))
        self._target.switch(manifest.generation)
        return manifest

    def close(self) -> None:
        """Release the generation's files."""
        if self._open:
            self._open = False
            self._shard.close()


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


def write_file(file: Path, text: str) -> None:
    """Write a small file so that a reader, or a crash, sees the old text or the new, never a part."""
    beside = file.with_name(file.name + ".new")
    with beside.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
