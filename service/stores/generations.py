"""How generations are named, which are kept and which can be served again: the same for every store."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from service.errors import NothingLoadedError, RefusedError
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
    """Return the generations to keep: the served one, KEPT_GENERATIONS before it, and those after it.

    `manifests` are those that could be read of the `committed` generations. Where one on the way could not,
    or nothing is served, all that are committed stay: one of them may be wanted. After a rollback those that
    it left stay until a load switches to the one that it built.
    """
    chain = _chain(served, manifests)
    before = manifests[chain[-1]].previous if chain else None
    is_cut_short = before in committed and len(chain) <= KEPT_GENERATIONS
    if served is None or not chain or is_cut_short:
        return committed
    return {*chain, *(name for name in manifests if name > served)}


Place = Literal["forward", "served", "back"]
"""Where a kept generation is, seen from the served one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept generation: where it is, and through how many more loads that build one it is kept at least."""

    manifest: Manifest
    place: Place
    loads: int

    def as_dict(self) -> dict[str, Any]:
        """Return the manifest, the place and the loads as JSON values."""
        return {**self.manifest.as_dict(), "place": self.place, "kept_for_loads": self.loads}


def list_kept(served: str, generations: Sequence[Manifest]) -> list[Kept]:
    """Return the generations in their order, each with its place."""
    chain = _chain(served, {manifest.generation: manifest for manifest in generations})
    loads = {name: KEPT_GENERATIONS - steps for steps, name in enumerate(chain)}
    return [
        Kept(manifest, _place(manifest.generation, served), loads.get(manifest.generation, 0))
        for manifest in generations
    ]


def _place(name: str, served: str) -> Place:
    if name == served:
        return "served"
    return "forward" if name > served else "back"


def followed(served: str | None, kept: Collection[str]) -> str | None:
    """Return what the next generation follows: the served one, or where none is, the newest that is kept.

    So a load while the catalogue's name leads nowhere does not cut off those that it led to.
    """
    return served or max(kept, default=None)


def _chain(served: str | None, manifests: Mapping[str, Manifest]) -> list[str]:
    """Return the served generation and up to KEPT_GENERATIONS before it, as far as they can be read."""
    chain: list[str] = []
    name = served
    while name is not None and name in manifests and len(chain) <= KEPT_GENERATIONS:
        chain.append(name)
        name = manifests[name].previous
    return chain


def choose_kept(
    previous: str | None, to: str | None, kept: Mapping[str, Manifest], *, remedy: str
) -> Manifest:
    """Return the generation `to`, or without it the one before the served one.

    Raises RefusedError if it is not kept: `remedy` says what to do where nothing came before.
    """
    if to is not None and to not in kept:
        raise RefusedError(
            f"No generation {to} is kept. Name one that `conference-helper generations` lists."
        )
    wanted = to or previous
    if wanted is None or wanted not in kept:
        raise RefusedError(f"There is no earlier generation to roll back to. {remedy}")
    return kept[wanted]


def nothing_loaded(catalogue: str) -> NothingLoadedError:
    """Return the error to raise where a catalogue has no generation."""
    return NothingLoadedError(
        f"Nothing is loaded yet as {catalogue}. "
        "Load a conference first: conference-helper load SOURCE"
    )
