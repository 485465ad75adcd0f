"""API keys: which addresses want one, and who is answered without.

Keys are sent as bearer tokens, and refused as RFC 6750 says.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NoReturn

from flask import Flask, Response, current_app, g, request

from service.errors import ApiKeyError, ScopeError
from service.keys.key import Key, Scope
from service.keys.key_file import KeyFile
from service.web import rate_limit
from service.web.operators import OPERATOR
from service.web.outages import Outages

_OF_API = "/api/"
_WANTED: dict[str, tuple[Scope, ...]] = {
    "/metrics": ("ops",),
    "/api/status": ("search", "ops"),
    "/mcp": ("search",),
}
_PLACE = "Reading the API keys"
_ASK = "Ask whoever runs the service for one."


def wanted(route: str) -> tuple[Scope, ...]:
    """Return the scopes of which a key needs one for a route; none where no key is wanted."""
    return _WANTED.get(route, ("search",) if route.startswith(_OF_API) else ())


def opens_to_pages(route: str) -> bool:
    """Return whether pages of this service and of allowed sites may ask there without a key."""
    return route.startswith(_OF_API)


def install(app: Flask, keys: KeyFile, origins: Sequence[str]) -> None:
    """Have programs send a key from now on; pages of `origins`, and this service's own, need none."""
    app.extensions["keys"] = keys

    @app.before_request
    def check() -> None:
        route = request.url_rule.rule if request.url_rule else ""
        scopes = wanted(route)
        if not scopes or request.environ.get(OPERATOR):
            return
        secret = _read_secret()
        if secret is None:
            if not (opens_to_pages(route) and _is_page(origins)):
                _refuse(ApiKeyError(f"This needs an API key, as Authorization: Bearer KEY. {_ASK}"))
            return
        try:
            g.key = key = keys.find(secret)
        finally:
            _note_problem(keys)
        accepted = _accept(key, scopes)
        rate_limit.count("key", keys.limit, accepted.name, accepted.rate_limit)

    @app.after_request
    def add_challenge(response: Response) -> Response:
        if "challenge" in g:
            response.headers["WWW-Authenticate"] = g.challenge
        return response


def are_wanted() -> bool:
    """Return whether this service wants keys at all."""
    return "keys" in current_app.extensions


def has_scope(scope: Scope) -> bool:
    """Return whether the current request came with a key of a scope."""
    key: Key | None = g.get("key")
    return key is not None and scope in key.scopes


def _read_secret() -> str | None:
    """Return the key that was sent, None for none."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return (scheme.lower() == "bearer" and secret.strip()) or None


def _is_page(origins: Sequence[str]) -> bool:
    """Return whether a browser says that a page of this service, or of an allowed site, asks.

    Other programs can say so too: this keeps out the pages of other sites, and nobody else.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    return request.headers.get("Origin", "").lower() in origins


def _accept(key: Key | None, scopes: Sequence[Scope]) -> Key:
    """Return the key that was sent, if it may be used here now."""
    if key is None:
        told = f"This API key is not known here; it may have been revoked. {_ASK}"
        _refuse(ApiKeyError(told), 'error="invalid_token"')
    if key.has_ended(datetime.now(UTC).date()):
        told = f"The last day of this API key was {key.until}. {_ASK}"
        _refuse(ApiKeyError(told), 'error="invalid_token"')
    if set(scopes).isdisjoint(key.scopes):
        told = f"This API key is for {' and '.join(key.scopes)}; this address wants one for {scopes[0]}."
        _refuse(ScopeError(told), f'error="insufficient_scope", scope="{scopes[0]}"')
    return key


def _refuse(error: ApiKeyError, reason: str = "") -> NoReturn:
    """Refuse the request; a client that sent no key at all is told no reason, as RFC 6750 asks."""
    told = f', {reason}, error_description="{_quotable(str(error))}"' if reason else ""
    g.challenge = f'Bearer realm="Conference Helper"{told}'
    raise error


def _quotable(text: str) -> str:
    return re.sub(r"[^ !#-\[\]-~]", "", text)


def _note_problem(keys: KeyFile) -> None:
    """Have the log say that the file of keys cannot be used, once, and that it can be again."""
    outages: Outages = current_app.extensions["outages"]
    if keys.problem:
        outages.failed(_PLACE, "bad_keys", keys.problem, requests=0)
    else:
        outages.answered(_PLACE)
