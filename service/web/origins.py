"""Other sites: whose pages may ask the API, and may show the page in a frame."""

from collections.abc import Sequence

from flask import Flask, Response, request

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


def install(app: Flask, origins: Sequence[str]) -> None:
    """Let pages of these origins read the API and frame the page; nobody else's may."""
    policy = _POLICY.format(ancestors=" ".join(origins) or "'none'")

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if origins and request.path.startswith("/api/"):
            response.vary.add("Origin")
            if request.headers.get("Origin", "").lower() in origins:
                response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        return response
