"""The embedded store: Qdrant Edge in the data directory, no server needed.

A generation is written by one process with the write-ahead log off and never changes after its manifest is
there, so any number of processes may read it at once.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from service.encoder import Fingerprint
from service.errors import DamagedError, LockedError
from service.settings import DataDir
from service.stores.edge.digests import find_damage
from service.stores.edge.failures import translate_unwritable
from service.stores.edge.folder import CatalogueFolder
from service.stores.edge.generation import EdgeGeneration
from service.stores.edge.shared_generation import SharedGeneration
from service.stores.edge.writing import EdgeBuilder
from service.stores.generations import choose_kept
from service.stores.manifest import Manifest, check_schema

log = logging.getLogger(__name__)


class EdgeStore:
    """One embedded catalogue. Any number of readers and threads; one loader at a time."""

    kind = "embedded"

    def __init__(self, data_dir: Path, catalogue: str) -> None:
        """Name the catalogue; nothing is opened or created yet."""
        self.name = catalogue
        self._folder = CatalogueFolder(DataDir(data_dir).catalogue(catalogue))
        self._lock = filelock.FileLock(self._folder.lock_file, timeout=0, is_singleton=False)
        self._shared = SharedGeneration(self._folder, catalogue)

    @contextmanager
    def reading(self, *, older: bool = False) -> Iterator[EdgeGeneration]:
        """Open the served generation for a `with` block (see `SessionStore.reading`)."""
        generation = self._shared.acquire()
        try:
            if not older:
                check_schema(generation.manifest)
            yield generation
        finally:
            self._shared.release(generation)

    def manifest(self) -> Manifest:
        """Return the served generation's manifest. Raises NothingLoadedError if there is none yet."""
        return self._shared.manifest()

    @contextmanager
    def opening(self, manifest: Manifest) -> Iterator[EdgeGeneration]:
        """Open a kept generation, served or not, for a `with` block."""
        generation = EdgeGeneration(self._folder.generation(manifest.generation), manifest)
        try:
            yield generation
        finally:
            generation.close()

    def find_damage(self, manifest: Manifest) -> str:
        """Return what of a generation's files is not as it was written (see `SessionStore.find_damage`)."""
        folder = self._folder.generation(manifest.generation)
        return find_damage(folder, manifest.files) if manifest.files else ""

    def has_unfinished_update(self, manifest: Manifest) -> bool:
        """Return False: a generation is written anew by every load."""
        return False

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other loaders out for a `with` block. Raises LockedError while one is at work."""
        with translate_unwritable(self._folder.root):
            self._folder.root.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire()
            except filelock.Timeout as error:  # an OSError too
                raise LockedError(
                    f"Another loader is at work on {self._folder.root}.",
                    "Wait until it ends, then try again.",
                ) from error
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def building(self, encoder: Fingerprint, *, sessions: int) -> Iterator[EdgeBuilder]:
        """Start an empty generation for about `sessions` sessions, under the catalogue's lock."""
        with self.lock():
            with translate_unwritable(self._folder.root):
                self._folder.remove_leftovers()
                self._folder.check_space(3 * sessions, encoder.dimension)
                builder = EdgeBuilder(self._folder, encoder, sessions)
            try:
                yield builder
            finally:
                builder.close()
                self._folder.remove_leftovers()

    def updating(self, *, changes: int) -> None:
        """Return None: an embedded generation never changes, each load builds one beside."""

    def check(self) -> None:
        """Do nothing: there is no server whose version could differ."""

    def generations(self) -> list[Manifest]:
        """Return the manifests of all kept generations that can be read, newest first."""
        found = self._folder.manifests()
        return [found[name] for name in sorted(found, reverse=True)]

    def rollback(self, to: str | None = None) -> Manifest:
        """Switch to the generation before the served one, or to any kept one (see `SessionStore.rollback`).

        Where the served one cannot be read, or the pointer, the newest that can be takes the place of the one
        before it.
        """
        with self.lock():
            kept, served = self._folder.manifests(), self._served()
            if not kept and served is None:
                self.manifest()  # says that nothing is loaded
            previous = kept[served].previous if served in kept else max(kept, default=None)
            remedy = (
                "Load the conference again; where what is served is damaged, remove "
                f"{self._folder.root} first and load every conference again."
            )
            chosen = choose_kept(previous, to, kept, remedy=remedy)
            if served in kept:  # else an older schema leads out too: the next load writes it anew
                check_schema(chosen)
            with translate_unwritable(self._folder.root):
                self._folder.switch(chosen.generation)
            return chosen

    def close(self) -> None:
        """Release what is open."""
        self._shared.close()

    def _served(self) -> str | None:
        """Return what the pointer leads to, nothing that there is if it is damaged."""
        try:
            return self._folder.pointer()
        except DamagedError as error:
            log.warning("%s", error)
            return ""
