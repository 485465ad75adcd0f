"""Counters in shared memory: each process adds to a part of its own, and reads the sums over all parts."""

import logging
import mmap
import struct
import threading
from collections.abc import Iterator, Sequence
from operator import add

_PART_BYTES = 2**21
"""Bytes reserved for one process; untouched pages use no physical memory."""
_USED = struct.Struct("=Q")
_LENGTHS = struct.Struct("=II")
"""Bytes of an entry's key, and how many numbers follow it."""
_ALIGNED = 8
_SEPARATOR = "\0"
_PARTS_A_WORKER = 2
"""A worker starts while the one that it replaces still ends."""

Key = tuple[str, ...]

log = logging.getLogger(__name__)


class SharedCounts:
    """Named arrays of counters in shared memory, which forked processes inherit.

    The memory has no file behind it: a full disk takes none of it away, and it goes with the last process. A
    worker goes on from what those before it in its place have counted.
    """

    def __init__(self, workers: int = 1) -> None:
        """Reserve memory for this many workers; make this before the processes that share it."""
        self._memory = mmap.mmap(-1, workers * _PARTS_A_WORKER * _PART_BYTES)
        self._mutex = threading.Lock()
        self.use(0, 0)

    def use(self, worker: int, start: int) -> None:
        """Count as a worker from now on, before which so many have been started in its place."""
        self.is_first = worker == 0
        with self._mutex:
            self._start = (_PARTS_A_WORKER * worker + start % _PARTS_A_WORKER) * _PART_BYTES
            self._places = {key: place for key, place, _ in self._entries(self._start)}
            self._is_full = False

    def add(self, key: Key, amounts: Sequence[float]) -> None:
        """Add to the numbers of a key, always as many of them; safe to call from many threads."""
        numbers = struct.Struct(f"={len(amounts)}d")
        with self._mutex:
            place = self._places.get(key)
            if place is None:
                place = self._append(key, numbers.size // _ALIGNED)
            if place is None:
                return
            counted = map(add, numbers.unpack_from(self._memory, place), amounts)
            # Packed elsewhere first: `pack_into` writes zeros before the numbers, which others would read.
            self._memory[place : place + numbers.size] = numbers.pack(*counted)

    def totals(self) -> dict[Key, tuple[float, ...]]:
        """Return the numbers of each key, summed over all processes, those that have ended too."""
        found: dict[Key, tuple[float, ...]] = {}
        for start in range(0, len(self._memory), _PART_BYTES):
            for key, place, count in self._entries(start):
                numbers = struct.unpack_from(f"={count}d", self._memory, place)
                found[key] = tuple(map(add, found[key], numbers)) if key in found else numbers
        return found

    def _append(self, key: Key, count: int) -> int | None:
        """Make an entry of zeros; return where its numbers are, None where the part is full."""
        used: int = _USED.unpack_from(self._memory, self._start)[0]
        name = _SEPARATOR.join(key).encode()
        head = self._start + _USED.size + used
        place = head + _LENGTHS.size + _aligned(len(name))
        end = place + count * _ALIGNED
        if end > self._start + _PART_BYTES:
            if not self._is_full:
                log.warning("There is no room for more metrics: new ones are not counted.")
            self._is_full = True
            return None
        _LENGTHS.pack_into(self._memory, head, len(name), count)
        self._memory[head + _LENGTHS.size : head + _LENGTHS.size + len(name)] = name
        self._memory[place:end] = bytes(end - place)  # a process may have been killed in this place
        self._memory[self._start : self._start + _USED.size] = _USED.pack(end - head + used)
        self._places[key] = place
        return place

    def _entries(self, start: int) -> Iterator[tuple[Key, int, int]]:
        """Yield key, place and count of the numbers of each entry of a part."""
        (used,) = _USED.unpack_from(self._memory, start)
        head = start + _USED.size
        end = head + used
        while head < end:
            length, count = _LENGTHS.unpack_from(self._memory, head)
            name = self._memory[head + _LENGTHS.size : head + _LENGTHS.size + length]
            place = head + _LENGTHS.size + _aligned(length)
            yield tuple(name.decode().split(_SEPARATOR)), place, count
            head = place + count * _ALIGNED


def _aligned(length: int) -> int:
    """Return the next multiple of 8: a processor writes a number that begins there at once."""
    return -(-length // _ALIGNED) * _ALIGNED
