"""Signs of life of a process, in memory that the one which started it reads."""

import mmap
import struct
import time
from collections.abc import Callable

_SIGN = struct.Struct("=dd")


class Heartbeat:
    """When a process gave its last sign of life, and since when it has been at its oldest task."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Share it with the processes that are started after this."""
        self._clock = clock
        self._memory = mmap.mmap(-1, _SIGN.size)

    def beat(self, oldest: float | None) -> None:
        """Give a sign of life; `oldest` is when the oldest task that is worked on began, None for no task."""
        _SIGN.pack_into(self._memory, 0, self._clock(), oldest or 0.0)

    def has_begun(self) -> bool:
        """Return whether there was any sign yet."""
        last, _ = _SIGN.unpack_from(self._memory)
        return bool(last)

    def silence(self) -> float:
        """Return the seconds since the last sign; 0 before the first one, as it may take long to start."""
        last, _ = _SIGN.unpack_from(self._memory)
        return self._clock() - last if last else 0.0

    def oldest_task(self) -> float:
        """Return the seconds that the oldest task has taken, 0 if there is none."""
        _, began = _SIGN.unpack_from(self._memory)
        return self._clock() - began if began else 0.0
