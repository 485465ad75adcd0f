"""The Flask front end: `create_app` builds it from a searcher.

Flask is imported by who builds it: the process that only watches over others needs no part of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.json.provider import DefaultJSONProvider

    from service.search.searcher import Searcher

DEADLINE_SECONDS = 2.0

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def create_app(searcher: "Searcher", *, deadline: float = DEADLINE_SECONDS) -> "Flask":
    """Return the front end that answers with `searcher`; it reads, and changes nothing.

    A request is answered within `deadline` seconds, with an error if need be.
    """
    from flask import Flask

    from service.web import api, errors, health, metrics, openapi, pages
    from service.web import middleware as requests

    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.extensions["searcher"] = searcher
    app.json = _json(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in (pages, api, health, openapi, metrics):
        app.register_blueprint(module.bp)
    metrics.measure(app)
    app.register_error_handler(Exception, errors.answer)
    app.after_request(_add_security_headers)
    app.wsgi_app = requests.Limits(app.wsgi_app, deadline)  # type: ignore[method-assign]  # Flask's own way
    return app


def _json(app: "Flask") -> "DefaultJSONProvider":
    """UTF-8 as it is, keys in the order given."""
    from flask.json.provider import DefaultJSONProvider

    provider = DefaultJSONProvider(app)
    provider.ensure_ascii = False
    provider.sort_keys = False
    return provider


def _add_security_headers(response: "Response") -> "Response":
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
