"""Request hooks: a deadline and a request id, which the response returns.

These are hooks of Flask rather than a WSGI application around it: a hook that refuses a request (for want of a
key, say) can then raise an error that is answered as all others are.
"""

from contextlib import ExitStack

from flask import Flask, Response, g, request

from service.runtime import deadline, request_id

ID_HEADER = "X-Request-ID"


def install(app: Flask, seconds: float) -> None:
    """Give each of the app's requests `seconds` and an id; call it before other hooks are registered."""

    @app.before_request
    def enter() -> None:
        g.request_scope = scope = ExitStack()
        id = request_id.valid_or_new(request.headers.get(ID_HEADER, ""))
        scope.callback(request_id.current.reset, request_id.current.set(id))
        scope.enter_context(deadline.within(seconds))

    @app.after_request
    def add_id(response: Response) -> Response:
        response.headers[ID_HEADER] = request_id.current.get()
        return response

    @app.teardown_request
    def leave(error: BaseException | None) -> None:
        g.request_scope.close()
