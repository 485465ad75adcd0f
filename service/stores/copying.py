"""Copying a catalogue from one store to another: sessions and vectors as they are, nothing embedded again."""

from service.stores.catalogue import Generation, SessionStore
from service.stores.manifest import Manifest


def copy_catalogue(source: SessionStore, target: SessionStore) -> Manifest:
    """Write what `source` serves to a new generation of `target`, verify it and switch to it.

    What the target served before is kept for its rollback.
    """
    with source.lock(), source.reading() as generation:
        return fill(generation, target)


def fill(generation: Generation, target: SessionStore) -> Manifest:
    """Write a generation to a new one of `target` and switch to it."""
    manifest = generation.manifest
    with target.building(manifest.encoder, sessions=manifest.sessions) as builder:
        for sessions, vectors in generation.scan():
            builder.upsert(sessions, vectors)
        return builder.commit(
            expected=manifest.sessions,
            sources=manifest.sources,
            check=lambda copy: manifest.calibration,
        )
