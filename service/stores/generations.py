"""How generations are named, and which of them are kept: the same for every store."""

import re
from collections.abc import Iterable, Mapping, Set
from datetime import UTC, datetime

from service.errors import NothingLoadedError
from service.stores.manifest import Manifest

KEPT_GENERATIONS = 2
"""How many generations before the served one are kept for rollback."""
_NAME = re.compile(r"(\d{6})-\d{8}T\d{12}")


def is_generation(name: str) -> bool:
    """Return whether a name is that of a generation: what lies beside them is left alone."""
    return _NAME.fullmatch(name) is not None


def next_name(names: Iterable[str]) -> str:
    """Return a name that sorts after the generations among `names`, and was never given before.

    Its time keeps it from coming back where all generations were removed in the meantime.
    """
    numbers = [int(match[1]) for match in map(_NAME.fullmatch, names) if match]
    return f"{max(numbers, default=0) + 1:06d}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"


def select_kept(
    served: str | None, manifests: Mapping[str, Manifest], committed: Set[str]
) -> Set[str]:
    """Return the generations to keep: the served one and KEPT_GENERATIONS before it.

    `manifests` are those that could be read of the `committed` generations. Where one on the way could not,
    or nothing is served, all that are committed stay: one of them may be wanted.
    """
    kept: set[str] = set()
    name = served
    while name is not None and name in manifests and len(kept) <= KEPT_GENERATIONS:
        kept.add(name)
        name = manifests[name].previous
    is_cut_short = name in committed and len(kept) <= KEPT_GENERATIONS
    return committed if not kept or is_cut_short else kept


def nothing_loaded(catalogue: str) -> NothingLoadedError:
    """Return the error to raise where a catalogue has no generation."""
    return NothingLoadedError(
        f"Nothing is loaded yet as {catalogue}. "
        "Load a conference first: conference-helper load SOURCE"
    )
