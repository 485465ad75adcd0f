"""Serves the front end with granian: worker processes that accept from one socket.

Its connections are held by code of its own, outside of Python: a client that sends or reads slowly, or not at
all, takes none of the threads that answer. What only a worker needs is imported there: the process that
watches them stays small. Several workers share in memory the modules that it imports before they are forked.
"""

import gc
import logging
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from service.errors import InputError
from service.keys.key_file import KeyFile
from service.runtime.admission import Admission
from service.runtime.rate_limit import RateLimit
from service.runtime.shared_counts import SharedCounts
from service.settings import Settings
from service.web import operators, workers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from service.search.searcher import Searcher

_UNREAD_SECONDS = 30
"""For which a client may take in nothing of its answer."""

log = logging.getLogger(__name__)


def run(settings: Settings, open_searcher: Callable[[], "Searcher"]) -> None:
    """Serve until SIGTERM or SIGINT; requests in progress are answered first.

    Raises InputError for an address that cannot be bound, SettingsError for a file of API keys that cannot be
    used.
    """
    keys = _open_keys(settings)
    _configure_logs(settings)
    workers.allow_files()
    # A worker opens the store itself, and what opens it need not be sent there.
    multiprocessing.set_start_method("fork", force=True)
    limit = _open_limit(settings, settings.requests_per_minute, "client")
    with ExitStack() as stack:
        listener = stack.enter_context(_listen(settings))
        at = settings.metrics_listen
        metrics = stack.enter_context(operators.listen(at)) if at else None
        server = workers.Workers(settings, listener)
        server.on_startup(partial(_log_address, listener))
        port = listener.getsockname()[1]
        counts = SharedCounts(settings.workers)
        if settings.workers > 1:
            _import_for_all()
        load = partial(_load, settings, open_searcher, limit, keys, counts, metrics, port)
        server.serve(target_loader=load, wrap_loader=False)


def _import_for_all() -> None:
    """Import what every worker needs before they are forked, as they share its memory.

    No encoder is opened here: libraries that run threads of their own may wait for them forever after a fork.
    """
    from service.web import (  # noqa: F401  # what imports the most: workers find it there
        calendar,
        mcp,
        metrics,
        openapi,
        pages,
        plan,
        programme,
        sessions,
    )

    gc.collect()
    gc.freeze()  # or a worker's first collection would copy every page that has an object


def _load(
    settings: Settings,
    open_searcher: Callable[[], "Searcher"],
    limit: RateLimit,
    keys: KeyFile | None,
    counts: SharedCounts,
    metrics: socket.socket | None,
    port: int,
    place: workers.Place,
) -> "WSGIApplication":
    """Start the watcher and return the app; this is called in the worker."""
    for number in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # until granian knows better, not as in the parent
        signal.signal(number, signal.SIG_DFL)
    workers.end_with_parent()
    workers.share_often()

    from service.runtime.memory import page_out
    from service.web import create_app
    from service.web.bodies import hand_over
    from service.web.connections import Connections
    from service.web.outages import Outages
    from service.web.watcher import Watcher

    _configure_logs(settings)
    counts.use(place.worker, place.start)
    if keys:
        keys.start_over()
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
        keys=keys,
        public_metrics=not (settings.metrics_listen or settings.is_public),
        security=settings.security,
        site=settings.site,
        outages=outages,
        counts=counts,
    )
    if settings.log_format == "json":
        from service.web import logs

        logs.log_requests(app, queries=settings.log_queries)
    if metrics:
        operators.serve(metrics, app)
    admission: Admission = app.extensions["admission"]
    workers.keep_beating(place.heart, admission.oldest)
    most = min(settings.client_connections, 3 * workers.max_connections() // 4)
    Connections(port, most, settings.trusted_proxies).watch()
    return hand_over(app)


def _open_limit(settings: Settings, requests: int, name: str) -> RateLimit:
    """Return a limit of requests a minute; several machines share that of one name, if they are told where."""
    if settings.rate_limit_url is None:
        return RateLimit(requests)
    from service.runtime.shared_rate_limit import SharedRateLimit

    return SharedRateLimit(requests, settings.rate_limit_url.get_secret_value(), name)


def _open_keys(settings: Settings) -> KeyFile | None:
    """Return the keys that programs need, None where nobody needs one."""
    if settings.api_keys_file is None:
        return None
    return KeyFile(
        settings.api_keys_file, _open_limit(settings, settings.api_keys_rate_limit, "key")
    )


def _listen(settings: Settings) -> socket.socket:
    """Return a socket that listens on the address of the settings. Raises InputError if it cannot."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server(
            (settings.host, settings.port), family=family, backlog=workers.BACKLOG
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


def _configure_logs(settings: Settings) -> None:
    if settings.log_format == "json":
        from service.web import logs

        logs.configure()


def _log_address(listener: socket.socket) -> None:
    host, port, *_ = listener.getsockname()
    log.warning("Serving on http://%s:%d", f"[{host}]" if ":" in host else host, port)
