"""Copying stored sessions and vectors to a new generation: nothing is embedded again."""

from collections.abc import Collection, Iterable, Sequence

from service.encoder import Vectors
from service.session import Session
from service.stores.manifest import Manifest
from service.stores.protocol import SessionStore
from service.stores.tombstones import Tombstone
from service.stores.waiting import locked

Batch = tuple[Sequence[Session], Vectors]
"""Sessions and their vectors (n, dimension)."""


def copy_catalogue(source: SessionStore, target: SessionStore, *, wait: float = 0) -> Manifest:
    """Write what `source` serves to a new generation of `target`, verify it and switch to it.

    What the target served before is kept for its rollback. Loads at work are waited for up to `wait` seconds.
    """
    with locked(source, wait=wait), locked(target, wait=wait), source.reading() as generation:
        return rebuild(target, generation.scan(), generation.manifest, generation.tombstones())


def rebuild(
    target: SessionStore,
    batches: Iterable[Batch],
    manifest: Manifest,
    tombstones: Collection[Tombstone],
) -> Manifest:
    """Write the batches and tombstones to a new generation, verify it and switch to it; return its manifest.

    Encoder, number of sessions, sources and calibration are those of `manifest`.
    """
    with target.building(manifest.encoder, sessions=manifest.sessions) as builder:
        for sessions, vectors in batches:
            if sessions:
                builder.upsert(sessions, vectors)
        builder.bury(tombstones)
        return builder.commit(
            expected=manifest.sessions,
            sources=manifest.sources,
            check=lambda new: manifest.calibration,
        )
