"""Writing to a Qdrant server: a builder fills a new collection, an updater changes the served one."""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from qdrant_client import models

from service.encoder import UNIT_TOLERANCE, Vectors, checked
from service.errors import VerificationError
from service.filters import NO_FILTERS
from service.session import Session
from service.settings import QdrantSettings
from service.stores.counting import count_events, list_languages
from service.stores.keywords import session_terms
from service.stores.manifest import Manifest
from service.stores.payload import encode_payload
from service.stores.protocol import Check
from service.stores.schema import KEYWORDS_VECTOR, TEXT_VECTOR
from service.stores.server.connection import Connection
from service.stores.server.create import MAX_POINTS, create_collection
from service.stores.server.generation import ServerGeneration, dense_vector
from service.stores.server.queries import sparse
from service.stores.server.tombstones import write_tombstones
from service.stores.server.vocabulary import extend_vocabulary, write_vocabulary
from service.stores.tombstones import Tombstone
from service.stores.vector_sample import SIZE, choose_sample, digest_vector
from service.stores.vocabulary import Vocabulary, WordCounter

MAX_BYTES = 5 * 2**20
"""Bytes of one batch: the server refuses requests over 32 MiB, and a small one is soon sent again."""

_NUMBER_BYTES = 13  # a float32 in JSON


class Target(Protocol):
    """What a builder or an updater needs of the store."""

    def publish(self, manifest: Manifest) -> None:
        """Write the manifest and serve its generation."""
        ...

    def followed(self) -> str | None:
        """Return the name of the generation that a new one follows."""
        ...

    def check_lock(self) -> None:
        """Raise LockedError unless the catalogue's lock is still held."""
        ...


class Writer(ABC):
    """Writes points to one collection, in bounded batches, and keeps a sample of what it wrote.

    Every write first checks that the lock is still held: after a silence another loader may be at work.
    """

    _after_failure: str
    """The state after a failed verification and its remedy, for the message."""

    def __init__(
        self, connection: Connection, settings: QdrantSettings, target: Target, manifest: Manifest
    ) -> None:
        """Name the collection that the manifest stands for."""
        self.manifest = manifest
        self._target = target
        self._connection = connection
        self._settings = settings
        self._generation = ServerGeneration(connection, settings, manifest)
        self._sample: dict[UUID, Vectors] = {}
        self._recorded = dict(manifest.sample)
        self._words = WordCounter()
        self._written = 0
        self._random = np.random.default_rng(0)

    def upsert(self, sessions: Sequence[Session], vectors: Vectors) -> None:
        """Write sessions with their unit vectors (n, dimension). Raises EncoderError if one is not unit."""
        rows = checked(vectors, len(sessions), self.manifest.encoder.dimension)
        points = [
            models.PointStruct(
                id=str(session.id),
                vector={TEXT_VECTOR: row.tolist(), KEYWORDS_VECTOR: sparse(session_terms(session))},
                payload=encode_payload(session),
            )
            for session, row in zip(sessions, rows, strict=True)
        ]
        self._words.add(sessions)
        for batch in batches(points, rows.shape[1] * _NUMBER_BYTES):
            self._send(batch)
        for session, row in zip(sessions, rows, strict=True):
            self._recorded.pop(str(session.id), None)
            self._keep(session.id, row)

    def _send(self, points: list[models.PointStruct]) -> None:
        """Write one batch; sending it again changes nothing."""
        self._target.check_lock()
        self._connection.call(
            "write sessions",
            lambda client: client.upsert(self.manifest.generation, points=points, wait=True),
        )

    def bury(self, tombstones: Collection[Tombstone]) -> None:
        """Make these the generation's tombstones (see `Builder.bury`)."""
        self._target.check_lock()
        write_tombstones(self._connection, self._settings, self.manifest.generation, tombstones)

    def commit(
        self, *, expected: int, sources: Sequence[str], check: Check | None = None
    ) -> Manifest:
        """Verify that exactly `expected` sessions are there, write the manifest and serve the generation."""
        self._verify(expected)
        self._target.check_lock()
        self._commit_words(self._words.vocabulary())
        manifest = replace(
            self._committed(sources),
            sessions=expected,
            sample=choose_sample({**self._recorded, **self._written_digests()}),
            events=count_events(self._generation),
            languages=list_languages(self._generation),
        )
        if check:
            generation = ServerGeneration(self._connection, self._settings, manifest)
            manifest = replace(manifest, calibration=check(generation))
        self._target.publish(manifest)
        return manifest

    @abstractmethod
    def _commit_words(self, written: Vocabulary) -> None:
        """Write the vocabulary, which has the words of the sessions that were `written`."""

    @abstractmethod
    def _committed(self, sources: Sequence[str]) -> Manifest:
        """Return the manifest to commit, its sessions not counted yet."""

    def _verify(self, expected: int) -> None:
        """Raise VerificationError unless `expected` sessions are there and the sample reads as written."""
        found = self._generation.count(NO_FILTERS)
        if found != expected:
            raise VerificationError(
                f"The generation holds {found} sessions, not {expected}; {self._after_failure}"
            )
        stored = {
            UUID(str(record.id)): dense_vector(record)
            for record in self._generation.records(list(self._sample), TEXT_VECTOR)
        }
        for id, row in self._sample.items():
            if id not in stored or not np.allclose(stored[id], row, atol=UNIT_TOLERANCE):
                raise VerificationError(
                    f"Session {id} does not have the vector that was written; {self._after_failure}"
                )

    def _written_digests(self) -> dict[str, str]:
        return {str(id): digest_vector(row) for id, row in self._sample.items()}

    def _keep(self, id: UUID, row: Vectors) -> None:
        """Keep each written session with the same chance (reservoir sampling)."""
        self._written += 1
        if id in self._sample or len(self._sample) < SIZE:
            self._sample[id] = row
        elif (place := int(self._random.integers(self._written))) < SIZE:
            del self._sample[list(self._sample)[place]]
            self._sample[id] = row


class ServerBuilder(Writer):
    """Fills a new collection; `ServerStore.building` makes and ends it."""

    _after_failure = "nothing was switched. Load again; look at the server if it recurs."

    def __init__(
        self, connection: Connection, settings: QdrantSettings, target: Target, manifest: Manifest
    ) -> None:
        """Create the collection, payload indexes first."""
        super().__init__(connection, settings, target, manifest)
        create_collection(
            connection,
            settings,
            manifest.generation,
            manifest.encoder,
            sessions=manifest.sessions,
        )

    def _commit_words(self, written: Vocabulary) -> None:
        generation = self.manifest.generation
        write_vocabulary(self._connection, self._settings, generation, written)

    def _committed(self, sources: Sequence[str]) -> Manifest:
        return replace(self.manifest, sources=tuple(sources), previous=self._target.followed())


class ServerUpdater(Writer):
    """Changes the served collection; `ServerStore.updating` makes and ends it."""

    _after_failure = "what was written stays. Load again to put it right."

    def update_payloads(self, sessions: Sequence[Session]) -> None:
        """Replace the payloads and keywords of sessions that are there; the vectors of their texts stay."""
        self._words.add(sessions)
        words = [
            models.PointVectors(
                id=str(session.id), vector={KEYWORDS_VECTOR: sparse(session_terms(session))}
            )
            for session in sessions
        ]
        operations: list[Any] = [
            models.UpdateVectorsOperation(update_vectors=models.UpdateVectors(points=words))
        ]
        operations += [
            models.OverwritePayloadOperation(
                overwrite_payload=models.SetPayload(
                    payload=encode_payload(session), points=[str(session.id)]
                )
            )
            for session in sessions
        ]
        self._target.check_lock()
        self._connection.call(
            "update payloads",
            lambda client: client.batch_update_points(
                self.manifest.generation, update_operations=operations, wait=True
            ),
        )

    def remove(self, ids: Sequence[UUID]) -> None:
        """Remove sessions; ids that are not there are left alone."""
        points = models.PointIdsList(points=[str(id) for id in ids])
        self._target.check_lock()
        self._connection.call(
            "remove sessions",
            lambda client: client.delete(
                self.manifest.generation, points_selector=points, wait=True
            ),
        )
        for id in ids:
            self._sample.pop(id, None)
            self._recorded.pop(str(id), None)

    def _commit_words(self, written: Vocabulary) -> None:
        """Add the words that are new here; those of removed sessions stay until a load builds the next one."""
        extend_vocabulary(self._connection, self.manifest.generation, written)

    def _committed(self, sources: Sequence[str]) -> Manifest:
        return replace(
            self.manifest,
            sources=tuple(dict.fromkeys((*self.manifest.sources, *sources))),
            revision=self.manifest.revision + 1,
            created_at=now(),
        )


def batches(
    points: Sequence[models.PointStruct], vector_bytes: int
) -> Iterator[list[models.PointStruct]]:
    """Yield points in order, in batches of at most MAX_POINTS and, but for a single one, MAX_BYTES."""
    batch: list[models.PointStruct] = []
    size = 0
    for point in points:
        weight = vector_bytes + len(json.dumps(point.payload)) + _keywords_bytes(point)
        if batch and (len(batch) == MAX_POINTS or size + weight > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(point)
        size += weight
    if batch:
        yield batch


def _keywords_bytes(point: models.PointStruct) -> int:
    """Return about how many bytes of JSON a point's keywords take: an index and a weight each."""
    words = point.vector.get(KEYWORDS_VECTOR) if isinstance(point.vector, dict) else None
    return 2 * _NUMBER_BYTES * len(words.indices) if isinstance(words, models.SparseVector) else 0


def now() -> str:
    """Return the current time as a manifest has it: ISO, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
