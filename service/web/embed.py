"""The web component that other sites embed."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, make_response, request

_SCRIPT = Path(__file__).parent / "static" / "embed.js"
_CACHED_SECONDS = 3600

bp = Blueprint("embed", __name__)


@bp.get("/embed.js")
def script() -> Response:
    """Answer with the script that defines <conference-search>; pages of any site may load it."""
    response = make_response(_read())
    response.mimetype = "text/javascript"
    response.cache_control.max_age = _CACHED_SECONDS
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _read() -> bytes:
    return _SCRIPT.read_bytes()
