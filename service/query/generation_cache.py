"""GenerationCache: what was read of a generation, for as long as it is served and there is room."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import cachetools

from service.runtime.events import record
from service.stores.protocol import Generation

Value = TypeVar("Value")


class GenerationCache(Generic[Value]):
    """An LRU cache whose values belong to one state of a generation: none outlives a load or a rollback.

    Safe to use from many threads; two that ask for the same at once may both make it.
    """

    def __init__(self, most: int, size: Callable[[Value], int]) -> None:
        """Start empty; the values' sizes, one more for each, never add up to more than `most`."""
        self._most = most
        self._size = size
        self._kept: cachetools.LRUCache[tuple[str, Hashable], Value] = cachetools.LRUCache(
            most, getsizeof=lambda value: size(value) + 1
        )
        self._lock = threading.Lock()

    def get(self, generation: Generation, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key in this generation, made now where it is not kept."""
        own = (generation.manifest.state, key)
        with self._lock:
            kept = self._kept.get(own)
        record("cache", hit="no" if kept is None else "yes")
        if kept is not None:
            return kept
        value = make()
        if self._size(value) < self._most:  # it would refuse larger ones
            with self._lock:
                self._kept[own] = value
        return value
