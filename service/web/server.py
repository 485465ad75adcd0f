"""Serves the front end with gunicorn: one process of threads, or several where the store is a server."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from service import deadline, measuring
from service.errors import ConferenceHelperError, NothingLoadedError, RefusedError
from service.search import Searcher
from service.settings import Settings
from service.web import DEADLINE_SECONDS, create_app, logs, metrics

_WATCH_SECONDS = 1.0
_GRACE_SECONDS = 30

log = logging.getLogger(__name__)


class Watcher(threading.Thread):
    """Keeps a searcher ready: opens each new generation and loads its encoder as soon as it is there."""

    def __init__(
        self,
        searcher: Searcher,
        seconds: float = _WATCH_SECONDS,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        super().__init__(name="watcher", daemon=True)
        self._deadline_seconds = deadline_seconds
        self._searcher = searcher
        self._seconds = seconds
        self._ended = threading.Event()
        self._said = ""
        self._state = ""

    def run(self) -> None:
        """Look every second until `end`; a trouble is logged once, and again when it changes."""
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
            with deadline.within(self._deadline_seconds):
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
        if self._state not in ("", state):
            measuring.note("switch")
            log.warning("Serving generation %s.", state)
        self._state = state


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn with our settings; the searcher is made in the worker, after the fork."""

    def __init__(self, settings: Settings, open_searcher: Callable[[], Searcher]) -> None:
        self._settings = settings
        self._open_searcher = open_searcher
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its options."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        options: dict[str, Any] = {
            "bind": f"{host}:{self._settings.port}",
            "workers": self._settings.workers,
            "worker_class": "gthread",
            "threads": self._settings.threads,
            "graceful_timeout": _GRACE_SECONDS,
            "timeout": 120,
            "control_socket_disable": True,
            "loglevel": "warning",
            "when_ready": _announce,
            "child_exit": _forget,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the app, in the worker, with its watcher started."""
        logs.configure(self._settings.log_format)
        searcher = self._open_searcher()
        Watcher(searcher, deadline_seconds=self._settings.deadline).start()
        app = create_app(searcher, deadline=self._settings.deadline)
        if self._settings.log_format == "json":
            logs.log_requests(app, queries=self._settings.log_queries)
        return app


def run(settings: Settings, open_searcher: Callable[[], Searcher]) -> None:
    """Serve until SIGTERM or SIGINT; what is being answered then is finished first.

    Raises RefusedError for several workers on an embedded store.
    """
    if settings.workers > 1 and not settings.qdrant_url:
        raise RefusedError(
            f"{settings.workers} workers were asked for, but an embedded catalogue belongs to one process. "
            "Serve with one worker and more CONFERENCE_HELPER_THREADS, or set CONFERENCE_HELPER_QDRANT_URL."
        )
    logs.configure(settings.log_format)
    _Server(settings, open_searcher).run()


def _forget(arbiter: Any, worker: Any) -> None:
    metrics.forget_process(worker.pid)


def _announce(arbiter: Any) -> None:
    for listener in arbiter.LISTENERS:
        log.warning("Serving on %s", listener)
