"""Serves the front end with gunicorn: one process of threads, or several where the store is a server.

The first process only watches over the others: what it does not import saves its memory.
"""

import logging
import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from service.errors import InputError, RefusedError
from service.settings import Settings
from service.web.worker import LONGEST_ADDRESS, Worker

if TYPE_CHECKING:
    from flask import Flask

    from service.search.searcher import Searcher

_GRACE_SECONDS = 30

log = logging.getLogger(__name__)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn with our settings; the searcher is made in the worker, after the fork."""

    def __init__(self, settings: Settings, open_searcher: Callable[[], "Searcher"]) -> None:
        self._settings = settings
        self._open_searcher = open_searcher
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its options."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        options: dict[str, Any] = {
            "bind": f"{host}:{self._settings.port}",
            "workers": self._settings.workers,
            "worker_class": Worker,
            "limit_request_line": LONGEST_ADDRESS,
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

    def load(self) -> "Flask":
        """Return the app, in the worker, with its watcher started."""
        from service.runtime.memory import page_out
        from service.web import create_app
        from service.web.watcher import Watcher

        _configure_logs(self._settings)
        searcher = self._open_searcher()
        opened = partial(page_out, self._settings.data_dir)  # opening reads what answering does not
        Watcher(searcher, opened=opened).start()
        app = create_app(searcher, deadline=self._settings.deadline)
        if self._settings.log_format == "json":
            from service.web import logs

            logs.log_requests(app, queries=self._settings.log_queries)
        return app


def run(settings: Settings, open_searcher: Callable[[], "Searcher"]) -> None:
    """Serve until SIGTERM or SIGINT; what is being answered then is finished first.

    Raises RefusedError for several workers on an embedded store, InputError for an address that cannot be
    listened on.
    """
    if settings.workers > 1 and not settings.qdrant.url:
        raise RefusedError(
            f"{settings.workers} workers were asked for, but an embedded catalogue belongs to one process. "
            "Serve with one worker and more CONFERENCE_HELPER_THREADS, or set CONFERENCE_HELPER_QDRANT_URL."
        )
    _check_address(settings)
    _configure_logs(settings)
    _Server(settings, open_searcher).run()


def _check_address(settings: Settings) -> None:
    """Raise InputError where nobody can listen; gunicorn would try for five seconds."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        raise InputError(
            f"{settings.host} port {settings.port} cannot be listened on: {error.strerror}. "
            "Name another one with --host or --port."
        ) from error


def _configure_logs(settings: Settings) -> None:
    if settings.log_format == "json":
        from service.web import logs

        logs.configure()


def _forget(arbiter: Any, worker: Any) -> None:
    from service.web import metrics

    metrics.forget_process(worker.pid)


def _announce(arbiter: Any) -> None:
    for listener in arbiter.LISTENERS:
        log.warning("Serving on %s", listener)
