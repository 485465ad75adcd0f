"""Other sites: whose pages may ask the API, and may show the page in a frame."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, request

_PASSING = ("/livez", "/readyz", "/metrics")
"""What is true of the moment only."""
_PERSONAL = {"q", "ids", "fits"}
"""Parameters that tell what somebody asks or plans: no cache that others share keeps the answers."""
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors {ancestors}",
    )
)


_NOT_USED = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


def _caching(response: Response) -> str:
    """Return how an answer may be kept that does not say so itself: not at all, or if it is asked for again."""
    if response.status_code >= HTTPStatus.BAD_REQUEST or request.path in _PASSING:
        return "no-store"
    return "private, no-cache" if request.args.keys() & _PERSONAL else "no-cache"


def install(app: Flask, origins: Sequence[str]) -> None:
    """Let pages of these origins read the API and frame the page; nobody else's may."""
    policy = _POLICY.format(ancestors=" ".join(origins) or "'none'")

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Permissions-Policy"] = _NOT_USED
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", _caching(response))
        if origins and request.path.startswith("/api/"):
            response.vary.add("Origin")
            if request.headers.get("Origin", "").lower() in origins:
                response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        return response
