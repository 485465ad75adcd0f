"""The files of an embedded catalogue: its generations, their manifests, and the pointer to the served one.

    <data dir>/catalogues/<name>/current                        the pointer: the served generation's name
                                 lock                           held by the one loader at work
                                 generations/<generation>/      points/, words, removed, digests,
                                                                manifest.json (last)

A build that dies leaves a folder without a manifest, which the next one removes.
"""

import logging
import shutil
from pathlib import Path

from service.errors import DamagedError, MismatchError, StorageFullError
from service.runtime.atomic_file import write_atomically
from service.stores.edge.manifest_file import MANIFEST, read_manifest, write_manifest
from service.stores.generations import is_generation, next_name, select_kept
from service.stores.manifest import Manifest

log = logging.getLogger(__name__)
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
        found = (path.parent.name for path in self._generations.glob(f"*/{MANIFEST}"))
        return set(filter(is_generation, found))

    def next_generation(self) -> Path:
        """Return the folder for a new generation, which is not there yet."""
        return self.generation(next_name(self.committed()))

    def manifest(self, name: str) -> Manifest:
        """Return a generation's manifest. Raises DamagedError if it cannot be read, MismatchError if newer."""
        return read_manifest(self.generation(name))

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
            text = self._pointer.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise self._misleading(f"cannot be read ({error})") from error
        name = text.removesuffix("\n")
        if name == text or not is_generation(name):
            raise self._misleading(f"names no generation ({text[:40]!r})")
        return name

    def _misleading(self, why: str) -> DamagedError:
        return DamagedError(f"{self._pointer} {why}. Run: conference-helper rollback")

    def switch(self, name: str) -> None:
        """Serve generation `name` from now on, in one atomic step."""
        write_atomically(self._pointer, name + "\n")

    def publish(self, manifest: Manifest) -> None:
        """Write a generation's manifest, which ends it, and serve it."""
        write_manifest(self.generation(manifest.generation), manifest)
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
        (path / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(path)
    except OSError as error:
        log.warning("%s is needed no longer, and cannot be removed (%s). Remove it.", path, error)
