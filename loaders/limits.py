"""Limits on what reading a source may take, by its size: a bomb ends in a sentence, whatever its format."""

import math
import os
from dataclasses import dataclass
from time import monotonic, thread_time

from loaders.sources.source_file import SourceFile
from service.errors import InputError

_REFERENCE = 10 * 2**20
"""Bytes of the source that may take all of the limits; smaller ones may take a share, larger ones more."""
_ALL_SECONDS_FROM = 3 * 2**20
"""Bytes of the source that may take as long as one of 10 MiB: real archives of 5 MiB take 10 s and more."""
_INTERVAL = 0.1
"""Seconds between looks at the processor time, which can take milliseconds; those at the clock do not."""
_LEAST_SECONDS = 1 / 15
_LEAST_MEMORY = 7 / 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Processor seconds for a source of 3 to 10 MiB; MiB for the process that reads a workbook of 10."""

    seconds: float = 50
    memory: int = 800

    def seconds_for(self, size: int) -> float:
        """Return the seconds of processor time that reading a source of `size` bytes may take."""
        share = min(1, _share(size, _LEAST_SECONDS, _ALL_SECONDS_FROM))
        return self.seconds * max(share, size / _REFERENCE)

    def memory_for(self, size: int) -> int:
        """Return the MiB of memory that reading a workbook of `size` bytes may take."""
        return math.ceil(self.memory * _share(size, _LEAST_MEMORY, _REFERENCE))


def _share(size: int, least: float, all_from: int) -> float:
    return least + (1 - least) * size / all_from


class Stopwatch:
    """Measures the processor time of reading what the caller named, and ends what takes too long."""

    def __init__(self, limits: Limits) -> None:
        """Start with nothing read."""
        self._limits = limits
        self._origin: str | None = None
        self._what = ""
        self._size = 0
        self._allowed = self._unused = self._started = self._next = 0.0

    def begin(self, source: SourceFile) -> None:
        """Allow time for a file, in addition to those before it in the same folder or archive.

        Raises InputError if these took too long.
        """
        if source.origin != self._origin:
            self._start(f"Reading {source.origin}")
            self._origin, self._size = source.origin, 0
        self._size += source.stored_size
        self._allowed = self._limits.seconds_for(self._size)
        self.check()

    def begin_rest(self) -> None:
        """Allow what reading left of its time for telling apart what was read."""
        self._start("Telling apart sessions of one id")
        self._allowed = self._unused

    def check(self) -> None:
        """Raise InputError once it took longer than is allowed."""
        if (now := monotonic()) < self._next:
            return
        self._next = now + _INTERVAL
        if _spent() - self._started > self._allowed:
            raise InputError(
                f"{self._what} takes more than {self._allowed:.0f} s of processor time, and no programme "
                "of its size does. Load it in parts; CONFERENCE_HELPER_READ_SECONDS allows more."
            )

    def _start(self, what: str) -> None:
        """Check what came before at its end, and keep what is left of its time."""
        if self._what:
            self._next = 0.0
            self.check()
            self._unused += self._allowed - (_spent() - self._started)
        self._what, self._started, self._next = what, _spent(), 0.0


def _spent() -> float:
    """Return the processor time of this thread, and of the processes that read workbooks."""
    return thread_time() + os.times().children_user
