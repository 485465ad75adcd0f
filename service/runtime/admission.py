"""Admission control: concurrency limit, bounded queue and fair scheduling between clients."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from service.errors import BusyError

_WAITING = 64
_STREAMS = 4
_SPARE = 16
"""Threads for requests that need not wait, and for those that are refused."""
_SHARE = 4
"""A client has one turn of so many at most, while others ask too."""
_GONE_SECONDS = 2.0
"""Seconds since its last request after which a client no longer counts as active."""


@dataclass(eq=False, slots=True)
class _Waiting:
    """A queued request; `over` is set when it is admitted or rejected."""

    over: threading.Event = field(default_factory=threading.Event)
    has_turn: bool = False


class Admission:
    """Lets so many requests in at a time; the next ones wait for a while, and others are refused at once.

    Requests that wait in line are answered late, those behind them too late: refusing some keeps the others
    in time. Clients that wait are let in by turns, however many requests each of them has in the line; if it
    is full, the client with the most of them loses one. While others ask too, a client has a quarter of the
    turns at most: requests slow each other, and one client's slow those of others little. Long answers
    that are made while the client reads them are counted apart.
    """

    def __init__(self, threads: int, seconds: float) -> None:
        """Let in `threads` requests; each waits `seconds` at most."""
        self._threads = self._free = threads
        self._seconds = seconds
        self._mutex = threading.Lock()
        self._lines: dict[str, deque[_Waiting]] = {}
        """By client, whose turn is next first; none is empty."""
        self._having: Counter[str] = Counter()
        self._last = self._last_other = ("", float("-inf"))
        """Who asked last and when, and who did last of all the others."""
        self._streams = threading.Semaphore(_STREAMS)
        self._began: dict[object, float] = {}

    @staticmethod
    def threads(threads: int) -> int:
        """Return the threads that a server needs for `threads` requests at a time, with all that wait."""
        return threads + _WAITING + _STREAMS + _SPARE

    @contextmanager
    def turn(self, client: str) -> Iterator[None]:
        """Hold a slot for a client during a `with` block, once one is free. Raises BusyError on timeout."""
        self._wait(client)
        turn = object()
        self._began[turn] = time.monotonic()
        try:
            yield
        finally:
            del self._began[turn]
            self._give_back(client)

    def oldest(self) -> float | None:
        """Return since when (of time.monotonic) the one with the oldest turn has it, None if nobody has one."""
        return min(tuple(self._began.values()), default=None)

    def open_stream(self) -> Callable[[], None]:
        """Wait until a long answer may be sent; return what says that it was. Raises BusyError if none may."""
        if not self._streams.acquire(timeout=self._seconds):
            raise BusyError("Too many calendars are being sent just now. Try again in a moment.")
        return self._streams.release

    def _wait(self, client: str) -> None:
        request = _Waiting()
        with self._mutex:
            if client != self._last[0]:
                self._last_other = self._last
            self._last = (client, time.monotonic())
            self._lines.setdefault(client, deque()).append(request)
            self._let_in()
            if sum(map(len, self._lines.values())) > _WAITING:
                self._send_away(client)
        request.over.wait(self._seconds)
        with self._mutex:
            if request.has_turn:
                return
            if not request.over.is_set():
                self._lines[client].remove(request)
                self._forget_if_empty(client)
        raise BusyError("Too many people are asking just now. Try again in a moment.")

    def _give_back(self, client: str) -> None:
        with self._mutex:
            self._free += 1
            self._having[client] -= 1
            if not self._having[client]:
                del self._having[client]
            self._let_in()

    def _let_in(self) -> None:
        """Give the turns that are free to the clients in line, one each, for as long as any may have one."""
        while self._free:
            allowed = (one for one in self._lines if self._having[one] < self._share_of(one))
            client = next(allowed, None)
            if client is None:
                return
            request = self._lines[client].popleft()
            self._lines[client] = self._lines.pop(client)  # behind the others
            self._forget_if_empty(client)
            self._free -= 1
            self._having[client] += 1
            request.has_turn = True
            request.over.set()

    def _send_away(self, newcomer: str) -> None:
        """Refuse the last request of the client with the most in the line, the newcomer's among several."""
        client = max(self._lines, key=lambda one: (len(self._lines[one]), one == newcomer))
        self._lines[client].pop().over.set()
        self._forget_if_empty(client)

    def _forget_if_empty(self, client: str) -> None:
        if not self._lines[client]:
            del self._lines[client]

    def _share_of(self, client: str) -> int:
        """Return the maximum number of slots per client: all of them while no other client is active."""
        _, asked = self._last if self._last[0] != client else self._last_other
        if time.monotonic() - asked > _GONE_SECONDS:
            return self._threads
        return max(1, self._threads // _SHARE)
