"""Request hooks: a deadline, a request id, which the response returns, one generation, and a turn.

These are hooks of Flask rather than a WSGI application around it: a hook that refuses a request (for want of a
key, say) can then raise an error that is answered as all others are.
"""

import re
import time
from collections.abc import Sequence
from contextlib import ExitStack

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestURITooLarge

from service.errors import InputError
from service.runtime import deadline, request_id
from service.runtime.admission import Admission
from service.runtime.rate_limit import name_client
from service.web.parameters import searcher

ID_HEADER = "X-Request-ID"
MAX_ADDRESS = 8_190
"""Bytes of a request's path and query: 2,000 ASCII letters fit, or some 600 emoji."""
WITHOUT_WAITING = (
    "health.live",
    "health.ready",
    "metrics.show",
    "pages.static",
    "site.theme",
    "site.logo",
)
"""Endpoints that need no turn and count for no limit: they take next to no time."""
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_ONE_HOST = re.compile(r"[\w.%:\[\]-]*", re.ASCII)
"""A host and a port, or nothing. The server below joins several Host headers with commas."""


def install(app: Flask, seconds: float, hosts: Sequence[str]) -> None:
    """Give each request `seconds`, an id and one generation; call it before other hooks are registered.

    Refuse those addressed to other hosts than these, if there are any.
    """

    @app.before_request
    def enter() -> None:
        g.started = time.perf_counter()  # the wait for a turn is part of an answer's time
        g.request_scope = scope = ExitStack()
        id = request_id.valid_or_new(request.headers.get(ID_HEADER, ""))
        scope.callback(request_id.current.reset, request_id.current.set(id))
        scope.enter_context(deadline.within(seconds))
        scope.enter_context(searcher().served.pinned())
        if len(request.environ["QUERY_STRING"]) + len(request.environ["PATH_INFO"]) > MAX_ADDRESS:
            raise RequestURITooLarge
        if not _ONE_HOST.fullmatch(request.headers.get("Host", "")):
            raise InputError("The Host header has to name one host.")
        if hosts and _name_of(request.host) not in (*hosts, *_LOOPBACK):
            raise InputError("This service is not known under that name.")

    @app.after_request
    def add_id(response: Response) -> Response:
        response.headers[ID_HEADER] = request_id.current.get()
        return response

    @app.teardown_request
    def leave(error: BaseException | None) -> None:
        g.request_scope.close()


def take_turns(app: Flask, admission: Admission) -> None:
    """Have each request that takes time wait for its turn; call it after the hooks that may refuse it."""

    @app.before_request
    def take_turn() -> None:
        if request.endpoint not in WITHOUT_WAITING:
            g.request_scope.enter_context(admission.turn(name_client(request.remote_addr or "")))


def _name_of(host: str) -> str:
    """Return a host without its port."""
    return re.sub(r":\d*$", "", host).lower()
