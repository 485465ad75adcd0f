"""Waiting for another loader to end, where a command is told to."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from time import monotonic, sleep

from service.errors import LockedError
from service.stores.generations import choose_kept
from service.stores.manifest import Manifest
from service.stores.protocol import SessionStore

_PAUSE = 1.0

log = logging.getLogger(__name__)


@contextmanager
def locked(store: SessionStore, *, wait: float = 0) -> Iterator[None]:
    """Hold the store's lock for a `with` block; wait for up to `wait` seconds while another loader holds it.

    Raises LockedError if that one is still at work then.
    """
    with ExitStack() as stack:
        _acquire(store, stack, wait)
        yield


def rollback_to(store: SessionStore, to: str | None, *, wait: float) -> Manifest:
    """Roll back to the generation `to`, or to the one before what is served now, after up to `wait` seconds.

    What to serve is known before the wait: a load that ends meanwhile serves something else, and to go back
    one from that would leave in place what was to be undone. Raises LockedError, or RefusedError where what
    is wanted is not kept.
    """
    if wait and to is None:
        kept = {manifest.generation: manifest for manifest in store.generations()}
        remedy = "Wait until the other loader has ended, then try again."
        to = choose_kept(store.manifest().previous, None, kept, remedy=remedy).generation
    with locked(store, wait=wait):
        return store.rollback(to)


def _acquire(store: SessionStore, stack: ExitStack, wait: float) -> None:
    started, told = monotonic(), False
    while True:
        try:
            stack.enter_context(store.lock())
        except LockedError as error:
            left = started + wait - monotonic()
            if not wait:
                raise
            if left <= 0:
                raise _in_vain(error, wait) from error
            if not told:
                _tell(error, left)
                told = True
            sleep(min(_PAUSE, left))
        else:
            return


def _tell(error: LockedError, seconds: float) -> None:
    until = datetime.now().astimezone() + timedelta(seconds=seconds)
    log.warning(
        "%s Waiting until it ends, %s at the latest.", error.found, until.strftime("%H:%M:%S")
    )


def _in_vain(error: LockedError, seconds: float) -> LockedError:
    return LockedError(
        error.found,
        f"It was still at work after {seconds:g} s. Try again later, or raise CONFERENCE_HELPER_WAIT_SECONDS.",
    )
