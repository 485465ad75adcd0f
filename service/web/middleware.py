"""Request hooks: a deadline, a request id, which the response returns, and a turn.

These are hooks of Flask rather than a WSGI application around it: a hook that refuses a request (for want of a
key, say) can then raise an error that is answered as all others are.
"""

from contextlib import ExitStack

from flask import Flask, Response, g, request
from werkzeug.exceptions import RequestURITooLarge

from service.runtime import deadline, request_id
from service.runtime.admission import Admission

ID_HEADER = "X-Request-ID"
MAX_ADDRESS = 8_190
"""Bytes of a request's path and query: 2,000 ASCII letters fit, or some 600 emoji."""
_WITHOUT_WAITING = ("health.live", "health.ready", "metrics.show", "pages.static")


def install(app: Flask, seconds: float, admission: Admission) -> None:
    """Give each request `seconds`, an id and a turn; call it before other hooks are registered."""

    @app.before_request
    def enter() -> None:
        g.request_scope = scope = ExitStack()
        id = request_id.valid_or_new(request.headers.get(ID_HEADER, ""))
        scope.callback(request_id.current.reset, request_id.current.set(id))
        scope.enter_context(deadline.within(seconds))
        if len(request.environ["QUERY_STRING"]) + len(request.environ["PATH_INFO"]) > MAX_ADDRESS:
            raise RequestURITooLarge
        if request.endpoint not in _WITHOUT_WAITING:
            scope.enter_context(admission.turn())

    @app.after_request
    def add_id(response: Response) -> Response:
        response.headers[ID_HEADER] = request_id.current.get()
        return response

    @app.teardown_request
    def leave(error: BaseException | None) -> None:
        g.request_scope.close()
