"""Connections of httpcore that keep `service.runtime.deadline`, however slowly the other side answers."""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from service.runtime import deadline


class DeadlineNetwork(httpcore.NetworkBackend):
    """Connects within the deadline."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        """Connect by another backend."""
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host."""
        stream = self._inner.connect_tcp(
            host, port, time_left(timeout), local_address, socket_options
        )
        return _Stream(stream)


class _Stream(httpcore.NetworkStream):
    """Reads and writes within the deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, time_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, time_left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, time_left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def time_left(seconds: float | None) -> float | None:
    """Return the shorter of a timeout and what the deadline leaves. Raises ReadTimeout if that is nothing."""
    left = deadline.remaining()
    if left is None:
        return seconds
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return left if seconds is None else min(seconds, left)
