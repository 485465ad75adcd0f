"""Deadlines: how long the work at hand may still take, known to whatever it calls in the same thread."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give the `with` block that many seconds, or what an outer block leaves it if that is less."""
    outer = _ends.get()
    end = time.monotonic() + seconds
    token = _ends.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _ends.reset(token)


def remaining() -> float | None:
    """Return the seconds left, 0 when time is up, None where there is no deadline."""
    end = _ends.get()
    return None if end is None else max(0.0, end - time.monotonic())
