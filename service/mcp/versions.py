"""Protocol versions: which one a request speaks, and whether it and its HTTP headers agree."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from service.mcp.messages import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    UNSUPPORTED_VERSION,
    Message,
    ProtocolError,
)

STATELESS = ("2026-07-28",)
"""Versions whose every request says who asks and how."""
WITH_HANDSHAKE = ("2025-11-25", "2025-06-18")
"""Older versions, whose clients begin with `initialize`; without sessions, each request is answered alike."""
META = "io.modelcontextprotocol/"
_VERSION = f"{META}protocolVersion"
_CAPABILITIES = f"{META}clientCapabilities"
REQUEST_META: dict[str, Any] = {_VERSION: STATELESS[0], _CAPABILITIES: {}}
"""The minimal `_meta` of a request in the newest protocol version."""
_NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
"""What Mcp-Name repeats of the parameters of a method."""
_ENCODED = re.compile(r"=\?base64\?(.*)\?=")


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of a request over HTTP that repeat what its body says; None where one is missing."""

    version: str | None = None
    method: str | None = None
    name: str | None = None


def is_stateless(message: Message, headers: Headers | None) -> bool:
    """Return whether a request speaks a stateless version; `headers` are None where there is no HTTP.

    Raises ProtocolError for a version that is not spoken here, a request that lacks what its version asks for,
    and headers that say something else than the body.
    """
    meta = message.params.get("_meta", {})
    if not isinstance(meta, dict):
        raise ProtocolError(INVALID_PARAMS, "_meta is no JSON object.", id=message.id)
    said = headers.version if headers else None
    if _VERSION not in meta and said not in STATELESS:
        _check_older(message, said)
        return False
    if headers and _VERSION in meta and said != meta[_VERSION]:
        raise _mismatch(message, "MCP-Protocol-Version", said, meta[_VERSION])
    version = meta.get(_VERSION)
    if version is not None and version not in STATELESS:
        raise _unsupported(message, version, STATELESS)
    if message.id is None:  # headers and metadata of notifications are not defined
        return True
    if not isinstance(version, str) or not isinstance(meta.get(_CAPABILITIES), dict):
        raise ProtocolError(
            INVALID_PARAMS,
            f"_meta has {_VERSION} and {_CAPABILITIES} in every request.",
            id=message.id,
        )
    if headers:
        _check_headers(message, headers)
    return True


def agree(asked: Any) -> str:
    """Return the version to go on with for a client that begins with `initialize` and asks for this one."""
    return asked if asked in WITH_HANDSHAKE else WITH_HANDSHAKE[0]


def _check_older(message: Message, said: str | None) -> None:
    if message.method == "initialize" or said is None or said in WITH_HANDSHAKE:
        return
    raise _unsupported(message, said, (*STATELESS, *WITH_HANDSHAKE))


def _check_headers(message: Message, headers: Headers) -> None:
    if headers.method != message.method:
        raise _mismatch(message, "Mcp-Method", headers.method, message.method)
    if parameter := _NAMED_BY.get(message.method):
        name, wanted = headers.name, message.params.get(parameter)
        if name is None or _decode(name) != wanted:
            raise _mismatch(message, "Mcp-Name", name, wanted)


def _decode(name: str) -> str | None:
    """Return what a header says, None where it is encoded and cannot be read."""
    encoded = _ENCODED.fullmatch(name)
    if not encoded:
        return name
    try:
        return base64.b64decode(encoded[1], validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None


def _mismatch(message: Message, name: str, said: str | None, wanted: object) -> ProtocolError:
    told = "is missing" if said is None else f"is {said[:80]!r}"
    return ProtocolError(
        HEADER_MISMATCH,
        f"Header mismatch: {name} {told}, and the body has {str(wanted)[:80]!r}.",
        id=message.id,
    )


def _unsupported(message: Message, asked: object, supported: tuple[str, ...]) -> ProtocolError:
    return ProtocolError(
        UNSUPPORTED_VERSION,
        "Unsupported protocol version",
        id=message.id,
        data={"supported": list(supported), "requested": str(asked)[:80]},
    )
