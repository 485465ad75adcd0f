"""One loader at a time on a server: a lock that is a collection, with an owner and an expiry in its metadata.

Creating a collection goes through the cluster's consensus, so of two loaders one is told that it exists. A
thread moves the expiry on. A loader that died leaves a lock that expires, and the next one takes it over; one
on the same machine need not wait for that, as the lock holds the identity of its owner's process.

Guaranteed: while the holder lives and reaches the server, no other loader starts. Of two that take over the
same lock in the same moment, the first finds it lost: at once, or at `check`, before it switches anything.
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

from service.errors import ConferenceHelperError, LockedError, StorageFullError
from service.runtime.process import ProcessIdentity, current_process
from service.settings import LOCK_ENDING, QdrantSettings
from service.stores.server.connection import Connection
from service.stores.server.failures import ExistsError, MissingError

_SETTLED_AFTER = 0.5
"""Seconds after which another loader that took the same lock over in the same moment has been seen."""
_TRY_AGAIN = "Wait until it ends, then try again."

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
            raise LockedError("Another thread of this program is loading.", _TRY_AGAIN)
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
                "This load was silent for so long that another loader took over; nothing was switched.",
                "Load again when that one has ended; raise CONFERENCE_HELPER_QDRANT_LOCK_SECONDS if it recurs.",
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
        except StorageFullError:  # of one node: another may have it
            self._release()
            raise
        except ExistsError:
            held = self._read()
            if held is None:  # released since, or the node that answered lags behind
                self._create_again()
                return
            if held.get("owner") == self._token:  # a first attempt whose answer was lost
                return
            if held:
                _check_dead(held)
            log.warning("The loader that held the lock %s died. Taking it over.", self._name)
            self._take_over(held)

    def _take_over(self, held: dict[str, Any]) -> None:
        self._delete()
        self._create_again()
        time.sleep(_SETTLED_AFTER)
        seen = self._read() or {}  # or what it was, where the node that answered lags behind
        if seen.get("owner") not in (self._token, held.get("owner"), None):
            raise _started_meanwhile()

    def _create_again(self) -> None:
        try:
            self._create()
        except ExistsError as error:
            if not self.is_mine():  # else a first attempt came through, and its answer was lost
                raise _started_meanwhile() from error

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
        process = current_process()
        return {
            "owner": self._token,
            "until": time.time() + self._seconds,
            **({"process": process.as_dict()} if process else {}),
        }


def _check_dead(held: dict[str, Any]) -> None:
    """Raise LockedError unless the lock has expired, or its owner's process is known to have ended."""
    process = ProcessIdentity.from_dict(held.get("process"))
    left = float(held["until"]) - time.time()
    if left <= 0 or (process and process.has_ended()):
        return
    owner = str(held["owner"]).rpartition(" ")[0]
    raise LockedError(
        f"Another loader is at work on this catalogue ({owner}); if it died, its lock runs out in "
        f"{math.ceil(left)} s.",
        _TRY_AGAIN,
    )


def _started_meanwhile() -> LockedError:
    return LockedError("Another loader started at this moment.", _TRY_AGAIN)
