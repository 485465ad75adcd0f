"""A background thread that keeps the searcher ready."""

import logging
import threading
from collections.abc import Callable

from service.errors import ConferenceHelperError, NothingLoadedError
from service.runtime import deadline, events
from service.search.searcher import Searcher

_WATCH_SECONDS = 1.0
_OPENING_SECONDS = 30.0
"""Deadline for opening a generation: all its speakers are read, which takes longer than a request may."""

log = logging.getLogger(__name__)


class Watcher(threading.Thread):
    """Polls for a new generation, opens it and loads its encoder before a request needs them."""

    def __init__(
        self,
        searcher: Searcher,
        seconds: float = _WATCH_SECONDS,
        *,
        opening_seconds: float = _OPENING_SECONDS,
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        """Poll every `seconds`; call `on_ready` whenever another generation is ready to be served."""
        super().__init__(name="watcher", daemon=True)
        self._opening_seconds = opening_seconds
        self._on_ready = on_ready
        self._searcher = searcher
        self._seconds = seconds
        self._stopped = threading.Event()
        self._logged = ""
        self._state = ""

    def run(self) -> None:
        """Poll until `stop`; a problem is logged once, and again when it changes."""
        while True:
            self._check()
            if self._stopped.wait(self._seconds):
                return

    def stop(self) -> None:
        """Stop polling, and wait until the thread ends."""
        self._stopped.set()
        self.join()

    def _check(self) -> None:
        try:
            with deadline.within(self._opening_seconds):
                self._searcher.warm_up()
                self._record_switch()
            problem = ""
        except NothingLoadedError as error:
            problem = str(error)
        except ConferenceHelperError as error:
            problem = f"Not ready: {error}"
        if problem and problem != self._logged:
            log.warning("%s", problem)
        self._logged = problem

    def _record_switch(self) -> None:
        with self._searcher.store.reading() as generation:
            state = generation.manifest.state
        if state == self._state:
            return
        if self._state:
            events.record("switch")
            log.warning("Serving generation %s.", state)
        self._state = state
        self._on_ready()
