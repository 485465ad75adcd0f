"""Classifies errors of a Qdrant server and its client: which are retried, and how they are translated."""

import json

import grpc
import httpcore
import httpx
from pydantic import ValidationError
from qdrant_client.common.client_exceptions import QdrantException, ResourceExhaustedResponse
from qdrant_client.http.exceptions import (
    ApiException,
    ResponseHandlingException,
    UnexpectedResponse,
)

from service.errors import AccessError, StorageFullError, StoreError
from service.runtime import deadline
from service.stores.server.transport import BodyTooLargeError

DRIVER_ERRORS = (ApiException, QdrantException, grpc.RpcError, httpx.HTTPError, ValueError)
"""What a call of the client raises; ValueError comes from its in-memory mode and from names it won't send."""

_BUSY = {429, 502, 503, 504}
_SETTLING = (
    "consensus",
    "leader is not established",
    "active replicas",
    "shards failed to apply",
    "read operations failed",
    "channel closed",
    "transport error",
)
"""In a cluster's errors of status 500 while it chooses a leader, or nodes are away: it is soon over.

A closed channel is that of a node which has left the consensus, as after a full disk: another takes the call.
"""
_LONGEST_REASON = 300
_FULL = ("no space left", "not enough space", "out of disk")
_STATUS = {
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.INTERNAL: 500,
}


class MissingError(StoreError):
    """There is no such collection; the store decides what that means."""


class ExistsError(StoreError):
    """There is such a collection already; the store decides what that means."""


def translate(address: str, action: str, error: Exception) -> StoreError:
    """Return the error to raise where the server at `address` could not do `action`."""
    status = _status(error)
    message = f"{address} could not {action}"
    in_memory = isinstance(error, ValueError)
    if isinstance(error, UnexpectedResponse) and _is_foreign(error):
        return StoreError(
            f"{message}: what answers there is no Qdrant server ({reason_of(error)}). "
            "Check the address, port and path of CONFERENCE_HELPER_QDRANT_URL."
        )
    if status == 404 or (in_memory and _mentions(error, "not found")):
        return MissingError(f"{message}: it is not there.")
    if _mentions(error, "already exists") and (in_memory or status in (400, 409)):
        return ExistsError(f"{message}: it is there already.")
    if status in (401, 403):
        return AccessError(
            f"{address} does not let this API key {action}. Set CONFERENCE_HELPER_QDRANT_API_KEY "
            "(or _FILE) to one that may: read-only for the service, manage for loads and operations."
        )
    if status == 507 or _mentions(error, *_FULL):
        return StorageFullError(
            f"{address} has no space left to {action}; what is served was not touched. "
            "Free some space on its nodes, then try again."
        )
    return StoreError(f"{message}: {reason_of(error)}. Look at the server's log if it lasts.")


def wait_before_retry(error: Exception) -> bool | float:
    """Return whether to try again, or after how many seconds where the server says so."""
    left = deadline.remaining()
    passing = is_away(error) or _status(error) in _BUSY or _is_settling(error)
    if left is None:  # a load or an operation: all that it sends may be sent again
        passing = passing or _status(error) == 408
    if left == 0 or not passing:
        return False
    wait = _retry_after(error)
    if wait is None:
        return True
    return False if left is not None and wait >= left else wait


def is_away(error: BaseException) -> bool:
    """Return whether nothing sensible answered: no connection, no answer in time, or a gateway's own error."""
    if isinstance(error, ResponseHandlingException):
        source = error.source
        known = isinstance(source, httpx.HTTPError | OSError)
        return (known or _is_httpcore(source)) and not isinstance(source, BodyTooLargeError)
    if isinstance(error, grpc.RpcError):
        return error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    return _status(error) in (502, 503, 504)


def is_silent(error: BaseException) -> bool:
    """Return whether a connection was there, or could have been, and nothing came in time."""
    if isinstance(error, ResponseHandlingException):
        return isinstance(error.source, httpx.TimeoutException | httpcore.TimeoutException)
    return isinstance(error, grpc.RpcError) and error.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def is_denied(error: BaseException) -> bool:
    """Return whether the key was refused."""
    return _status(error) in (401, 403)


def _is_foreign(error: UnexpectedResponse) -> bool:
    """Return whether it is a 404 that Qdrant did not write: its own say in JSON what is missing."""
    return error.status_code == 404 and b'"status"' not in error.content


def _is_settling(error: BaseException) -> bool:
    """Return whether a cluster's parts did not reach each other; a full disk among them is not soon over."""
    internal = _status(error) == 500
    return internal and _mentions(error, *_SETTLING) and not _mentions(error, *_FULL)


def _is_httpcore(error: BaseException) -> bool:
    return type(error).__module__.startswith("httpcore")


def _status(error: BaseException) -> int | None:
    if isinstance(error, UnexpectedResponse):
        return error.status_code
    if isinstance(error, ResourceExhaustedResponse):
        return 429
    if isinstance(error, QdrantException):  # a Retry-After that is no number of seconds
        return 429
    return _STATUS.get(error.code()) if isinstance(error, grpc.RpcError) else None


def _retry_after(error: BaseException) -> float | None:
    if isinstance(error, ResourceExhaustedResponse):
        return float(error.retry_after_s)
    if isinstance(error, UnexpectedResponse):
        text = error.headers.get("Retry-After", "") if error.headers else ""
        return float(text) if text.isascii() and text.isdigit() else None
    return None


def _mentions(error: BaseException, *words: str) -> bool:
    text = _said(error).casefold()
    return any(word in text for word in words)


def reason_of(error: BaseException) -> str:
    """Return what the server or its client said, in a line of at most 300 characters, without HTML."""
    return " ".join(_said(error).split())[:_LONGEST_REASON] or type(error).__name__


def _said(error: BaseException) -> str:
    if isinstance(error, UnexpectedResponse):
        return f"{error.status_code} {error.reason_phrase}: {_text_of(error.content)}"
    if isinstance(error, ResponseHandlingException):
        if isinstance(error.source, ValidationError):
            return f"what it sent is no answer of Qdrant's: {_first_complaint(error.source)}"
        return f"{type(error.source).__name__}: {error.source}"
    if isinstance(error, grpc.RpcError):
        return f"{error.code().name}: {error.details()}"
    if isinstance(error, json.JSONDecodeError):
        return f"what it sent is no answer of Qdrant's: {error}"
    return str(error)


def _text_of(body: bytes) -> str:
    """Return the message of Qdrant's own JSON, or other text; a gateway's page is not shown, only named."""
    try:
        return str(json.loads(body)["status"]["error"])
    except (ValueError, LookupError, TypeError):  # it is not Qdrant's own
        text = body.decode("utf-8", "replace").strip()
    return "a page of HTML" if text.startswith("<") else text


def _first_complaint(error: ValidationError) -> str:
    """Return what is wrong with an answer, and where in it; nothing of the answer itself."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))} {first['msg']}".strip()
