"""Deadlines: how much time the current work has left, kept in a context variable for all that it calls."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Set the deadline of the `with` block: `seconds` from now, or the outer one if that is earlier."""
    outer = _ends.get()
    end = time.monotonic() + seconds
    token = _ends.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _ends.reset(token)


def remaining() -> float | None:
    """Return the seconds left until the deadline, 0.0 once it has passed, None where none is set."""
    end = _ends.get()
    return None if end is None else max(0.0, end - time.monotonic())
