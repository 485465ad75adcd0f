"""The server store: a Qdrant server or cluster, its generations collections and the catalogue's name an alias.

    <catalogue>                              the alias: the served generation
    <catalogue>-000007-20260512T093000123456 a generation: a collection with its manifest in its metadata
    <catalogue>-000007-20260512T093000123456-words its vocabulary, see `service.stores.server.vocabulary`
    <catalogue>-000007-20260512T093000123456-removed its tombstones, see `service.stores.server.tombstones`
    <catalogue>-000007-20260512T093000123456-lists its manifest's, see `service.stores.server.long_lists`
    <catalogue>-lock                         there while a loader is at work

A generation whose metadata hold no manifest was never ended; the next load removes it.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from qdrant_client import QdrantClient

from service.encoder import Fingerprint
from service.errors import NothingLoadedError, StoreError, VerificationError
from service.filters import NO_FILTERS
from service.runtime import deadline
from service.settings import QdrantSettings
from service.stores.counting import count_events
from service.stores.generations import choose_kept, followed, select_kept
from service.stores.manifest import Manifest, check_schema
from service.stores.schema import payload_indexes
from service.stores.server.collections import Collections
from service.stores.server.connection import Connection
from service.stores.server.create import wait_until_indexed
from service.stores.server.failures import MissingError
from service.stores.server.generation import ServerGeneration
from service.stores.server.lock import ServerLock
from service.stores.server.long_lists import read_manifest, write_lists
from service.stores.server.unserved import unserved
from service.stores.server.writing import ServerBuilder, ServerUpdater, now
from service.stores.vector_sample import digest_again
from service.stores.versions import Versions

_MANIFEST_TTL = 1.0
_SWITCH_TIMEOUT = 10.0
_IN_PLACE_SHARE = 0.1


class ServerStore:
    """One catalogue on a server. Any number of readers, threads and processes; one loader at a time."""

    kind = "server"

    def __init__(
        self,
        settings: QdrantSettings,
        catalogue: str,
        client: QdrantClient | None = None,
        *,
        manifest_ttl: float = _MANIFEST_TTL,
    ) -> None:
        """Name the catalogue; nothing is connected yet.

        `client` replaces that of the settings. The served manifest is cached for `manifest_ttl` seconds.
        """
        self._settings = settings
        self.name = catalogue
        self.connection = Connection(settings, client)
        self._collections = Collections(self.connection, self.name)
        self._lock = ServerLock(self.connection, settings, catalogue)
        self._manifest_ttl = manifest_ttl
        self._refreshing = threading.Lock()
        self._served: tuple[Manifest, float] | None = None

    @contextmanager
    def reading(self, *, older: bool = False) -> Iterator[ServerGeneration]:
        """Open the served generation for a `with` block; a switch meanwhile does not disturb it.

        Raises MismatchError for a generation of an older schema unless `older` ones will do.
        """
        manifest = self._cached_manifest()
        if not older:
            check_schema(manifest)
        try:
            yield ServerGeneration(self.connection, self._settings, manifest)
        except MissingError:
            self._served = None  # removed meanwhile: the next reader asks what is served
            raise

    def manifest(self) -> Manifest:
        """Return the served generation's manifest. Raises NothingLoadedError if there is none yet."""
        found = self._collections.metadata(self.name)
        if found is None or "manifest" not in found:
            kept = self.generations() if found is None else []
            raise unserved(self._collections, self.connection.address, found is not None, kept)
        known = self._served[0] if self._served else None
        manifest = read_manifest(self.connection, self._settings, found["manifest"], known)
        self._served = (manifest, time.monotonic())
        return manifest

    @contextmanager
    def opening(self, manifest: Manifest) -> Iterator[ServerGeneration]:
        """Open a kept generation, served or not, for a `with` block."""
        yield ServerGeneration(self.connection, self._settings, manifest)

    def find_damage(self, manifest: Manifest) -> str:
        """Return nothing: the server alone reads its files."""
        return ""

    def has_unfinished_update(self, manifest: Manifest) -> bool:
        """Return whether a load in place did not end, so that the next one puts the manifest right."""
        return bool((self._collections.metadata(manifest.generation) or {}).get("changing"))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other loaders out for a `with` block. Raises LockedError while one is at work.

        Puts the manifest right first where a change in place was cut short.
        """
        with self._lock.hold():
            self._recount()
            yield

    @contextmanager
    def building(self, encoder: Fingerprint, *, sessions: int) -> Iterator[ServerBuilder]:
        """Start an empty generation for about `sessions` sessions, under the catalogue's lock."""
        with self._lock.hold():
            self._remove_leftovers()
            manifest = Manifest(
                self._collections.next_name(),
                now(),
                encoder,
                sessions,
                indexes=tuple(payload_indexes()),
            )
            try:
                yield ServerBuilder(self.connection, self._settings, self, manifest)
            finally:
                if self._lock.is_mine():  # else what is unfinished is the work of whoever took over
                    self._remove_leftovers()

    def updating(self, *, changes: int) -> AbstractContextManager[ServerUpdater] | None:
        """Change the served generation in place, or return None where building beside is better."""
        sessions = self.manifest().sessions
        if sessions < self._settings.in_place_from or changes >= _IN_PLACE_SHARE * sessions:
            return None
        return self._updating()

    def check(self) -> Versions:
        """Return the server's version and the client's. Raises StoreError if the server does not answer."""
        return self.connection.check()

    def generations(self) -> list[Manifest]:
        """Return the manifests of all kept generations, newest first."""
        found = (
            self._collections.metadata(name)
            for name in sorted(self._collections.names(), reverse=True)
        )
        return [
            read_manifest(self.connection, self._settings, one["manifest"])
            for one in found
            if one and "manifest" in one
        ]

    def rollback(self, to: str | None = None) -> Manifest:
        """Switch to the generation before the served one, or to any kept one (see `SessionStore.rollback`)."""
        with self._lock.hold():
            kept = self._kept()
            previous = self._previous(kept)
            chosen = choose_kept(previous, to, kept, remedy="Load the conference again instead.")
            check_schema(chosen)
            self._switch(chosen)
            return chosen

    def close(self) -> None:
        """Close the connections."""
        self.connection.close()

    def pointer(self) -> str | None:
        """Return the served generation's name, None if nothing was ever loaded."""
        try:
            return self.manifest().generation
        except NothingLoadedError:
            return None

    def followed(self) -> str | None:
        """Return the name of the generation that a new one follows."""
        return followed(self.pointer(), self._kept())

    def check_lock(self) -> None:
        """Raise LockedError unless this process still holds the lock."""
        self._lock.check()

    def publish(self, manifest: Manifest) -> None:
        """Write the manifest and serve its generation; only under the catalogue's lock."""
        if manifest.generation != self.pointer():
            wait_until_indexed(self.connection, manifest.generation, self._settings.index_seconds)
        self.check_lock()
        self._write_manifest(manifest)
        self._switch(manifest)

    def _previous(self, kept: Mapping[str, Manifest]) -> str | None:
        """Return the generation before the served one; where none is served, the newest that is kept."""
        try:
            return self.manifest().previous
        except NothingLoadedError:
            if not kept:
                raise
            return max(kept)

    def _kept(self) -> dict[str, Manifest]:
        return {manifest.generation: manifest for manifest in self.generations()}

    def _write_manifest(self, manifest: Manifest) -> None:
        values = write_lists(self.connection, self._settings, manifest)
        self._collections.update_metadata(manifest.generation, manifest=values, changing=False)

    def _cached_manifest(self) -> Manifest:
        served = self._served
        if served and time.monotonic() - served[1] < self._manifest_ttl:
            return served[0]
        # One thread asks; the others go on with what is cached, if anything.
        if not self._refreshing.acquire(timeout=0 if served else _time_left()):
            if served:
                return served[0]
            raise StoreError(
                f"{self.connection.address} has not said in time what it serves. Try again soon."
            )
        try:
            return self.manifest()
        finally:
            self._refreshing.release()

    @contextmanager
    def _updating(self) -> Iterator[ServerUpdater]:
        with self._lock.hold():
            manifest = self.manifest()
            self._collections.update_metadata(manifest.generation, changing=True)
            yield ServerUpdater(self.connection, self._settings, self, manifest)

    def _recount(self) -> None:
        """Recount the served generation if an update in place was interrupted."""
        found = self._collections.metadata(self.name)
        if found and found.get("changing") and "manifest" in found:
            manifest = read_manifest(self.connection, self._settings, found["manifest"])
            generation = ServerGeneration(self.connection, self._settings, manifest)
            counted = replace(
                manifest,
                sessions=generation.count(NO_FILTERS),
                events=count_events(generation),
                sample=digest_again(generation),
                revision=manifest.revision + 1,
            )
            self._write_manifest(counted)

    def _switch(self, manifest: Manifest) -> None:
        """Serve a generation from now on, in one atomic call, and wait until it is.

        The alias is set again where it leads there already: a cluster brings all nodes up to date after an
        alias was set, but not after metadata were, and another node would return the old manifest for a moment.
        """
        self._collections.lead_to(manifest.generation)
        self._wait_until_served(manifest)

    def _wait_until_served(self, manifest: Manifest) -> None:
        """Wait until the switch is visible: another node of a cluster may lag behind for a moment."""
        ends = time.monotonic() + _SWITCH_TIMEOUT
        while not self._is_served(manifest):
            if time.monotonic() > ends:
                raise VerificationError(
                    f"{self.name} was switched to {manifest.generation}, but another generation is still "
                    "served. Look at the cluster's health, then run: conference-helper verify"
                )
            time.sleep(0.2)

    def _is_served(self, manifest: Manifest) -> bool:
        try:
            # Not the whole: the server may return a number of many digits with another last one.
            return self.manifest().state == manifest.state
        except NothingLoadedError:
            return False

    def _remove_leftovers(self) -> None:
        """Remove unfinished builds and expired generations; requires the catalogue's lock.

        What is newer than what is served stays not only for a rollback forward: a node that lags behind may
        tell the alias as it was before the switch.
        """
        committed = self._kept()
        served = self.pointer()
        if served is not None and served not in committed:
            return  # a node that lags behind answered: nothing it says is a reason to remove
        kept = select_kept(served, committed, committed.keys())
        for name in self._collections.names():
            if name not in kept:
                self._collections.remove(name)


def _time_left() -> float:
    """Return the seconds that the deadline leaves, -1 for no limit."""
    left = deadline.remaining()
    return -1 if left is None else left
