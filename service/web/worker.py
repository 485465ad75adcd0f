"""gunicorn's worker of threads; what it refuses before the app sees it is an error like every other."""

import json
from typing import Any

from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

LONGEST_ADDRESS = 8_190
"""Bytes of a request's first line, the most that gunicorn reads: 2,000 letters of ASCII fit, some 600 emoji."""


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """Answers an address that is too long with the error's code and message."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Write the answer to a request that cannot be read."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        message = f"The address is longer than {LONGEST_ADDRESS:,} bytes. Ask a shorter question."
        body = json.dumps({"error": {"code": "uri_too_long", "message": message}}).encode()
        head = (
            "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        write_nonblock(client, head.encode() + body)
