"""Clients that ask too often are answered 429; every answer says how many requests are left."""

from flask import Flask, Response, g, request
from werkzeug.exceptions import TooManyRequests

from service.runtime.rate_limit import WINDOW_SECONDS, RateLimit, name_client
from service.web.middleware import WITHOUT_WAITING


def install(app: Flask, limit: RateLimit) -> None:
    """Count each request of a client that takes time."""

    @app.before_request
    def count() -> None:
        if request.endpoint in WITHOUT_WAITING:
            return
        g.left, g.reset = limit.count(name_client(request.remote_addr or ""))
        if g.left < 0:
            raise TooManyRequests(retry_after=g.reset)

    @app.after_request
    def add_headers(response: Response) -> Response:
        if "left" in g:
            response.headers["RateLimit-Policy"] = (
                f'"client";q={limit.per_minute};w={WINDOW_SECONDS}'
            )
            response.headers["RateLimit"] = f'"client";r={max(g.left, 0)};t={g.reset}'
        return response
