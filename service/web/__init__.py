"""The Flask front end: `create_app` builds it from a searcher.

Flask is imported when an app is built: gunicorn's arbiter, which only watches its workers, does without it.
"""

from typing import TYPE_CHECKING

from service.settings import DEADLINE_SECONDS

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.json.provider import DefaultJSONProvider

    from service.search.searcher import Searcher

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


def create_app(
    searcher: "Searcher", *, deadline: float = DEADLINE_SECONDS, public_url: str = ""
) -> "Flask":
    """Return the front end that answers with `searcher`; all of its routes only read.

    A request is answered within `deadline` seconds, with an error if need be. `public_url` is where people
    reach it, without a slash at its end; without one, pages carry no absolute addresses.
    """
    from flask import Flask

    from service.web import api, errors, health, metrics, middleware, openapi, pages, plan, sessions

    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.extensions["searcher"] = searcher
    app.extensions["public_url"] = public_url
    app.json = _json(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    middleware.install(app, deadline)
    for module in (pages, sessions, plan, api, health, openapi, metrics):
        app.register_blueprint(module.bp)
    metrics.instrument(app)
    app.register_error_handler(Exception, errors.handle)
    app.after_request(_add_security_headers)
    return app


def _json(app: "Flask") -> "DefaultJSONProvider":
    """Return a provider that writes UTF-8 unescaped and keys in the order given."""
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
