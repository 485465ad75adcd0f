"""How many requests are worked on at a time, and how many may wait for their turn."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.errors import BusyError

_WAITING = 64
_STREAMS = 4
_SPARE = 16
"""Threads for requests that need not wait, and for those that are refused."""


class Admission:
    """Lets so many requests in at a time; the next ones wait for a while, and others are refused at once.

    Requests that wait in line are answered late, those behind them too late: refusing some keeps the others
    in time. Long answers that are made while the client reads them are counted apart.
    """

    def __init__(self, threads: int, seconds: float) -> None:
        """Let in `threads` requests; each waits `seconds` at most."""
        self._turns = threading.Semaphore(threads)
        self._lines = threading.Semaphore(_WAITING)
        self._streams = threading.Semaphore(_STREAMS)
        self._seconds = seconds
        self._began: dict[object, float] = {}

    @staticmethod
    def threads(threads: int) -> int:
        """Return the threads that a server needs for `threads` requests at a time, with all that wait."""
        return threads + _WAITING + _STREAMS + _SPARE

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and have it for a `with` block. Raises BusyError if none comes."""
        if not self._turns.acquire(blocking=False):
            self._wait()
        turn = object()
        self._began[turn] = time.monotonic()
        try:
            yield
        finally:
            del self._began[turn]
            self._turns.release()

    def oldest(self) -> float | None:
        """Return since when (of time.monotonic) the one with the oldest turn has it, None if nobody has one."""
        return min(tuple(self._began.values()), default=None)

    def open_stream(self) -> Callable[[], None]:
        """Wait until a long answer may be sent; return what says that it was. Raises BusyError if none may."""
        if not self._streams.acquire(timeout=self._seconds):
            raise BusyError("Too many calendars are being sent just now. Try again in a moment.")
        return self._streams.release

    def _wait(self) -> None:
        if not self._lines.acquire(blocking=False):
            raise BusyError("Too many people are asking just now. Try again in a moment.")
        try:
            if not self._turns.acquire(timeout=self._seconds):
                raise BusyError("Too many people are asking just now. Try again in a moment.")
        finally:
            self._lines.release()
