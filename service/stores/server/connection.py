"""The connection to a Qdrant server: opened on first use, with retries, its errors translated."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from typing import TypeVar

import stamina
import stamina.instrumentation
from qdrant_client import QdrantClient
from qdrant_client.context_headers import headers

from service.errors import StoreError
from service.runtime import deadline, events, request_id
from service.settings import QdrantSettings
from service.stores.server.breaker import Breaker
from service.stores.server.budget import Budget
from service.stores.server.clients import Clients
from service.stores.server.failures import (
    DRIVER_ERRORS,
    is_away,
    is_denied,
    is_silent,
    reason_of,
    translate,
    wait_before_retry,
)
from service.stores.versions import Versions

_ATTEMPTS_WHILE_SERVING = 3
_SHARE = 1 / 3
"""Of the time left: how long an answer is waited for before it is asked for again.

So a question of several calls can meet a node that does not answer in each of them.
"""

T = TypeVar("T")
log = logging.getLogger(__name__)


class Connection:
    """Calls a server, from any number of threads; after a fork each process makes its own client.

    Under a deadline a call is tried up to three times while time is left, elsewhere once it has waited for a
    third of what was, and a breaker keeps callers away from a server that does not answer. Without one (loads,
    operations) it is tried for `retry_seconds`.
    """

    def __init__(self, settings: QdrantSettings, client: QdrantClient | None = None) -> None:
        """Keep the settings; nothing is connected yet. `client` takes the place of what they would make."""
        self._settings = settings
        self._clients = Clients(settings, client)
        self._version: str | None = None
        self._seen: Versions | None = None
        self.breaker = Breaker()
        self._second_tries = Budget()
        stamina.instrumentation.set_on_retry_hooks([_log_retry])

    @property
    def address(self) -> str:
        """A description of the server for messages."""
        return self._settings.url or "in memory"

    def call(self, action: str, send: Callable[[QdrantClient], T]) -> T:
        """Return what `send` gets from the server; `action` completes "could not ...".

        Raises MissingError, ExistsError, AccessError, StorageFullError or StoreError.
        """
        if deadline.remaining() is None:
            return self._call(action, send)
        if not self.breaker.admit():
            raise StoreError(
                f"{self.address} did not answer several times in a row; it is tried again in a moment. "
                "Look at the server if this lasts."
            )
        away = True
        try:
            answer = self._call(action, send)
            away = False
        except Exception as error:  # raised again; the breaker counts what says that it is away
            away = is_away(error.__cause__ or error)
            raise
        finally:
            if away:
                self._version = None
                self.breaker.failed()
            else:
                self.breaker.succeeded()
        return answer

    def check(self) -> Versions:
        """Return the server's version and the client's; warn, once, if they are too far apart.

        Raises StoreError if the server does not answer.
        """
        if self._version is None:
            self._version = self.call("tell its version", lambda client: client.info().version)
        versions = Versions(self._version, version("qdrant-client"))
        if versions != self._seen:
            self._seen = versions
            if versions.warning:
                log.warning("%s: %s", self.address, versions.warning)
        return versions

    def close(self) -> None:
        """Close the connections of this process."""
        self._clients.close()

    def _call(self, action: str, send: Callable[[QdrantClient], T]) -> T:
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
                with attempt, self._bounded_wait(attempt.num):
                    return self._send(send)
        except DRIVER_ERRORS as error:
            events.record("store_error")
            raise translate(self.address, action, error) from error
        raise StoreError(
            f"{self.address} could not {action}."
        )  # pragma: no cover -- attempts return or raise

    def _bounded_wait(self, attempt: int) -> AbstractContextManager[None]:
        """Leave time to ask elsewhere: all attempts but the last wait only for a third of the time left."""
        left = deadline.remaining()
        if attempt == _ATTEMPTS_WHILE_SERVING or left is None or not self._second_tries.is_left:
            return nullcontext()
        return deadline.within(left * _SHARE)

    def _send(self, send: Callable[[QdrantClient], T]) -> T:
        id = request_id.current.get()
        with headers({"x-request-id": id} if id else {}), self._clients.lease() as leased:
            try:
                answer = send(leased.client)
            except DRIVER_ERRORS as error:
                if is_silent(error) or (self._clients.has_others and is_away(error)):
                    self._second_tries.spend()
                    if self._clients.leave(leased):
                        events.record("store_left")
                elif is_denied(error) and self._settings.api_key_file:
                    self._clients.leave(leased)  # the next one reads the file anew
                raise
        self._second_tries.earn()
        return answer


def _log_retry(details: stamina.instrumentation.RetryDetails) -> None:
    if deadline.remaining() is None:  # under a deadline the metrics count retries
        log.warning(
            "Could not %s: %s. Trying again in %.0f s.",
            details.name,
            reason_of(details.caused_by),
            details.wait_for,
        )
