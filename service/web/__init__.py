"""The Flask front end: `create_app` builds it from a searcher.

Flask is imported when an app is built: the process that only watches the workers does without it.
"""

from typing import TYPE_CHECKING

from service.settings import DEADLINE_SECONDS, THREADS, SecuritySettings, SiteSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask
    from flask.json.provider import DefaultJSONProvider

    from service.keys.key_file import KeyFile
    from service.runtime.rate_limit import RateLimit
    from service.runtime.shared_counts import SharedCounts
    from service.search.searcher import Searcher
    from service.settings.addresses import Network
    from service.web.outages import Outages


def create_app(
    searcher: "Searcher",
    *,
    deadline: float = DEADLINE_SECONDS,
    threads: int = THREADS,
    public_url: str = "",
    allowed_origins: "Sequence[str]" = (),
    allowed_hosts: "Sequence[str]" = (),
    trusted_proxies: "Sequence[Network]" = (),
    limit: "RateLimit | None" = None,
    keys: "KeyFile | None" = None,
    public_metrics: bool = True,
    security: SecuritySettings | None = None,
    site: SiteSettings | None = None,
    outages: "Outages | None" = None,
    counts: "SharedCounts | None" = None,
) -> "Flask":
    """Return the front end that answers with `searcher`; all of its routes only read.

    A request is answered within `deadline` seconds, with an error if need be; `threads` are worked on at a
    time. `public_url` is where people reach it, without a slash at its end; without one, pages carry no
    absolute addresses. Pages of `allowed_origins` may ask the API and frame the page, `trusted_proxies` may
    say who asks and how. Where there are `allowed_hosts`, requests to others are refused. Each client has
    `limit`. Where there are `keys`, programs need one. /metrics is for all if `public_metrics`, else for
    operators alone. `security` says whom to tell of a weakness. A watcher of the same searcher shares its
    `outages`, other workers `counts`.
    """
    from flask import Flask

    from service.runtime.admission import Admission
    from service.runtime.shared_counts import SharedCounts
    from service.web import (
        api,
        calendar,
        embed,
        errors,
        health,
        mcp,
        metrics,
        middleware,
        openapi,
        origins,
        pages,
        plan,
        programme,
        proxies,
        rate_limit,
        rows,
        security_txt,
        sessions,
        sizes,
        tags,
    )
    from service.web import keys as api_keys
    from service.web import site as looks
    from service.web.outages import Outages, note_outages

    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.extensions["searcher"] = searcher
    app.extensions["public_url"] = public_url
    app.extensions["security"] = security or SecuritySettings()
    app.extensions["site"] = looks.open_site(site or SiteSettings())
    app.json = _json(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["admission"] = admission = Admission(threads, deadline / 2)
    app.extensions["public_metrics"] = public_metrics
    app.url_map.merge_slashes = False  # or it would redirect, to whatever host the request names
    middleware.install(app, deadline, allowed_hosts)
    rate_limit.install(app, limit)
    if keys:
        api_keys.install(app, keys, allowed_origins)
    mcp.install(app, searcher, public_url, allowed_origins)
    middleware.take_turns(app, admission)
    tags.install(app)
    for module in (
        pages,
        programme,
        sessions,
        calendar,
        plan,
        rows,
        api,
        health,
        openapi,
        metrics,
        looks,
        embed,
        security_txt,
    ):
        app.register_blueprint(module.bp)
    metrics.instrument(app, counts or SharedCounts())
    note_outages(app, outages or Outages())
    errors.install(app)
    origins.install(app, allowed_origins)
    sizes.install(app)
    app.wsgi_app = proxies.BehindProxies(app.wsgi_app, trusted_proxies, public_url)  # type: ignore[assignment, method-assign]  # as Flask documents it
    return app


def _json(app: "Flask") -> "DefaultJSONProvider":
    """Return a provider that writes UTF-8 unescaped and keys in the order given."""
    from flask.json.provider import DefaultJSONProvider

    provider = DefaultJSONProvider(app)
    provider.ensure_ascii = False
    provider.sort_keys = False
    return provider
