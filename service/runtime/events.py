"""Measurements: the core says what happened and how long it took; whoever listens counts it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, float, dict[str, str]], None]
"""Takes what happened, a number (seconds, or how often) and labels."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Tell `listener` of everything from now on; a second time changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def note(what: str, value: float = 1.0, **labels: str) -> None:
    """Say that something happened."""
    for listener in _listeners:
        listener(what, value, labels)


@contextmanager
def timed(what: str, **labels: str) -> Iterator[None]:
    """Say how many seconds the `with` block took, unless it raises."""
    started = time.perf_counter()
    yield
    note(what, time.perf_counter() - started, **labels)
