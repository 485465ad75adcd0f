"""The embedded store: Qdrant Edge in the data directory, no server needed.

    <data dir>/catalogues/<name>/current                        the pointer: the served generation's name
                                 lock                           held by the one loader at work
                                 generations/<generation>/      manifest.json (written last) and points/

A generation is written by one process with the write-ahead log off and never changes after its manifest is
there, so any number of processes may read it at once. A build that dies leaves a folder without a manifest,
which the next one removes.
"""

import json
import logging
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import filelock
import numpy as np
import qdrant_edge as edge

from service.encoder import Fingerprint, Vectors, checked
from service.errors import (
    LockedError,
    NothingLoadedError,
    RefusedError,
    StorageFullError,
    StoreError,
    VerificationError,
)
from service.filters import NO_FILTERS, Filters
from service.session import Session
from service.stores.catalogue import (
    KEPT_GENERATIONS,
    Asked,
    FacetCounts,
    Hit,
    Known,
    Manifest,
    check_schema,
    count_events,
    list_languages,
)
from service.stores.edge_queries import (
    KEYWORDS,
    TEXT,
    Question,
    by_keywords,
    condition,
    fused,
    nearest,
    sparse,
)
from service.stores.fusion import keyword_weight
from service.stores.keywords import question_terms, session_terms

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
_ALL_VALUES = 1_000_000
_BATCH = 256
_SESSION_BYTES = (
    8_000  # measured: 4 to 5 kB of payload, words and index a session beside its vector
)
_RESERVE_BYTES = 130 * 2**20  # a full disk is SIGBUS, not an exception: stay away from it
_OPTIMIZE_ABOVE = 50_000  # below, exact search takes less time than encoding the question

log = logging.getLogger(__name__)


class EdgeGeneration:
    """One generation, open for reading."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """Open the generation in `path`. Raises StoreError if it is damaged."""
        self.manifest = manifest
        self.readers = 0
        with _translated(f"open {path}"):
            self._shard = edge.EdgeShard.load(str(path / "points"))

    def search(
        self, vector: Vectors, limit: int, filters: Filters, asked: Asked | None = None
    ) -> list[Hit]:
        """Return the `limit` sessions that answer best, highest score first (see `Generation.search`)."""
        row = checked(vector[np.newaxis], 1, self.manifest.encoder.dimension)[0]
        question = Question(row.tolist(), condition(filters))
        with _translated("search"):
            if asked is None:
                points = self._shard.query(nearest(question, limit))
            else:
                points = self._by_words(question, limit, asked)
        return sorted(
            (_hit(point, row) for point in points),
            key=lambda hit: (-hit.score, str(hit.session.id)),
        )

    def _by_words(self, question: Question, limit: int, asked: Asked) -> list[edge.ScoredPoint]:
        terms, *phrases = (
            question_terms(text, self.manifest.languages) for text in (asked.text, *asked.phrases)
        )
        if asked.mode == "keyword":
            request = by_keywords(question, terms, limit, with_all=True)
        else:
            best = self._shard.query(by_keywords(question, terms, 1))
            weight = keyword_weight(best[0].score if best else 0.0, self.manifest.sessions)
            request = fused(question, [terms, *phrases], limit, weight=weight, names=asked.names)
        return self._shard.query(request)

    def get(self, ids: Sequence[UUID]) -> list[Session]:
        """Return the sessions of those ids, in the order given; ids that are not there are left out."""
        with _translated("read sessions"):
            records = self._shard.retrieve(list(ids), with_payload=True, with_vector=False)
        found = {record.id: Session.from_payload(record.payload or {}) for record in records}
        return [found[id] for id in ids if id in found]

    def vector(self, id: UUID) -> Vectors | None:
        """Return the unit vector (dimension,) of the session of that id, None if there is none."""
        with _translated("read a session"):
            records = self._shard.retrieve([id], with_payload=False, with_vector=True)
        if not records:
            return None
        return np.asarray(_dense(records[0].vector), dtype=np.float32)

    def count(self, filters: Filters = NO_FILTERS) -> int:
        """Return the exact number of sessions that pass the filters."""
        with _translated("count sessions"):
            return self._shard.count(edge.CountRequest(exact=True, filter=condition(filters)))

    def facets(self, names: Sequence[str], filters: Filters = NO_FILTERS) -> FacetCounts:
        """Return the counts of every value of the payload fields `names` among sessions that pass."""
        with _translated("count values"):
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
        for records in self._scroll(payload=keys, vectors=False, batch=4 * _BATCH):
            for record in records:
                payload = record.payload or {}
                yield Known(_uuid(record.id), **{key: payload[key] for key in keys})

    def scan(self, *, batch: int = _BATCH) -> Iterator[tuple[list[Session], Vectors]]:
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
            with _translated("read sessions"):
                records, offset = self._shard.scroll(
                    edge.ScrollRequest(
                        offset=offset, limit=batch, with_payload=payload, with_vector=vectors
                    )
                )
            if records:
                yield records
            if offset is None:
                return


class EdgeBuilder:
    """Writes one new generation; `EdgeStore.building` makes and ends it."""

    def __init__(self, store: "EdgeStore", path: Path, encoder: Fingerprint) -> None:
        """Create an empty generation in `path`, indexes first."""
        self._store = store
        self._path = path
        self._encoder = encoder
        self._open = True
        with _translated(f"create {path}"):
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
        for start in range(0, len(sessions), _BATCH):
            self._store.check_space(_BATCH, self._encoder.dimension)
            points = [
                edge.Point(
                    session.id,
                    {TEXT: row.tolist(), KEYWORDS: sparse(session_terms(session))},
                    session.payload(),
                )
                for session, row in zip(
                    sessions[start : start + _BATCH], rows[start : start + _BATCH], strict=True
                )
            ]
            with _translated("write sessions"):
                self._shard.update(edge.UpdateOperation.upsert_points(points))

    def commit(self, *, expected: int, sources: Sequence[str]) -> Manifest:
        """Verify that exactly `expected` sessions are there, write the manifest and switch to it."""
        with _translated("write sessions"):
            self._shard.flush()
            if expected > _OPTIMIZE_ABOVE:
                self._shard.optimize()
                self._shard.flush()
        self.close()
        previous = self._store.pointer()
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
        finally:
            written.close()
        _write(self._path / "manifest.json", json.dumps(manifest.as_dict(), indent=1))
        self._store.switch(manifest.generation)
        return manifest

    def close(self) -> None:
        """Release the generation's files."""
        if self._open:
            self._open = False
            self._shard.close()


class EdgeStore:
    """One embedded catalogue. Any number of readers and threads; one loader at a time."""

    kind = "embedded"

    def __init__(self, data_dir: Path, catalogue: str) -> None:
        """Name the catalogue; nothing is opened or created yet."""
        self._root = data_dir / "catalogues" / catalogue
        self._lock = filelock.FileLock(self._root / "lock", timeout=0, is_singleton=False)
        self._mutex = threading.Lock()
        self._opening = threading.Lock()
        self._served: EdgeGeneration | None = None

    @contextmanager
    def reading(self, *, older: bool = False) -> Iterator[EdgeGeneration]:
        """Open the served generation for a `with` block; a switch meanwhile does not disturb it.

        Raises MismatchError for a generation of an older schema unless `older` ones will do.
        """
        generation = self._borrow()
        try:
            if not older:
                check_schema(generation.manifest)
            yield generation
        finally:
            self._give_back(generation)

    def manifest(self) -> Manifest:
        """Return the served generation's manifest. Raises NothingLoadedError if there is none yet."""
        name = self.pointer()
        if name is None:
            raise NothingLoadedError(
                f"Nothing is loaded yet in {self._root}. "
                "Load a conference first: conference-helper load SOURCE"
            )
        return self._manifest(name)

    @contextmanager
    def opening(self, manifest: Manifest) -> Iterator[EdgeGeneration]:
        """Open a kept generation, served or not, for a `with` block."""
        generation = EdgeGeneration(self._generations / manifest.generation, manifest)
        try:
            yield generation
        finally:
            generation.close()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other loaders out for a `with` block. Raises LockedError while one is at work."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except filelock.Timeout as error:
            raise LockedError(
                f"Another loader is at work on {self._root}. Wait until it ends, then try again."
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def building(self, encoder: Fingerprint, *, sessions: int) -> Iterator[EdgeBuilder]:
        """Start an empty generation for about `sessions` sessions, under the catalogue's lock."""
        with self.lock():
            try:
                self._remove_leftovers()
                self.check_space(3 * sessions, encoder.dimension)
                path = self._generations / self._next_name()
                builder = EdgeBuilder(self, path, encoder)
            except OSError as error:
                raise self._unwritable(error) from error
            try:
                yield builder
            finally:
                builder.close()
                self._remove_leftovers()

    def updating(self, *, changes: int) -> None:
        """Return None: an embedded generation never changes, each load builds one beside."""

    def check(self) -> None:
        """Nothing to check: the library and its data are one."""

    def generations(self) -> list[Manifest]:
        """Return the manifests of all kept generations, newest first."""
        return [self._manifest(name) for name in sorted(self._committed(), reverse=True)]

    def rollback(self) -> Manifest:
        """Switch to the generation before the served one. Raises RefusedError if none is kept."""
        with self.lock():
            previous = self.manifest().previous
            if previous is None or previous not in self._committed():
                raise RefusedError(
                    "There is no earlier generation to roll back to. Load the conference again instead."
                )
            manifest = self._manifest(previous)
            self.switch(previous)
            return manifest

    def close(self) -> None:
        """Release what is open."""
        with self._mutex:
            served, self._served = self._served, None
        if served and not served.readers:
            served.close()

    def pointer(self) -> str | None:
        """Return the served generation's name, None if nothing was ever loaded."""
        try:
            return (self._root / "current").read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                f"{self._root / 'current'} cannot be read: {error.strerror}."
            ) from error

    def switch(self, name: str) -> None:
        """Serve generation `name` from now on, in one atomic step."""
        _write(self._root / "current", name + "\n")

    def check_space(self, sessions: int, dimension: int) -> None:
        """Raise StorageFullError unless `sessions` more fit on the disk with a reserve."""
        needed = sessions * (4 * dimension + _SESSION_BYTES) + _RESERVE_BYTES
        free = shutil.disk_usage(self._root).free
        if free < needed:
            raise StorageFullError(
                f"{self._root} has {free // 2**20} MiB free; this load needs {needed // 2**20} MiB. "
                "Free some space or set CONFERENCE_HELPER_DATA_DIR to another disk; "
                "what is served was not touched."
            )

    @property
    def _generations(self) -> Path:
        return self._root / "generations"

    def _committed(self) -> set[str]:
        return {path.parent.name for path in self._generations.glob("*/manifest.json")}

    def _next_name(self) -> str:
        """A name that sorts after all others and never comes back, even in a data directory made anew."""
        numbers = [int(name.split("-")[0]) for name in self._committed()]
        return f"{max(numbers, default=0) + 1:06d}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"

    def _manifest(self, name: str) -> Manifest:
        file = self._generations / name / "manifest.json"
        try:
            values = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(
                f"{file} cannot be read ({error}). Roll back (conference-helper rollback) "
                "or load the conference again."
            ) from error
        return Manifest.from_dict(values)

    def _borrow(self) -> EdgeGeneration:
        if current := self._borrow_if(self.pointer()):
            return current
        # One thread opens the new generation; the others go on with the one they have, if any.
        if not self._opening.acquire(blocking=self._served is None):
            if stale := self._borrow_if(None, any_name=True):
                return stale
            self._opening.acquire()
        try:
            manifest = self.manifest()
            if current := self._borrow_if(manifest.generation):
                return current
            fresh = self._open(manifest)
            with self._mutex:
                stale, self._served = self._served, fresh
                fresh.readers += 1
                unused = stale is not None and stale.readers == 0
            if stale and unused:
                stale.close()
            return fresh
        finally:
            self._opening.release()

    def _open(self, manifest: Manifest) -> EdgeGeneration:
        """Open a generation; if it went in the meantime (two loads in a row), the one served by then."""
        try:
            return EdgeGeneration(self._generations / manifest.generation, manifest)
        except StoreError:
            if self.pointer() == manifest.generation:
                raise
            return self._open(self.manifest())

    def _borrow_if(self, name: str | None, *, any_name: bool = False) -> EdgeGeneration | None:
        with self._mutex:
            served = self._served
            if served is None or not (any_name or served.manifest.generation == name):
                return None
            served.readers += 1
            return served

    def _give_back(self, generation: EdgeGeneration) -> None:
        with self._mutex:
            generation.readers -= 1
            unused = generation.readers == 0 and generation is not self._served
        if unused:
            generation.close()

    def _remove_leftovers(self) -> None:
        """Remove builds that never ended and generations beyond those kept; a lock holder's work."""
        kept: set[str] = set()
        name = self.pointer()
        while name is not None and name in self._committed() and len(kept) <= KEPT_GENERATIONS:
            kept.add(name)
            name = self._manifest(name).previous
        for path in self._generations.glob("*"):
            if path.name not in kept:
                shutil.rmtree(path)

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self._root} cannot be written: {error.strerror or error}. "
            "Set CONFERENCE_HELPER_DATA_DIR to a folder you may write to."
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


def _hit(point: edge.ScoredPoint, question: Vectors) -> Hit:
    """A hit with its dot product: the score itself where no vector came with the point."""
    similarity = point.score
    if point.vector is not None:
        similarity = float(np.asarray(_dense(point.vector), dtype=np.float32) @ question)
    return Hit(Session.from_payload(point.payload or {}), point.score, similarity)


def _dense(vector: Any) -> list[float]:
    values: list[float] = vector[TEXT]
    return values


def _uuid(id: Any) -> UUID:
    return id if isinstance(id, UUID) else UUID(str(id))


def _write(file: Path, text: str) -> None:
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


@contextmanager
def _translated(action: str) -> Iterator[None]:
    """Turn what Edge raises (bare exceptions, and panics that are no Exception) into StoreError."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise StoreError(f"The embedded store could not {action}: {error}") from error
        raise
