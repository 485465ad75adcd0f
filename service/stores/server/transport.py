"""HTTP to the server: the whole response within the deadline, and its size bounded.

The timeouts of httpx are for each read: a server that sends a byte a second holds a caller for ever. Here every
connect, read and write may take what the deadline still leaves, and no more.
"""

import ssl
from collections.abc import Iterable, Iterator
from typing import cast

import httpcore
import httpx

from service.runtime.network import DeadlineNetwork, time_left

MAX_BODY_BYTES = 64 * 2**20
"""A larger response is refused: pages of 256 sessions stay below a tenth of it."""


class BodyTooLargeError(httpx.HTTPError):
    """The server's response is larger than MAX_BODY_BYTES."""


class DeadlineTransport(httpx.BaseTransport):
    """Sends requests through a pool of connections that obey `service.runtime.deadline`."""

    def __init__(self, *, context: ssl.SSLContext | None, connections: int) -> None:
        """Keep up to `connections` open; `context` says whom https trusts."""
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30.0,
            network_backend=DeadlineNetwork(httpcore.SyncBackend()),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises the errors of httpcore, which the store's edge translates."""
        extensions = dict(request.extensions)
        if "timeout" in extensions:
            extensions["timeout"] = {
                name: time_left(seconds) for name, seconds in extensions["timeout"].items()
            }
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=cast(Iterable[bytes], request.stream),
                extensions=extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """A bounded body."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._answer.iter_stream():
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise BodyTooLargeError(f"the answer is larger than {MAX_BODY_BYTES // 2**20} MiB")
            yield chunk

    def close(self) -> None:
        self._answer.close()
