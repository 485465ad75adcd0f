"""The connection to a Qdrant server: made late, retried with care, and its errors in this program's words."""

import logging
import os
import threading
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import stamina
import stamina.instrumentation
from qdrant_client import QdrantClient
from qdrant_client.context_headers import headers

from service.errors import SettingsError, StoreError
from service.runtime import deadline, events, request_id
from service.settings import QdrantSettings
from service.stores.server.breaker import Breaker
from service.stores.server.failures import (
    DRIVER_ERRORS,
    is_away,
    reason_of,
    translated,
    wait_before_retry,
)
from service.stores.server.grpc_channel import GRPC_OPTIONS, obey_deadline
from service.stores.server.transport import DeadlineTransport

_DEFAULT_PORTS = {"https": 443, "http": 6333}
_CONNECTIONS = 64
_ATTEMPTS_WHILE_SERVING = 3

T = TypeVar("T")
log = logging.getLogger(__name__)


class Connection:
    """Calls a server, from any number of threads; after a fork each process makes its own client.

    Under a deadline a call is tried up to three times while time is left, and a breaker keeps callers away
    from a server that does not answer. Without one (loads, operations) it is tried for
    `retry_seconds`.
    """

    def __init__(self, settings: QdrantSettings, client: QdrantClient | None = None) -> None:
        """Keep the settings; nothing is connected yet. `client` takes the place of what they would make."""
        self._settings = settings
        self._given = client
        self._clients: dict[int, QdrantClient] = {}
        self._mutex = threading.Lock()
        self._version: str | None = None
        self.breaker = Breaker()

    @property
    def place(self) -> str:
        """The server, for people."""
        return self._settings.url or "in memory"

    def call(self, action: str, send: Callable[[QdrantClient], T]) -> T:
        """Return what `send` gets from the server; `action` completes "could not ...".

        Raises MissingError, ExistsError, AccessError, StorageFullError or StoreError.
        """
        left = deadline.remaining()
        serving = left is not None
        seconds = self._settings.retry_seconds if left is None else left
        try:
            for attempt in stamina.retry_context(
                on=wait_before_retry,
                attempts=_ATTEMPTS_WHILE_SERVING if serving else None,
                timeout=max(seconds, 0.001),
                wait_initial=0.05 if serving else 0.5,
                wait_jitter=0.05 if serving else 1.0,
                wait_max=1.0 if serving else 10.0,
            ).with_name(action, (), {}):
                if attempt.num > 1:
                    events.record("store_retry")
                with attempt:
                    return self._once(send, serving)
        except DRIVER_ERRORS as error:
            events.record("store_error")
            raise translated(self.place, action, error) from error
        raise StoreError(
            f"{self.place} could not {action}."
        )  # pragma: no cover -- attempts return or raise

    def check(self) -> None:
        """Raise StoreError if the server does not answer, or its version is too far from the client's."""
        if self._version is None:
            self._version = self.call("tell its version", lambda client: client.info().version)
        ours, theirs = _minor(version("qdrant-client")), _minor(self._version)
        if ours[0] != theirs[0] or abs(ours[1] - theirs[1]) > 1:
            raise StoreError(
                f"{self.place} is Qdrant {self._version}, but this program's client is made for "
                f"{ours[0]}.{ours[1]} and at most one minor version either side. "
                "Upgrade the older of the two, one minor version at a time."
            )

    def close(self) -> None:
        """Close the connections of this process."""
        with self._mutex:
            clients, self._clients = self._clients, {}
        for process, client in clients.items():
            if process == os.getpid():
                client.close()

    def _once(self, send: Callable[[QdrantClient], T], serving: bool) -> T:
        if not serving:
            return self._sent(send)
        if not self.breaker.admit():
            raise StoreError(
                f"{self.place} did not answer several times in a row; it is tried again in a moment. "
                "Look at the server if this lasts."
            )
        reached = False
        try:
            answer = self._sent(send)
            reached = True
        except Exception as error:  # raised again; it tells whether the server is away
            reached = not is_away(error)
            raise
        finally:
            if reached:
                self.breaker.succeeded()
            else:
                self._version = None
                self.breaker.failed()
        return answer

    def _sent(self, send: Callable[[QdrantClient], T]) -> T:
        id = request_id.current.get()
        with headers({"x-request-id": id} if id else {}):
            return send(self._client())

    def _client(self) -> QdrantClient:
        if self._given is not None:
            return self._given
        process = os.getpid()
        if process not in self._clients:
            with self._mutex:
                if process not in self._clients:
                    self._clients[process] = self._made()
        return self._clients[process]

    def _made(self) -> QdrantClient:
        """Make a client; what the deadline leaves of its timeout is for each call to see."""
        stamina.instrumentation.set_on_retry_hooks([_tell_retry])
        settings = self._settings
        address = address_of(settings.url or "")
        sent = {"accept-encoding": "identity"}
        if key := api_key(settings):
            sent["api-key"] = key
            if address.startswith("http://") and not _is_local(address):
                log.warning(
                    "The API key goes to %s unencrypted. Use https outside one host.", address
                )
        ca_file = str(settings.ca_file) if settings.ca_file else None
        options: dict[str, Any] = dict(GRPC_OPTIONS)
        if settings.grpc and settings.ca_file:
            options["root_certificates"] = _bytes(settings.ca_file)
        try:
            transport = DeadlineTransport(ca_file=ca_file, connections=_CONNECTIONS)
        except OSError as error:
            raise SettingsError(
                f"CONFERENCE_HELPER_QDRANT_CA_FILE {ca_file} cannot be used: {error}."
            ) from error
        client = QdrantClient(
            url=address,
            grpc_port=settings.grpc_port,
            prefer_grpc=settings.grpc,
            timeout=max(1, int(settings.timeout)),
            headers=sent,
            grpc_options=options,
            check_compatibility=False,  # `check` does it, and means it
            transport=transport,
        )
        if settings.grpc:
            obey_deadline(client)
        return client


def _tell_retry(details: stamina.instrumentation.RetryDetails) -> None:
    if deadline.remaining() is None:  # where somebody waits for an answer, the metrics count it
        log.warning(
            "Could not %s: %s. Trying again in %.0f s.",
            details.name,
            reason_of(details.caused_by),
            details.wait_for,
        )


def address_of(url: str) -> str:
    """Return the URL with a port: 443 for https and 6333 for http where it names none.

    Raises SettingsError for a URL with a user name, a query or a port that is none.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise SettingsError(
            f"CONFERENCE_HELPER_QDRANT_URL {url!r} cannot be used: {error}. Give it as https://host:port"
        ) from error
    if parts.username or parts.query or parts.fragment or not parts.hostname:
        raise SettingsError(
            "CONFERENCE_HELPER_QDRANT_URL takes a scheme, a host, a port and a path, no more; "
            "the key belongs in CONFERENCE_HELPER_QDRANT_API_KEY."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"


def api_key(settings: QdrantSettings) -> str | None:
    """Return the API key from its setting or its file. Raises SettingsError if the file cannot be read."""
    if settings.api_key:
        return settings.api_key.get_secret_value()
    if settings.api_key_file:
        return _bytes(settings.api_key_file).decode("utf-8").strip() or None
    return None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Check the path.") from error


def _minor(text: str) -> tuple[int, int]:
    """Return the major and minor number of a version such as 1.20.0-dev."""
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def _is_local(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "::1", "localhost")
