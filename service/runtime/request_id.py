"""The id of the current request, in a context variable: passed on to the store, written in every log line."""

import re
import uuid
from contextvars import ContextVar

current: ContextVar[str] = ContextVar("request_id", default="")
"""Empty outside a request."""

_SAFE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def valid_or_new(given: str) -> str:
    """Return the caller's id if it is 1 to 64 of the characters A-Z a-z 0-9 . _ -, else a new random one."""
    return given if _SAFE.fullmatch(given) else uuid.uuid4().hex
