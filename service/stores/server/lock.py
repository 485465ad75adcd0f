"""One loader at a time on a server: a lock that is a collection, with an owner and an expiry in its metadata.

Creating a collection goes through the cluster's consensus, so of two loaders one is told that it exists. A
thread moves the expiry on. A loader that died leaves a lock that expires, and the next one takes it over.

Guaranteed: while the holder lives and reaches the server, no other loader starts. Two that take over the same
expired lock in the same instant may both start; the first then fails at `check`, before it switches anything.
"""

import logging
import math
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from service.errors import ConferenceHelperError, LockedError
from service.settings import LOCK_ENDING, QdrantSettings
from service.stores.server.connection import Connection
from service.stores.server.failures import ExistsError, MissingError

log = logging.getLogger(__name__)


class ServerLock:
    """The lock of one catalogue; the thread that holds it may acquire it again."""

    def __init__(self, connection: Connection, settings: QdrantSettings, catalogue: str) -> None:
        """Prepare the lock; a holder that does not renew it for `settings.lock_seconds` loses it."""
        self._connection = connection
        self._name = f"{catalogue}{LOCK_ENDING}"
        self._seconds = settings.lock_seconds
        self._replicas = settings.replicas
        self._token = ""
        self._depth = 0
        self._mutex = threading.RLock()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the lock for a `with` block. Raises LockedError while another loader does."""
        if not self._mutex.acquire(blocking=False):
            raise LockedError(
                "Another thread of this program is loading. Wait until it ends, then try again."
            )
        try:
            if self._depth:
                yield from self._reenter()
            else:
                yield from self._enter()
        finally:
            self._mutex.release()

    def is_mine(self) -> bool:
        """Return whether this process still holds the lock."""
        return (self._read() or {}).get("owner") == self._token

    def check(self) -> None:
        """Raise LockedError unless this process still holds the lock."""
        if not self.is_mine():
            raise LockedError(
                "This load was silent for so long that another loader took over; nothing was switched. "
                "Load again when that one has ended; raise CONFERENCE_HELPER_QDRANT_LOCK_SECONDS if it recurs."
            )

    def _reenter(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def _enter(self) -> Iterator[None]:
        self._token = f"{socket.gethostname()} process {os.getpid()} {uuid.uuid4().hex}"
        self._acquire()
        ended = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(ended,), name="lock", daemon=True)
        renewing.start()
        self._depth = 1
        try:
            yield
        finally:
            self._depth = 0
            ended.set()
            renewing.join()
            self._release()

    def _acquire(self) -> None:
        try:
            self._create()
        except ExistsError as error:
            held = self._read()
            if held is None:  # released since, or the node that answered lags behind
                self._create_again()
                return
            if held.get("owner") == self._token:  # a first attempt whose answer was lost
                return
            if held and (left := float(held["until"]) - time.time()) > 0:
                owner = str(held["owner"]).rpartition(" ")[0]
                raise LockedError(
                    f"Another loader is at work on this catalogue ({owner}). "
                    "Wait until it ends, then try again. If it died, its lock runs out "
                    f"in {math.ceil(left)} s."
                ) from error
            self._take_over()

    def _take_over(self) -> None:
        log.warning("The lock %s has expired: its loader died. Taking it over.", self._name)
        self._delete()
        self._create_again()

    def _create_again(self) -> None:
        try:
            self._create()
        except ExistsError as error:
            raise LockedError(
                "Another loader started at this moment. Wait until it ends, then try again."
            ) from error

    def _create(self) -> None:
        self._connection.call(
            "create a lock for this load",
            lambda client: client.create_collection(
                self._name,
                vectors_config={},
                shard_number=1,
                replication_factor=self._replicas,  # else the lock goes with the one node that has it
                metadata=self._metadata(),
            ),
        )

    def _delete(self) -> None:
        self._connection.call(
            "remove the lock", lambda client: client.delete_collection(self._name)
        )

    def _read(self) -> dict[str, Any] | None:
        """Return the lock's metadata, None if it is not there."""
        try:
            info = self._connection.call(
                "read the lock", lambda client: client.get_collection(self._name)
            )
        except MissingError:
            return None
        return dict(info.config.metadata or {})

    def _release(self) -> None:
        try:
            if self.is_mine():
                self._delete()
        except ConferenceHelperError as error:
            log.warning("The lock %s stays until it expires: %s", self._name, error)

    def _renew(self, ended: threading.Event) -> None:
        while not ended.wait(self._seconds / 4):
            try:
                if not self.is_mine():
                    return  # taken over: `check` will raise
                self._connection.call(
                    "keep the lock",
                    lambda client: client.update_collection(self._name, metadata=self._metadata()),
                )
            except ConferenceHelperError as error:
                log.warning("The lock could not be renewed: %s", error)

    def _metadata(self) -> dict[str, Any]:
        return {"owner": self._token, "until": time.time() + self._seconds}
