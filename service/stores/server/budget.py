"""A budget of second tries, so that a server that is slow for all is not asked everything twice."""

import threading

_MOST = 20.0
_EARNED = 0.1


class Budget:
    """Second tries that may be made: some at first, then one for ten answers; safe to use from threads."""

    def __init__(self) -> None:
        """Start with all that there can be."""
        self._mutex = threading.Lock()
        self._left = _MOST

    @property
    def is_left(self) -> bool:
        """Whether a second try may be made."""
        return self._left >= 1

    def spend(self) -> None:
        """Note that something is tried again."""
        with self._mutex:
            self._left = max(0.0, self._left - 1)

    def earn(self) -> None:
        """Note an answer."""
        with self._mutex:
            self._left = min(_MOST, self._left + _EARNED)
