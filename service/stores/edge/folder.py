"""The files of an embedded catalogue: its generations, their manifests, and the pointer to the served one.

    <data dir>/catalogues/<name>/current                        the pointer: the served generation's name
                                 lock                           held by the one loader at work
                                 generations/<generation>/      manifest.json (last), words, removed, points/

A build that dies leaves a folder without a manifest, which the next one removes.
"""

import json
import logging
import shutil
from pathlib import Path

from service.errors import REMEDY, DamagedError, MismatchError, StorageFullError
from service.runtime.atomic_file import write_atomically
from service.stores.generations import is_generation, next_name, select_kept
from service.stores.manifest import Manifest

log = logging.getLogger(__name__)
_MANIFEST = "manifest.json"
_SESSION_BYTES = 12_000  # measured: 6 to 11 kB of payload, words and index beside each vector
_RESERVE_BYTES = 130 * 2**20  # a full disk is SIGBUS, not an exception: stay away from it


class CatalogueFolder:
    """The folder of one catalogue."""

    def __init__(self, root: Path) -> None:
        """Name the folder; nothing is read or created yet."""
        self.root = root
        self.lock_file = root / "lock"
        self._pointer = root / "current"
        self._generations = root / "generations"

    def generation(self, name: str) -> Path:
        """Return the folder of a generation."""
        return self._generations / name

    def committed(self) -> set[str]:
        """Return the names of the committed generations."""
        found = (path.parent.name for path in self._generations.glob(f"*/{_MANIFEST}"))
        return set(filter(is_generation, found))

    def next_generation(self) -> Path:
        """Return the folder for a new generation, which is not there yet."""
        return self.generation(next_name(self.committed()))

    def manifest(self, name: str) -> Manifest:
        """Return a generation's manifest. Raises DamagedError if it cannot be read, MismatchError if newer."""
        file = self.generation(name) / _MANIFEST
        try:
            values = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise DamagedError(f"{file} cannot be read ({error}). {REMEDY}") from error
        return Manifest.from_dict(values)

    def manifests(self) -> dict[str, Manifest]:
        """Return the manifests of the committed generations; one that cannot be read is logged and left out."""
        found = {}
        for name in self.committed():
            try:
                found[name] = self.manifest(name)
            except (DamagedError, MismatchError) as error:
                log.warning("%s", error)
        return found

    def pointer(self) -> str | None:
        """Return the served generation's name, None if nothing was ever loaded."""
        try:
            return self._pointer.read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise DamagedError(
                f"{self._pointer} cannot be read ({error}). Remove it, then run: "
                "conference-helper rollback"
            ) from error

    def switch(self, name: str) -> None:
        """Serve generation `name` from now on, in one atomic step."""
        write_atomically(self._pointer, name + "\n")

    def publish(self, manifest: Manifest) -> None:
        """Write a generation's manifest, which ends it, and serve it."""
        file = self.generation(manifest.generation) / _MANIFEST
        write_atomically(file, json.dumps(manifest.as_dict(), indent=1))
        self.switch(manifest.generation)

    def check_space(self, sessions: int, dimension: int) -> None:
        """Raise StorageFullError unless `sessions` more fit on the disk with a reserve."""
        needed = sessions * (4 * dimension + _SESSION_BYTES) + _RESERVE_BYTES
        free = shutil.disk_usage(self.root).free
        if free < needed:
            raise StorageFullError(
                f"{self.root} has {free // 2**20} MiB free; this load needs {needed // 2**20} MiB. "
                "Free some space or set CONFERENCE_HELPER_DATA_DIR to another disk; "
                "what is served was not touched."
            )

    def remove_leftovers(self) -> None:
        """Remove unfinished builds and expired generations; requires the catalogue's lock."""
        kept = select_kept(self.pointer(), self.manifests(), self.committed())
        for path in self._generations.glob("*"):
            if path.name not in kept and is_generation(path.name):
                _remove(path)


def _remove(path: Path) -> None:
    """Remove a generation, its manifest first; one that cannot be removed takes room and does no other harm."""
    try:
        (path / _MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(path)
    except OSError as error:
        log.warning("%s is needed no longer, and cannot be removed (%s). Remove it.", path, error)
