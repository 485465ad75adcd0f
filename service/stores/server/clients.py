"""The clients of a connection: one at a time, of this process, and another where it does not answer."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from qdrant_client import QdrantClient

from service.settings import QdrantSettings
from service.stores.server.client import make_client


@dataclass(eq=False, slots=True)
class Leased:
    """A client, the process that made it, and how many threads use it."""

    client: QdrantClient
    process: int
    users: int = 0
    left: bool = False


class Clients:
    """Gives the client to use; safe to use from many threads, each process makes its own.

    `leave` is for a client that does not answer: the next caller gets one for the next address, or where there
    is but one address, one with connections of its own, which a load balancer may lead to another node.
    """

    def __init__(self, settings: QdrantSettings, given: QdrantClient | None = None) -> None:
        """Keep the settings; nothing is connected yet. `given` takes the place of what they would make."""
        self._settings = settings
        self._given = given
        self._mutex = threading.Lock()
        self._current: Leased | None = None
        self._turn = 0

    @property
    def has_others(self) -> bool:
        """Whether there are several addresses."""
        return len(self._settings.addresses) > 1

    @contextmanager
    def lease(self) -> Iterator[Leased]:
        """Give a client for a `with` block; one that was left is closed after its last user."""
        with self._mutex:
            leased = self._current
            if leased is None or leased.process != os.getpid():
                leased = self._current = self._make()
            leased.users += 1
        try:
            yield leased
        finally:
            with self._mutex:
                leased.users -= 1
                unused = leased.left and not leased.users
            if unused:
                leased.client.close()

    def leave(self, leased: Leased) -> bool:
        """Give another client from now on; return whether this one was still the one that is given."""
        with self._mutex:
            if self._given is not None or self._current is not leased:
                return False
            self._current, leased.left = None, True
            self._turn += 1
            return True

    def close(self) -> None:
        """Close the connections of this process, but for those of a client that was given."""
        with self._mutex:
            leased, self._current = self._current, None
        if leased and leased.process == os.getpid() and leased.client is not self._given:
            leased.client.close()

    def _make(self) -> Leased:
        process = os.getpid()
        if self._given is not None:
            return Leased(self._given, process)
        addresses = self._settings.addresses
        # Processes begin with different addresses, so that several spread over the nodes.
        address = addresses[(process + self._turn) % len(addresses)]
        return Leased(make_client(self._settings, address), process)
