"""Events: the core records what happened and how long it took; listeners, such as metrics, count it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, float, dict[str, str]], None]
"""Takes an event's name, its value (seconds, or a count) and its labels."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener` for every event from now on; registering it again changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def record(event: str, value: float = 1.0, **labels: str) -> None:
    """Pass an event to every listener, in the thread that recorded it."""
    for listener in _listeners:
        listener(event, value, labels)


@contextmanager
def timed(event: str, **labels: str) -> Iterator[None]:
    """Record the seconds that the `with` block took, unless it raises."""
    started = time.perf_counter()
    yield
    record(event, time.perf_counter() - started, **labels)
