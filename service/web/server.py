"""Serves the front end with granian: worker processes that accept from one socket.

Its connections are held by code of its own, outside of Python: a client that sends or reads slowly, or not at
all, takes none of the threads that answer. What only a worker needs is imported there: the process that
watches them stays small.
"""

import logging
import multiprocessing
import multiprocessing.connection
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from service.errors import InputError, RefusedError
from service.runtime.admission import Admission
from service.runtime.rate_limit import RateLimit
from service.settings import Settings
from service.web import operators

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from service.search.searcher import Searcher

_GRACE_SECONDS = 30
"""For requests in progress, when told to stop."""
_HEAD_SECONDS = 10
"""In which a request's head must be there; a connection without a request is kept so long too."""
_UNREAD_SECONDS = 30
"""For which a client may take in nothing of its answer."""
_MAX_HEAD = 65_536
"""Bytes of a request's head."""
_MAX_CONNECTIONS = 16_384
"""Connections of a worker, where the limit on open files allows them: a browser opens up to six."""
_OTHER_FILES = 512
"""Files that a worker opens beside its connections."""
_BACKLOG = 2_048

log = logging.getLogger(__name__)


class _Server(MPServer):
    """granian whose workers share a socket that listens already, and end when this process does."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._listener = listener
        super().__init__(
            "conference-helper",
            interface=Interfaces.WSGI,
            workers=settings.workers,
            blocking_threads=Admission.threads(settings.threads),
            backpressure=_max_connections(),
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=1000 * _HEAD_SECONDS, max_buffer_size=_MAX_HEAD
            ),
            respawn_failed_workers=True,
            workers_kill_timeout=_GRACE_SECONDS,
            log_level=LogLevels.error,
            log_dictconfig={"handlers": {}, "formatters": {}, "loggers": {}},  # leave it to ours
        )

    def _init_shared_socket(self) -> None:
        self._shd = SocketHolder(self._listener.fileno(), False, _BACKLOG)  # type: ignore[call-arg, assignment]  # its stub has no arguments
        self._sso = self._listener


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
    _configure_logs(settings)
    _allow_files()
    # A worker opens the store itself, and what opens it need not be sent there.
    multiprocessing.set_start_method("fork", force=True)
    limit = RateLimit(settings.requests_per_minute) if settings.requests_per_minute else None
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(settings))
        at = settings.metrics_listen
        metrics = stack.enter_context(operators.listen(at)) if at else None
        server = _Server(settings, listener)
        server.on_startup(partial(_log_address, listener))
        load = partial(_load, settings, open_searcher, limit, metrics)
        server.serve(target_loader=load, wrap_loader=False)


def _load(
    settings: Settings,
    open_searcher: Callable[[], "Searcher"],
    limit: RateLimit | None,
    metrics: socket.socket | None,
) -> "WSGIApplication":
    """Start the watcher and return the app; this is called in the worker."""
    for number in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # until granian knows better, not as in the parent
        signal.signal(number, signal.SIG_DFL)
    _end_with_parent()

    from service.runtime.memory import page_out
    from service.web import create_app
    from service.web.bodies import hand_over
    from service.web.outages import Outages
    from service.web.watcher import Watcher

    _configure_logs(settings)
    searcher = open_searcher()
    # Opening a generation reads what answering does not: that need not stay in memory.
    page_out_data, outages = partial(page_out, settings.data_dir), Outages()
    Watcher(searcher, on_ready=page_out_data, outages=outages).start()
    app = create_app(
        searcher,
        deadline=settings.deadline,
        threads=settings.threads,
        public_url=settings.public_url or "",
        allowed_origins=settings.allowed_origins,
        allowed_hosts=settings.allowed_hosts,
        trusted_proxies=settings.trusted_proxies,
        limit=limit,
        public_metrics=not (settings.metrics_listen or settings.is_public),
        security=settings.security,
        site=settings.site,
        outages=outages,
    )
    if settings.log_format == "json":
        from service.web import logs

        logs.log_requests(app, queries=settings.log_queries)
    if metrics:
        operators.serve(metrics, app)
    return hand_over(app)


def _listen(settings: Settings) -> socket.socket:
    """Return a socket that listens on the address of the settings. Raises InputError if it cannot."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server(
            (settings.host, settings.port), family=family, backlog=_BACKLOG
        )
    except OSError as error:
        raise InputError(
            f"{settings.host} port {settings.port} cannot be listened on: "
            f"{os.strerror(error.errno or 0)}. Name another one with --host or --port."
        ) from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(
        socket, "TCP_USER_TIMEOUT"
    ):  # Linux: connections have it from the socket that listens
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * _UNREAD_SECONDS)
    return listener


def _allow_files() -> None:
    """Let this process, and its workers, open as many files as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_CONNECTIONS + _OTHER_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _max_connections() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return _MAX_CONNECTIONS
    return max(files // 2, min(_MAX_CONNECTIONS, files - _OTHER_FILES))


def _end_with_parent() -> None:
    """Have this worker stop as if it was told to when the process that started it is gone."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _configure_logs(settings: Settings) -> None:
    if settings.log_format == "json":
        from service.web import logs

        logs.configure()


def _log_address(listener: socket.socket) -> None:
    host, port, *_ = listener.getsockname()
    log.warning("Serving on http://%s:%d", f"[{host}]" if ":" in host else host, port)
