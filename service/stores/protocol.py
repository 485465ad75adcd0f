"""The protocols that every store of sessions implements, and their value types.

A catalogue lives in generations. A builder writes a new one beside the served one; its commit verifies it,
writes the manifest last and switches the catalogue's name to it in one atomic step. Everything here is of
Session, numpy and plain values: no Qdrant type crosses it. Vectors are float32 of unit length. Reading and
writing raise StoreError where the store cannot be reached or used, DamagedError where it is not as written.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from service.encoder import Fingerprint, Vectors
from service.filters import NO_FILTERS, Filters, Value
from service.session import Session
from service.stores.editions import EditionDay
from service.stores.hashes import SessionHashes
from service.stores.keywords import Terms
from service.stores.manifest import Calibration, Manifest
from service.stores.tombstones import Tombstone
from service.stores.versions import Versions
from service.stores.vocabulary import Vocabulary

Mode = Literal["hybrid", "semantic", "keyword"]


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a question says.

    text         the question
    mode         keyword: by words alone; semantic: by meaning alone; hybrid: by both
    phrases      quoted parts, which a session must have word by word to be boosted
    speakers     speakers, spelled as in the catalogue, whose full names it has
    is_sentence  it is a sentence in natural language rather than a few keywords
    """

    text: str
    mode: Mode = "hybrid"
    phrases: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    is_sentence: bool = False


BY_VECTOR = ParsedQuery("", "semantic")
"""A query without text: sessions are compared with a vector alone."""


@dataclass(frozen=True, slots=True)
class TermMatches:
    """What a question's terms find in one generation.

    max_bm25     the highest keyword score among sessions that pass its filters (see `Generation.max_bm25`)
    rare         for each of its rare terms, the sessions that have it
    rare_boost   what is added to a session's score for each rare term that it has
    """

    max_bm25: float
    rare: tuple[tuple[UUID, ...], ...] = ()
    rare_boost: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A session found, the score that ranks it, and its dot product with the query; higher is nearer."""

    session: Session
    score: float
    similarity: float


FacetCounts = dict[str, list[tuple[Value, int]]]
"""For each field, by its name in FIELDS, its values and how many sessions have them, most frequent first."""


class Generation(Protocol):
    """One generation, open for reading; only an updater changes it."""

    @property
    def manifest(self) -> Manifest:
        """The manifest of the generation."""
        ...

    def search(
        self,
        vector: Vectors,
        limit: int,
        filters: Filters,
        query: ParsedQuery = BY_VECTOR,
        terms: TermMatches | None = None,
    ) -> list[Hit]:
        """Return the `limit` sessions with the highest scores among those that pass, highest first.

        The score of a semantic search is the dot product with `vector` (dimension,), a unit vector, that of a
        keyword search BM25 (`service.stores.keywords`), that of a hybrid search fused of both
        (`service.stores.fusion`). Only a hybrid search uses `terms`: without them it looks up `max_bm25`, and
        boosts no rare term. Raises EncoderError if `vector` is not unit, RefusedError if an index lacks.
        """
        ...

    def max_bm25(self, text: str, filters: Filters) -> float:
        """Return a query's highest BM25 score among sessions that pass, 0 if none has a term of it."""
        ...

    def find_by_term(self, words: Sequence[str], most: int) -> list[tuple[UUID, ...]]:
        """Return for each word, as `split_words` gives it, up to `most` sessions that have it, unstemmed.

        Two words with a space between find the sessions with those next to each other, stemmed; no stop words.
        """
        ...

    def vocabulary(self) -> Vocabulary | None:
        """Return the words of the sessions, read anew at each call; None if an older version wrote them."""
        ...

    def get(self, ids: Sequence[UUID]) -> list[Session]:
        """Return the sessions of those ids, in the order given; unknown ids are left out."""
        ...

    def keywords(self, ids: Sequence[UUID]) -> dict[UUID, Terms]:
        """Return the keyword vector of each session as it is stored; unknown ids are left out."""
        ...

    def vectors(self, ids: Sequence[UUID]) -> dict[UUID, Vectors]:
        """Return the unit vector (dimension,) of each session; unknown ids are left out."""
        ...

    def count(self, filters: Filters) -> int:
        """Return the exact number of sessions that pass the filters."""
        ...

    def facets(self, names: Sequence[str], filters: Filters) -> FacetCounts:
        """Return the counts of every value of the fields `names` (see FIELDS), each as `counts` does."""
        ...

    def calendar(self, filters: Filters = NO_FILTERS) -> list[EditionDay]:
        """Return the days of editions that sessions which pass are on, in order (see `counts`)."""
        ...

    def counts(self, field: str, filters: Filters) -> list[tuple[Value, int]]:
        """Return the values of a payload field of the sessions that pass, and their counts, highest first.

        Of a field that has no index here there are none. Under a deadline counts may be approximate.
        """
        ...

    def titles(self, filters: Filters, *, without: str = "") -> list[tuple[str, UUID]]:
        """Return title and id of up to MAX_TITLES sessions that pass and lack the payload field, by title."""
        ...

    def programme(
        self, filters: Filters, limit: int, *, brief: bool = False, latest_first: bool = False
    ) -> list[Session]:
        """Return the `limit` sessions that pass and start first, in order; those without a time come last.

        If `latest_first`, those that start last. Those of one instant or without a time are ordered by title.
        `brief` ones are read without abstracts, links and tags; of those without a time they may be there.
        """
        ...

    def tombstones(self, ids: Sequence[UUID] | None = None) -> list[Tombstone]:
        """Return what is left of the removed sessions of those ids, in the order given, or of all.

        Unknown ids are left out. One may be left over of a session that is there again.
        """
        ...

    def hashes(self) -> Iterator[SessionHashes]:
        """Yield the hashes of every session."""
        ...

    def scan(self) -> Iterator[tuple[list[Session], Vectors]]:
        """Yield all sessions with their vectors (n, dimension), in batches."""
        ...


Check = Callable[[Generation], Calibration | None]
"""Takes a new generation before it is served: returns its calibration, or raises to prevent the switch."""


class Builder(Protocol):
    """Writes one new generation. Leaving its context without a commit removes what was written."""

    def upsert(self, sessions: Sequence[Session], vectors: Vectors) -> None:
        """Write sessions with their unit vectors (n, dimension). Raises EncoderError if one is not unit."""
        ...

    def bury(self, tombstones: Collection[Tombstone]) -> None:
        """Make these the generation's tombstones, instead of any that it has."""
        ...

    def commit(
        self, *, expected: int, sources: Sequence[str], check: Check | None = None
    ) -> Manifest:
        """Verify that exactly `expected` sessions are there, write the manifest and switch to it.

        Raises VerificationError if they are not, and whatever `check` raises; then nothing is switched.
        """
        ...


class Updater(Builder, Protocol):
    """Changes the served generation in place: additions and changes first, removals last.

    Every batch is idempotent. After a failure what was written stays, and the same load run again completes it.
    A commit without `check` leaves the calibration as it was.
    """

    def update_payloads(self, sessions: Sequence[Session]) -> None:
        """Replace the payloads and keywords of stored sessions; their vectors stay."""
        ...

    def remove(self, ids: Sequence[UUID]) -> None:
        """Remove sessions; unknown ids are ignored."""
        ...


class SearchableStore(Protocol):
    """The part of a store that answering queries needs."""

    @property
    def kind(self) -> str:
        """The kind of store, for people: embedded or server."""
        ...

    def reading(self) -> AbstractContextManager[Generation]:
        """Open the served generation for a `with` block. Raises NothingLoadedError if there is none yet."""
        ...

    def manifest(self) -> Manifest:
        """Return the served generation's manifest. Raises NothingLoadedError if there is none yet."""
        ...

    def check(self) -> Versions | None:
        """Return the versions of server and client, None without. Raises StoreError without an answer."""
        ...


class SessionStore(SearchableStore, Protocol):
    """One catalogue and its generations."""

    @property
    def name(self) -> str:
        """The catalogue's name, which leads to the served generation."""
        ...

    def reading(self, *, older: bool = False) -> AbstractContextManager[Generation]:
        """Open the served generation for a `with` block; a switch meanwhile does not disturb it.

        Raises NothingLoadedError without any; MismatchError for an older schema, which `older` lets scan.
        """
        ...

    def opening(self, manifest: Manifest) -> AbstractContextManager[Generation]:
        """Open a kept generation, served or not, for a `with` block."""
        ...

    def find_damage(self, manifest: Manifest) -> str:
        """Return what of a generation's files is not as written, none of them opened; nothing on a server."""
        ...

    def has_unfinished_update(self, manifest: Manifest) -> bool:
        """Return whether a load in place did not end, so that the next one puts the manifest right."""
        ...

    def lock(self) -> AbstractContextManager[object]:
        """Keep other loaders out for a `with` block. Raises LockedError while one is at work."""
        ...

    def building(self, encoder: Fingerprint, *, sessions: int) -> AbstractContextManager[Builder]:
        """Start an empty generation for about `sessions` sessions, under the catalogue's lock.

        Raises LockedError while another loader is at work, StorageFullError if the disk cannot hold it.
        """
        ...

    def updating(self, *, changes: int) -> AbstractContextManager[Updater] | None:
        """Change the served generation in place, under the catalogue's lock.

        None where building beside is better: `changes` sessions are too many, or the catalogue is so small that
        every load can be undone by a rollback.
        """
        ...

    def generations(self) -> list[Manifest]:
        """Return the manifests of all kept generations, newest first."""
        ...

    def rollback(self, to: str | None = None) -> Manifest:
        """Switch to the generation before the served one, or to any kept one of the name `to`.

        What is left stays until a load serves what it built. Raises RefusedError if there is none to switch to.
        """
        ...

    def close(self) -> None:
        """Close open files and connections."""
        ...
