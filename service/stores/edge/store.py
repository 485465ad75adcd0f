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
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import filelock

from service.encoder import Fingerprint
from service.errors import (
    REMEDY,
    DamagedError,
    LockedError,
    MismatchError,
    NothingLoadedError,
    RefusedError,
    StorageFullError,
    StoreError,
)
from service.settings import DataDir
from service.stores.edge.generation import EdgeGeneration
from service.stores.edge.writing import EdgeBuilder, write_file
from service.stores.manifest import Manifest, check_schema
from service.stores.protocol import KEPT_GENERATIONS

log = logging.getLogger(__name__)
_OWN_NAME = re.compile(r"\d{6}-\d{8}T\d{12}")  # what stands beside generations is somebody else's
_SESSION_BYTES = 12_000  # measured: 6 to 11 kB of payload, words and index beside each vector
_RESERVE_BYTES = 130 * 2**20  # a full disk is SIGBUS, not an exception: stay away from it


class EdgeStore:
    """One embedded catalogue. Any number of readers and threads; one loader at a time."""

    kind = "embedded"

    def __init__(self, data_dir: Path, catalogue: str) -> None:
        """Name the catalogue; nothing is opened or created yet."""
        self.name = catalogue
        self._root = DataDir(data_dir).catalogue(catalogue)
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
                f"Nothing is loaded yet as {self.name}. "
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
                builder = EdgeBuilder(self, path, encoder, sessions)
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
        """Return the manifests of all kept generations that can be read, newest first."""
        found = self._readable()
        return [found[name] for name in sorted(found, reverse=True)]

    def rollback(self) -> Manifest:
        """Switch to the generation before the served one, or to the newest where that one cannot be read.

        Raises RefusedError if none is kept.
        """
        with self.lock():
            kept, served = self._readable(), self.pointer()
            if not kept and served is None:
                self.manifest()  # says that nothing is loaded
            previous = kept[served].previous if served in kept else max(kept, default=None)
            if previous is None or previous not in kept:
                raise RefusedError(
                    "There is no earlier generation to roll back to. Load the conference again; where what is "
                    f"served is damaged, remove {self._root} first and load every conference again."
                )
            if served in kept:  # else an older schema leads out too: the next load writes it anew
                check_schema(kept[previous])
            self.switch(previous)
            return kept[previous]

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
        except (OSError, UnicodeDecodeError) as error:
            raise DamagedError(
                f"{self._root / 'current'} cannot be read ({error}). Remove it, then run: "
                "conference-helper rollback"
            ) from error

    def switch(self, name: str) -> None:
        """Serve generation `name` from now on, in one atomic step."""
        write_file(self._root / "current", name + "\n")

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
        found = (path.parent.name for path in self._generations.glob("*/manifest.json"))
        return set(filter(_OWN_NAME.fullmatch, found))

    def _next_name(self) -> str:
        """A name that sorts after all others and never comes back, even in a data directory made anew."""
        numbers = [int(name.split("-")[0]) for name in self._committed()]
        return f"{max(numbers, default=0) + 1:06d}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"

    def _manifest(self, name: str) -> Manifest:
        file = self._generations / name / "manifest.json"
        try:
            values = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise DamagedError(f"{file} cannot be read ({error}). {REMEDY}") from error
        return Manifest.from_dict(values)

    def _readable(self) -> dict[str, Manifest]:
        """The manifests of the kept generations; those that cannot be read are said and left out."""
        found = {}
        for name in self._committed():
            try:
                found[name] = self._manifest(name)
            except (DamagedError, MismatchError) as error:
                log.warning("%s", error)
        return found

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
        """Remove builds that never ended and generations beyond those kept; a lock holder's work.

        Where a manifest cannot be read on the way to these, every generation that has one stays: one of them
        may be wanted.
        """
        committed, manifests = self._committed(), self._readable()
        kept: set[str] = set()
        name = self.pointer()
        while name in manifests and len(kept) <= KEPT_GENERATIONS:
            kept.add(name)
            name = manifests[name].previous
        if not kept or (name in committed and len(kept) <= KEPT_GENERATIONS):
            kept = committed
        for path in self._generations.glob("*"):
            if path.name not in kept and _OWN_NAME.fullmatch(path.name):
                _remove(path)

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self._root} cannot be written: {error.strerror or error}. "
            "Set CONFERENCE_HELPER_DATA_DIR to a folder you may write to."
        )


def _remove(path: Path) -> None:
    """Remove a generation, its manifest first; what cannot be removed takes room, and does no other harm."""
    try:
        (path / "manifest.json").unlink(missing_ok=True)
        shutil.rmtree(path)
    except OSError as error:
        log.warning("%s is needed no longer, and cannot be removed (%s). Remove it.", path, error)
