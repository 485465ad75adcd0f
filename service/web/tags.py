"""ETags: what answers of the catalogue alone change with. Who has the answer already is told so at once."""

import hashlib
from http import HTTPStatus

from flask import Flask, Response, request

from service.programme.directory import FIELD_OF
from service.version import own_version
from service.web.addresses import absolute
from service.web.parameters import searcher

BY_GENERATION = (
    "api.session",
    "api.similar",
    "sessions.show",
    "sessions.similar",
    "sessions.speaker",
    *(f"programme.{kind}" for kind in FIELD_OF),
)
"""Endpoints whose answers follow from the address and the generation: they tell neither the time nor how long
it took."""


def generation_tag() -> str:
    """Return what changes with the catalogue, the address, where people reach it, and this program.

    There is no Last-Modified: a rollback serves an older catalogue, which a date would take for known.
    """
    told = (searcher().calendars.state(), request.full_path, absolute("pages.index"), own_version())
    return hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()


def install(app: Flask) -> None:
    """Tag the answers of BY_GENERATION; call it after the hooks that may refuse a request."""

    @app.before_request
    def compare() -> Response | None:
        if request.endpoint not in BY_GENERATION or not request.if_none_match:
            return None
        if not request.if_none_match.contains_weak(generation_tag()):
            return None
        return Response(status=HTTPStatus.NOT_MODIFIED)

    @app.after_request
    def add_tag(response: Response) -> Response:
        told = (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
        if request.endpoint in BY_GENERATION and response.status_code in told:
            response.set_etag(generation_tag(), weak=True)
        return response
