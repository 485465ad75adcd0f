"""One generation for all that a request reads, however often it opens the store and whatever is loaded then."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

from service.errors import StoreError
from service.stores.manifest import Manifest
from service.stores.protocol import Generation, SearchableStore
from service.stores.versions import Versions


class PinnedStore:
    """A store whose readers within a `pinned` block all have the generation that the first of them opened."""

    def __init__(self, store: SearchableStore) -> None:
        """Read from another store."""
        self._store = store

    @property
    def kind(self) -> str:
        """The kind of the store."""
        return self._store.kind

    @contextmanager
    def pinned(self) -> Iterator[None]:
        """Have all readers of a `with` block see one generation; an outer block's, if there is one."""
        if self._pin():
            yield
            return
        pin = _Pin(self._store)
        token = _current.set(pin)
        try:
            yield
        finally:
            _current.reset(token)
            pin.leave()

    def reading(self) -> AbstractContextManager[Generation]:
        """Open the pinned generation for a `with` block, the served one where none is pinned."""
        pin = self._pin()
        return pin.reading() if pin else self._store.reading()

    def manifest(self) -> Manifest:
        """Return the manifest of the pinned generation, the served one's where none is."""
        pin = self._pin()
        pinned = pin.generation if pin else None
        return pinned.manifest if pinned else self._store.manifest()

    def check(self) -> Versions | None:
        """Return the versions of server and client (see `SearchableStore.check`)."""
        return self._store.check()

    def _pin(self) -> "_Pin | None":
        pin = _current.get()
        return pin if pin and pin.store is self._store else None


class _Pin:
    """A generation that stays open until its block and the last of its readers have ended.

    A calendar that is sent while it is read outlasts the request.
    """

    def __init__(self, store: SearchableStore) -> None:
        self.generation: Generation | None = None
        self.store = store
        self._opened: AbstractContextManager[Generation] | None = None
        self._mutex = threading.Lock()
        self._users = 1
        self._trouble: StoreError | None = None

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        if self.generation is None:
            opened = self.store.reading()
            self.generation = opened.__enter__()
            self._opened = opened
        with self._mutex:
            self._users += 1
        try:
            yield self.generation
        except StoreError as error:
            self._trouble = error  # the store is told when it is closed
            raise
        finally:
            self.leave()

    def leave(self) -> None:
        """Close the generation if this was the last that used it."""
        with self._mutex:
            self._users -= 1
            opened = self._opened if not self._users else None
        if opened is None:
            return
        trouble, self._opened, self._trouble = self._trouble, None, None
        if trouble is None:
            opened.__exit__(None, None, None)
        else:
            opened.__exit__(type(trouble), trouble, trouble.__traceback__)


_current: ContextVar[_Pin | None] = ContextVar("pin", default=None)
