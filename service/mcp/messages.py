"""JSON-RPC messages: read within limits on size and depth, and the errors that answer what cannot be read."""

import json
import re
from dataclasses import dataclass
from typing import Any

from service.errors import InputError

MAX_BYTES = 262_144
"""Bytes of one message: thousands of ids fit."""
MAX_DEPTH = 32
"""How deep arrays and objects of a message may be nested."""
MAX_ID = 200
"""Characters of a request's id: it is sent back."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
RESOURCE_NOT_FOUND = -32002
"""Of protocol versions before 2026-07-28 alone."""
HEADER_MISMATCH = -32020
UNSUPPORTED_VERSION = -32022

_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

Id = str | int


class ProtocolError(InputError):
    """A message that breaks the protocol: answered by a JSON-RPC error with this code."""

    def __init__(
        self, code: int, message: str, *, id: Id | None = None, data: dict[str, Any] | None = None
    ) -> None:
        """Name the request by its `id`, where that could be read."""
        super().__init__(message)
        self.code = code
        self.id = id
        self.data = data

    def as_dict(self) -> dict[str, Any]:
        """Return the error as JSON values."""
        error = {"code": self.code, "message": str(self)}
        return error if self.data is None else {**error, "data": self.data}


@dataclass(frozen=True, slots=True)
class Message:
    """A request, or a notification, which has no `id` and gets no answer."""

    id: Id | None
    method: str
    params: dict[str, Any]


def too_long() -> ProtocolError:
    """Return the error for a message that is longer than MAX_BYTES."""
    return ProtocolError(
        INVALID_REQUEST, f"The message is longer than {MAX_BYTES:,} bytes. Send a shorter one."
    )


def parse(body: bytes) -> Message:
    """Return the message that a body is. Raises ProtocolError if it is none, or too long or deep to be read."""
    if len(body) > MAX_BYTES:
        raise too_long()
    _check_depth(body)
    try:
        message = json.loads(body)
        if _SURROGATE.search(body):  # as escapes they are JSON, and alone no text
            json.dumps(message, ensure_ascii=False).encode()
    except ValueError as error:  # what is not UTF-8 among them
        raise ProtocolError(PARSE_ERROR, "The message is not valid JSON in UTF-8.") from error
    if isinstance(message, list):
        raise ProtocolError(
            INVALID_REQUEST, "Send one message at a time: batches are not answered."
        )
    if not isinstance(message, dict):
        raise ProtocolError(INVALID_REQUEST, "The message is no JSON object.")
    return _read(message)


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _TOKENS.finditer(body):
        sign = token[0]
        depth += (sign in b"[{") - (sign in b"]}")
        if depth > MAX_DEPTH:
            raise ProtocolError(
                INVALID_REQUEST, f"The message is nested deeper than {MAX_DEPTH} levels."
            )


def _read(message: dict[str, Any]) -> Message:
    id = message.get("id")
    if "id" in message and not _is_id(id):
        raise ProtocolError(
            INVALID_REQUEST,
            f"The id of a request is a whole number or a text of {MAX_ID} characters at most.",
        )
    method, params = message.get("method"), message.get("params", {})
    if message.get("jsonrpc") != "2.0" or not isinstance(method, str):
        raise ProtocolError(
            INVALID_REQUEST, 'A message has "jsonrpc": "2.0" and the name of a method.', id=id
        )
    if not isinstance(params, dict):
        raise ProtocolError(INVALID_PARAMS, "params is no JSON object.", id=id)
    return Message(id, method, params)


def _is_id(id: object) -> bool:
    return (isinstance(id, str) and len(id) <= MAX_ID) or (
        isinstance(id, int) and not isinstance(id, bool) and abs(id) < 2**63
    )
