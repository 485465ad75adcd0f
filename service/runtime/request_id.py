"""The id of the request at hand, passed on to whatever it calls and written in every log line."""

import re
import uuid
from contextvars import ContextVar

current: ContextVar[str] = ContextVar("request_id", default="")
"""Empty where no request is being answered."""

_SAFE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def accepted(given: str) -> str:
    """Return the id that a caller gave if it is a plain word of up to 64 signs, else a new one."""
    return given if _SAFE.fullmatch(given) else uuid.uuid4().hex
