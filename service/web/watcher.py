"""A background thread that keeps the searcher ready."""

import logging
import threading
from collections.abc import Callable

from service.errors import ConferenceHelperError
from service.runtime import deadline, events
from service.search.searcher import Searcher
from service.web.errors import UNEXPECTED, code_of
from service.web.outages import Outages

_WATCH_SECONDS = 1.0
_OPENING_SECONDS = 30.0
"""Deadline for opening a generation: all its speakers are read, which takes longer than a request may."""
_PLACE = "Opening the catalogue"

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
        outages: Outages | None = None,
    ) -> None:
        """Poll every `seconds`; call `on_ready` whenever another generation is ready to be served."""
        super().__init__(name="watcher", daemon=True)
        self._opening_seconds = opening_seconds
        self._on_ready = on_ready
        self._searcher = searcher
        self._seconds = seconds
        self._stopped = threading.Event()
        self._outages = outages or Outages()
        self._state = ""

    def run(self) -> None:
        """Poll until `stop`; a problem is logged as one of the outages."""
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
        except ConferenceHelperError as error:
            self._outages.failed(_PLACE, code_of(error), str(error), requests=0)
        except Exception as error:  # a watcher that ended would never be missed
            self._outages.failed(_PLACE, UNEXPECTED, repr(error), requests=0)
        else:
            self._outages.answered(_PLACE)

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
