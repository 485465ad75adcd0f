"""Faults of a disk: one bit of a file that is another one, a file that ends early, and what becomes of them."""

import contextlib
import faulthandler
import os
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """A fault of one file: a bit at a place is flipped, or without one all from there on is gone."""

    path: Path
    place: int
    bit: int | None

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Damage the file for a `with` block."""
        with self.path.open("r+b") as file:
            file.seek(self.place)
            before = file.read(1 if self.bit is not None else -1)
            size = file.seek(0, os.SEEK_END)
            if self.bit is None:
                file.truncate(self.place)
            else:
                _write(file.fileno(), bytes([before[0] ^ (1 << self.bit)]), self.place)
        try:
            yield
        finally:
            with self.path.open("r+b") as file:
                _write(
                    file.fileno(), before.rstrip(b"\0") if self.bit is None else before, self.place
                )
                file.truncate(size)


def _write(file: int, content: bytes, place: int) -> None:
    os.pwrite(file, content, place)


def choose_faults(files: Sequence[Path], *, bits: int, truncations: int, seed: int) -> list[Fault]:
    """Return faults over all files in turn: half of the bits anywhere, half in what holds something."""
    chance = random.Random(seed)
    sizes = {path: path.stat().st_size for path in files if path.stat().st_size}
    turns = sorted(sizes)
    chance.shuffle(turns)
    faults = []
    for number in range(bits):
        path = turns[number % len(turns)]
        end = sizes[path] if number // len(turns) % 2 else _used(path)
        faults.append(Fault(path, chance.randrange(end), chance.randrange(8)))
    for number in range(truncations):
        path = turns[number * 7 % len(turns)]
        faults.append(Fault(path, chance.randrange(sizes[path]), None))
    return faults


def _used(path: Path) -> int:
    """Return how many bytes of a file come before the zeros at its end, one at least."""
    return max(1, len(path.read_bytes().rstrip(b"\0")))


def outcome(work: Callable[[], int]) -> str:
    """Do some work in a process of its own; return its code, or the signal that ended it."""
    child = os.fork()
    if not child:
        code = 99
        faulthandler.disable()  # a signal may be what is expected; its traceback would look like a failure
        try:
            code = work()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return str(os.WEXITSTATUS(status))
