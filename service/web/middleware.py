"""What surrounds every request: its deadline, and its id, given back to the caller."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from service.runtime import deadline, request_id

ID_HEADER = "X-Request-ID"


class Limits:
    """A WSGI application around another: sets the deadline and the id for the time that it answers."""

    def __init__(self, app: WSGIApplication, seconds: float) -> None:
        """Give every request `seconds`."""
        self._app = app
        self._seconds = seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        id = request_id.valid_or_new(environ.get("HTTP_X_REQUEST_ID", ""))
        token = request_id.current.set(id)
        try:
            with deadline.within(self._seconds):
                return self._app(environ, _with_id(start_response, id))
        finally:
            request_id.current.reset(token)


def _with_id(start_response: StartResponse, id: str) -> Callable[..., Any]:
    def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
        return start_response(status, [*headers, (ID_HEADER, id)], *failure)

    return start
