"""gRPC to the server: every call within the deadline, connections made again soon after they are lost."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import grpc
from qdrant_client import QdrantClient
from qdrant_client.qdrant_remote import QdrantRemote

from service.runtime import deadline

GRPC_OPTIONS = {
    # By itself a channel waits up to two minutes before it connects again, and minutes for a lost peer.
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.min_reconnect_backoff_ms": 500,
    "grpc.max_reconnect_backoff_ms": 2_000,
    "grpc.keepalive_time_ms": 10_000,
    "grpc.keepalive_timeout_ms": 2_000,
    # By itself a new channel to the same address takes the connections of the one that was left.
    "grpc.use_local_subchannel_pool": 1,
}

_SHORTEST = 0.001


class _Details(NamedTuple):
    """The details of a gRPC call."""

    method: str
    timeout: float | None
    metadata: Any
    credentials: Any


class _Deadline(grpc.UnaryUnaryClientInterceptor):  # type: ignore[misc]  # grpc carries no types
    """Sets each call's timeout to the time left; the client itself rounds to whole seconds."""

    def intercept_unary_unary(
        self, continuation: Callable[[Any, Any], Any], details: Any, request: Any
    ) -> Any:
        """Send the call on with the shorter timeout."""
        left = deadline.remaining()
        if left is not None:
            seconds = min(left, details.timeout or left)
            details = _Details(
                details.method, max(seconds, _SHORTEST), details.metadata, details.credentials
            )
        return continuation(details, request)


def obey_deadline(client: QdrantClient) -> None:
    """Make the client's gRPC calls obey the deadline; opens its channels, so do it after a fork."""
    remote = cast(QdrantRemote, client._client)
    remote._init_grpc_channel()
    remote._grpc_channel_pool = [
        grpc.intercept_channel(channel, _Deadline()) for channel in remote._grpc_channel_pool
    ]
