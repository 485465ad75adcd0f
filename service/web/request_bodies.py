"""Bodies of requests: read whole before a request waits for its turn, and few at a time.

The server calls the app when a request's head is there; its body takes as long as its client likes, and nothing
here can cut the reading short. So that clients that send slowly keep nobody from asking something else, few
bodies are read at once, and fewer of one client.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import BusyError

AT_ONCE = 12
"""Threads that may read bodies: fewer than the server has to spare (see Admission)."""
OF_ONE_CLIENT = 4


class ReadingPlaces:
    """Places for those whose bodies are read. Safe to use from many threads."""

    def __init__(self) -> None:
        """Begin with all of them free."""
        self._mutex = threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Have a place for a `with` block. Raises BusyError if there is none for this client."""
        with self._mutex:
            if self._taken.total() >= AT_ONCE or self._taken[client] >= OF_ONE_CLIENT:
                raise BusyError(
                    "Too many messages are being received just now. Try again in a moment."
                )
            self._taken[client] += 1
        try:
            yield
        finally:
            with self._mutex:
                self._taken[client] -= 1
                self._taken += Counter()  # forgets clients without any
