"""Waiting for a server to index a new generation, so that the first questions do not scan it."""

import logging
import time

from qdrant_client import models

from service.errors import VerificationError
from service.stores.server.connection import Connection

_LOOK_SECONDS = 0.5

log = logging.getLogger(__name__)


def wait_until_indexed(connection: Connection, name: str, seconds: float) -> None:
    """Return when collection `name` is optimized, or after `seconds` with a warning.

    Raises VerificationError if the server says that an optimization failed.
    """
    ends = time.monotonic() + seconds
    while True:
        info = connection.call("look at the index", lambda client: client.get_collection(name))
        if info.status == models.CollectionStatus.RED:
            raise VerificationError(
                f"The server could not index {name}: {info.optimizer_status}; nothing was switched. "
                "Look at its log and its disk, then load again."
            )
        if info.status == models.CollectionStatus.GREEN:
            return
        if time.monotonic() >= ends:
            log.warning(
                "%s is not indexed after %.0f s; questions are slower until it is.", name, seconds
            )
            return
        time.sleep(_LOOK_SECONDS)
