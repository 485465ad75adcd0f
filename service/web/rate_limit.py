"""Those who ask too often are answered 429; every answer says how many requests are left."""

from dataclasses import dataclass

from flask import Flask, Response, g, request
from werkzeug.exceptions import TooManyRequests

from service.runtime.rate_limit import WINDOW_SECONDS, RateLimit, name_client
from service.web.middleware import WITHOUT_WAITING


@dataclass(frozen=True, slots=True)
class _Counted:
    """What is left of a limit, for as many seconds."""

    policy: str
    per_minute: int
    left: int
    seconds: int


def install(app: Flask, limit: RateLimit | None) -> None:
    """Count each request of a client that takes time, if there is a limit."""
    if limit:

        @app.before_request
        def count_client() -> None:
            count("client", limit, name_client(request.remote_addr or ""))

    @app.after_request
    def add_headers(response: Response) -> Response:
        counted: list[_Counted] = g.get("counted", [])
        if counted:
            response.headers["RateLimit-Policy"] = ", ".join(
                f'"{one.policy}";q={one.per_minute};w={WINDOW_SECONDS}' for one in counted
            )
            response.headers["RateLimit"] = ", ".join(
                f'"{one.policy}";r={max(one.left, 0)};t={one.seconds}' for one in counted
            )
        return response


def count(policy: str, limit: RateLimit, who: str, own: int | None = None) -> None:
    """Count a request that takes time; refuse it if whoever makes it has made too many.

    Those with an `own` number of requests a minute have that in place of the limit's; 0 is any number.
    """
    per_minute = limit.per_minute if own is None else own
    if request.endpoint in WITHOUT_WAITING or not per_minute:
        return
    made, seconds = limit.count(who)
    left = per_minute - made
    g.setdefault("counted", []).append(_Counted(policy, per_minute, left, seconds))
    if left < 0:
        raise TooManyRequests(retry_after=seconds)
