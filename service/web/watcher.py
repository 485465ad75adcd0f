"""Keeps a searcher ready for the next question, in a thread of its own."""

import logging
import threading
from collections.abc import Callable

from service.errors import ConferenceHelperError, NothingLoadedError
from service.runtime import deadline, events
from service.search.searcher import Searcher

_WATCH_SECONDS = 1.0
_OPENING_SECONDS = 30.0
"""What opening a generation may take: all its speakers are read, for longer than a question may take."""

log = logging.getLogger(__name__)


class Watcher(threading.Thread):
    """Keeps a searcher ready: opens each new generation and loads its encoder as soon as it is there."""

    def __init__(
        self,
        searcher: Searcher,
        seconds: float = _WATCH_SECONDS,
        *,
        opening_seconds: float = _OPENING_SECONDS,
        opened: Callable[[], None] = lambda: None,
    ) -> None:
        """Look every so many `seconds`; call `opened` when a generation is ready that was not served yet."""
        super().__init__(name="watcher", daemon=True)
        self._opening_seconds = opening_seconds
        self._opened = opened
        self._searcher = searcher
        self._seconds = seconds
        self._ended = threading.Event()
        self._said = ""
        self._state = ""

    def run(self) -> None:
        """Look every so many seconds until `end`; a trouble is logged once, and again when it changes."""
        while True:
            self._look()
            if self._ended.wait(self._seconds):
                return

    def end(self) -> None:
        """Stop looking."""
        self._ended.set()
        self.join()

    def _look(self) -> None:
        try:
            with deadline.within(self._opening_seconds):
                self._searcher.warm_up()
                self._note_switch()
            trouble = ""
        except NothingLoadedError as error:
            trouble = str(error)
        except ConferenceHelperError as error:
            trouble = f"Not ready: {error}"
        if trouble and trouble != self._said:
            log.warning("%s", trouble)
        self._said = trouble

    def _note_switch(self) -> None:
        with self._searcher.store.reading() as generation:
            state = generation.manifest.state
        if state == self._state:
            return
        if self._state:
            events.record("switch")
            log.warning("Serving generation %s.", state)
        self._state = state
        self._opened()
