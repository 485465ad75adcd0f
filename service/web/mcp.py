"""The Model Context Protocol over HTTP: POST /mcp, for assistants that ask on somebody's behalf."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import cast

from flask import Blueprint, Flask, Response, current_app, g, jsonify, make_response, request

from service.errors import ConferenceHelperError
from service.mcp.messages import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    MAX_BYTES,
    METHOD_NOT_FOUND,
    ProtocolError,
    too_long,
)
from service.mcp.server import Server
from service.mcp.versions import Headers
from service.runtime.rate_limit import name_client
from service.search.searcher import Searcher
from service.web.errors import handle, log_failure, public_message
from service.web.request_bodies import ReadingPlaces

_OF_THIS_MACHINE = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")

bp = Blueprint("mcp", __name__)


def install(app: Flask, searcher: Searcher, public_url: str, origins: Iterable[str]) -> None:
    """Answer with this searcher; pages of `origins`, of `public_url` and of this machine may ask.

    Call it before `middleware.take_turns`: messages are received before they wait for their turn.
    """
    server = Server(searcher, _tell, public_url=public_url)
    app.extensions["mcp"] = server
    allowed = {*origins, _origin_of(public_url)}
    places = ReadingPlaces()

    @app.before_request
    def receive() -> Response | None:
        if request.endpoint != "mcp.answer":
            return None
        refusal = _check(allowed)
        if refusal is None:
            with places.place(name_client(request.remote_addr or "")):
                g.message = request.get_data()
        return refusal

    app.register_blueprint(bp)


@bp.post("/mcp")
def answer() -> Response:
    """Answer one message."""
    names = ("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")
    given = [request.headers.get(name) for name in names]
    # Some servers leave the white space after a value, which is no part of it.
    headers = Headers(*(value if value is None else value.strip() for value in given))
    reply = cast(Server, current_app.extensions["mcp"]).answer(g.message, headers)
    if reply.body is None:
        return make_response("", HTTPStatus.ACCEPTED)
    response = jsonify(reply.body)
    response.status_code = _status(reply.error, reply.is_stateless, has_id="id" in reply.body)
    return response


@bp.errorhandler(Exception)
def fail(error: Exception) -> Response:
    """Answer what went wrong elsewhere as JSON-RPC: too many requests, a store that is away."""
    response = handle(error)
    told = response.get_json()["error"]["message"]
    response.set_data(_error(INTERNAL_ERROR, told).get_data())
    return response


def _check(origins: Iterable[str]) -> Response | None:
    """Return the refusal of a request by its head, None where its body is to be read."""
    origin = request.headers.get("Origin", "").lower()
    if origin and origin not in origins and not _OF_THIS_MACHINE.fullmatch(origin):
        return _refuse(HTTPStatus.FORBIDDEN, "Pages of this origin may not ask here.")
    if request.mimetype != "application/json":
        told = "Send the message as application/json."
        return _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, told)
    if request.content_length is None:
        return _refuse(HTTPStatus.LENGTH_REQUIRED, "Send the message with its Content-Length.")
    if request.content_length > MAX_BYTES:
        return _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(too_long()))
    return None


def _status(error: int | None, stateless: bool, *, has_id: bool) -> HTTPStatus:
    """Return the status of a reply: clients of older versions read errors of requests from a 200 only."""
    if error is None or (has_id and not stateless):
        return HTTPStatus.OK
    return HTTPStatus.NOT_FOUND if error == METHOD_NOT_FOUND else HTTPStatus.BAD_REQUEST


def _origin_of(address: str) -> str:
    return "/".join(address.lower().split("/")[:3])


def _refuse(status: HTTPStatus, told: str) -> Response:
    response = _error(INVALID_REQUEST, told)
    response.status_code = status
    return response


def _error(code: int, told: str) -> Response:
    return jsonify(jsonrpc="2.0", error=ProtocolError(code, told).as_dict())


def _tell(error: ConferenceHelperError) -> str:
    log_failure(error)
    return public_message(error)
