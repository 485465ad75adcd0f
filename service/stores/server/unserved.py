"""Says why a catalogue's name leads to no generation."""

from collections.abc import Sequence

from service.errors import NothingLoadedError, StoreError
from service.stores.generations import nothing_loaded
from service.stores.manifest import Manifest
from service.stores.server.collections import Collections


def unserved(
    collections: Collections, address: str, is_there: bool, kept: Sequence[Manifest]
) -> StoreError | NothingLoadedError:
    """Return the error to raise: `is_there` tells whether the name leads to any collection at `address`."""
    if is_there:
        target = collections.target()
        if target is None or collections.is_own(target):  # a node that lags behind
            return nothing_loaded(collections.catalogue)
        return StoreError(
            f"{collections.catalogue} on {address} is a collection of another program ({target}). "
            "Set CONFERENCE_HELPER_CATALOGUE to a name that nothing there has."
        )
    if not kept:
        return nothing_loaded(collections.catalogue)
    return NothingLoadedError(
        f"Nothing is served as {collections.catalogue}: its alias is gone, or the first load was killed "
        "before it set one; generations are kept. "
        f"Serve one again: conference-helper rollback --to {kept[0].generation}"
    )
