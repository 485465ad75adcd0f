"""The served generation, opened once for all threads of a process and closed after its last reader."""

import threading

from service.errors import StoreError
from service.stores.edge.folder import CatalogueFolder
from service.stores.edge.generation import EdgeGeneration
from service.stores.generations import nothing_loaded
from service.stores.manifest import Manifest


class SharedGeneration:
    """Counts the readers of the served generation; after a switch opens the new one and closes the old."""

    def __init__(self, folder: CatalogueFolder, catalogue: str) -> None:
        """Name the catalogue; nothing is opened yet."""
        self._folder = folder
        self._catalogue = catalogue
        self._mutex = threading.Lock()
        self._opening = threading.Lock()
        self._served: EdgeGeneration | None = None
        self._readers: dict[EdgeGeneration, int] = {}

    def manifest(self) -> Manifest:
        """Return the served generation's manifest. Raises NothingLoadedError if there is none yet."""
        name = self._folder.pointer()
        if name is None:
            raise nothing_loaded(self._catalogue)
        return self._folder.manifest(name)

    def acquire(self) -> EdgeGeneration:
        """Return the served generation; `release` it afterwards.

        While one thread opens a new generation, the others go on with the one before, if any.
        """
        name = self._folder.pointer()
        if name is not None and (current := self._acquire_open(name)):
            return current
        if not self._opening.acquire(blocking=self._served is None):
            if stale := self._acquire_open():
                return stale
            self._opening.acquire()
        try:
            manifest = self.manifest()
            return self._acquire_open(manifest.generation) or self._replace(self._open(manifest))
        finally:
            self._opening.release()

    def release(self, generation: EdgeGeneration) -> None:
        """Release a generation; the last reader closes it if it is no longer served."""
        with self._mutex:
            self._readers[generation] -= 1
            unused = not self._readers[generation] and generation is not self._served
            if unused:
                del self._readers[generation]
        if unused:
            generation.close()

    def close(self) -> None:
        """Close the open generation once its last reader releases it."""
        self._swap(None)

    def _acquire_open(self, name: str | None = None) -> EdgeGeneration | None:
        """Return the open generation if it has that name, or whatever its name if none is given."""
        with self._mutex:
            served = self._served
            if served is None or name not in (None, served.manifest.generation):
                return None
            self._readers[served] += 1
            return served

    def _open(self, manifest: Manifest) -> EdgeGeneration:
        """Open a generation; if it went in the meantime (two loads in a row), the one served by then."""
        try:
            return EdgeGeneration(self._folder.generation(manifest.generation), manifest)
        except StoreError:
            if self._folder.pointer() == manifest.generation:
                raise
            return self._open(self.manifest())

    def _replace(self, fresh: EdgeGeneration) -> EdgeGeneration:
        with self._mutex:
            self._readers[fresh] = 1
        self._swap(fresh)
        return fresh

    def _swap(self, fresh: EdgeGeneration | None) -> None:
        with self._mutex:
            stale, self._served = self._served, fresh
            unused = stale is not None and not self._readers[stale]
            if stale and unused:
                del self._readers[stale]
        if stale and unused:
            stale.close()
