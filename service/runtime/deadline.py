"""Deadlines: how much time the current work has left, kept in a context variable for all that it calls."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class _Deadline(NamedTuple):
    """When the work must end, and how long it had."""

    end: float
    seconds: float


_current: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Set the deadline of the `with` block: `seconds` from now, or the outer one if that is earlier."""
    outer = _current.get()
    inner = _Deadline(time.monotonic() + seconds, seconds)
    token = _current.set(inner if outer is None else min(inner, outer))
    try:
        yield
    finally:
        _current.reset(token)


def remaining() -> float | None:
    """Return the seconds left until the deadline, 0.0 once it has passed, None where none is set."""
    current = _current.get()
    return None if current is None else max(0.0, current.end - time.monotonic())


def total() -> float | None:
    """Return the seconds that the current work had when its deadline was set, None where none is."""
    current = _current.get()
    return None if current is None else current.seconds
