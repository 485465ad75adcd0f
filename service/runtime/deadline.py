"""Deadlines: how much time the current work has left, kept in a context variable for all that it calls."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[float | None] = ContextVar("deadline", default=None)
"""When the work must end, by the monotonic clock."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Set the deadline of the `with` block: `seconds` from now, or the outer one if that is earlier."""
    outer = _current.get()
    inner = time.monotonic() + seconds
    token = _current.set(inner if outer is None else min(inner, outer))
    try:
        yield
    finally:
        _current.reset(token)


def remaining() -> float | None:
    """Return the seconds left until the deadline, 0.0 once it has passed, None where none is set."""
    end = _current.get()
    return None if end is None else max(0.0, end - time.monotonic())
