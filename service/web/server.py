"""Serves the front end with gunicorn: one worker process of threads, or several where the store is a server.

What only a worker needs is imported there: the arbiter, which only watches its workers, stays small.
"""

import json
import logging
import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from service.errors import InputError, RefusedError
from service.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from service.search.searcher import Searcher

_GRACE_SECONDS = 30
_MAX_REQUEST_LINE = 8_190
"""Bytes of a request's first line, the most that gunicorn reads: 2,000 ASCII letters fit, or some 600 emoji."""

log = logging.getLogger(__name__)


class _Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn's worker of threads; a URL too long for it gets an error like every other."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Write the response to a request that cannot be read."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        message = f"The address is longer than {_MAX_REQUEST_LINE:,} bytes. Ask a shorter question."
        body = json.dumps({"error": {"code": "uri_too_long", "message": message}}).encode()
        head = (
            "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        write_nonblock(client, head.encode() + body)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn with these settings; the searcher is opened in the worker, after the fork."""

    def __init__(self, settings: Settings, open_searcher: Callable[[], "Searcher"]) -> None:
        self._settings = settings
        self._open_searcher = open_searcher
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        options: dict[str, Any] = {
            "bind": f"{host}:{self._settings.port}",
            "workers": self._settings.workers,
            "worker_class": _Worker,
            "limit_request_line": _MAX_REQUEST_LINE,
            "threads": self._settings.threads,
            "graceful_timeout": _GRACE_SECONDS,
            "timeout": 120,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # service.web.proxies decides whom to believe
            "loglevel": "warning",
            "when_ready": _log_addresses,
            "child_exit": _forget_worker,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> "Flask":
        """Start the watcher and return the app; gunicorn calls this in the worker."""
        from service.runtime.memory import page_out
        from service.web import create_app
        from service.web.outages import Outages
        from service.web.watcher import Watcher

        _configure_logs(self._settings)
        searcher = self._open_searcher()
        # Opening a generation reads what answering does not: that need not stay in memory.
        page_out_data = partial(page_out, self._settings.data_dir)
        outages = Outages()
        Watcher(searcher, on_ready=page_out_data, outages=outages).start()
        app = create_app(
            searcher,
            deadline=self._settings.deadline,
            public_url=self._settings.public_url or "",
            allowed_origins=self._settings.allowed_origins,
            trusted_proxies=self._settings.trusted_proxies,
            site=self._settings.site,
            outages=outages,
        )
        if self._settings.log_format == "json":
            from service.web import logs

            logs.log_requests(app, queries=self._settings.log_queries)
        return app


def run(settings: Settings, open_searcher: Callable[[], "Searcher"]) -> None:
    """Serve until SIGTERM or SIGINT; requests in progress are answered first.

    Raises RefusedError for several workers on an embedded store, InputError for an address that cannot be
    bound.
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
    """Raise InputError if the address cannot be bound; gunicorn would retry for five seconds."""
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


def _forget_worker(arbiter: Any, worker: Any) -> None:
    from service.web import metrics

    metrics.forget_process(worker.pid)


def _log_addresses(arbiter: Any) -> None:
    for listener in arbiter.LISTENERS:
        log.warning("Serving on %s", listener)
