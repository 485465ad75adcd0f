"""A port or socket for operators: metrics and health, apart from what people ask.

It is served by threads of its own, so that it answers whatever the public port is busy with. Nobody but
operators should reach it: there is no bound on the connections that are held.
"""

import os
import socket
import threading
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from service.errors import InputError
from service.settings.addresses import Listen

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OPERATOR = "conference_helper.operator"
"""What a request that came by this way has in its WSGI environment; no client can put it there."""
_PATHS = ("/metrics", "/livez", "/readyz")
_MODE = 0o660
_BACKLOG = 64


class _Handler(WSGIRequestHandler):
    timeout = 5  # seconds in which something must be sent or read

    def setup(self) -> None:
        self.client_address = ("operator", 0)  # a client of a socket file has no address
        super().setup()

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: what is asked here is asked every few seconds."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, app: "WSGIApplication") -> None:
        super().__init__(("", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = "operators", 0
        self.setup_environ()
        self.set_app(app)


def are_asking() -> bool:
    """Return whether the current request is an operator's: by this way, or where only this machine can ask."""
    from flask import current_app, request

    return bool(current_app.extensions["public_metrics"] or request.environ.get(OPERATOR))


def listen(at: Listen) -> socket.socket:
    """Return a socket that listens there. Raises InputError if it cannot."""
    try:
        listener = _listen_at_path(at.path) if at.path else _listen_at_port(at)
    except OSError as error:
        raise InputError(
            f"{at} cannot be listened on: {os.strerror(error.errno or 0)}. "
            "Name another address or path with CONFERENCE_HELPER_METRICS_LISTEN."
        ) from error
    listener.setblocking(False)  # several workers wait for its connections
    return listener


def serve(listener: socket.socket, app: "WSGIApplication") -> None:
    """Answer operators from a thread of its own for as long as this process lives."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ.get("PATH_INFO") not in _PATHS:
            kind = ("Content-Type", "text/plain; charset=utf-8")
            start(f"{HTTPStatus.NOT_FOUND.value} Not Found", [kind])
            return [b"Here are /metrics, /livez and /readyz.\n"]
        return app({**environ, OPERATOR: True}, start)

    server = _Server(listener, answer)
    threading.Thread(target=server.serve_forever, name="operators", daemon=True).start()


def _listen_at_port(at: Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    return socket.create_server((at.host, at.port), family=family, backlog=_BACKLOG)


def _listen_at_path(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)  # what a killed service left
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(_MODE)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
