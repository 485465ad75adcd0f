"""Long lists of a manifest on a server (events, sources), stored in a companion collection.

Every process reads a generation's metadata once a second, and they go through the cluster's consensus: of 500
events over six years the list is some 200 KB. So long ones stand apart, a point for each revision, and are
read once a revision. Short ones stay in the metadata: each collection takes memory of every node that has it.
"""

import logging
from dataclasses import replace
from typing import Any

from service.settings import QdrantSettings
from service.stores.counting import count_events
from service.stores.manifest import Manifest
from service.stores.server.companions import LONG_LISTS, Companion
from service.stores.server.connection import Connection
from service.stores.server.generation import ServerGeneration

log = logging.getLogger(__name__)

MAX_ENTRIES = 100
"""Events and sources, together, that the metadata hold."""

_LISTS = ("events", "sources")


def write_lists(
    connection: Connection, settings: QdrantSettings, manifest: Manifest
) -> dict[str, Any]:
    """Return the manifest's collection metadata, writing long lists to the companion collection first.

    Those of the revision before stay until the next one: readers may be about to ask for them.
    """
    values = manifest.as_dict()
    if len(manifest.events) + len(manifest.sources) <= MAX_ENTRIES:
        return values
    companion = _beside(connection, manifest)
    companion.create(settings)
    companion.write({manifest.revision: {key: values[key] for key in _LISTS}})
    if manifest.revision > 1:
        companion.remove(range(manifest.revision - 1))
    return {**values, **{key: [] for key in _LISTS}}


def read_manifest(
    connection: Connection,
    settings: QdrantSettings,
    values: dict[str, Any],
    known: Manifest | None = None,
) -> Manifest:
    """Return the manifest of these metadata, its lists those of `known` where that is the same revision.

    Where lists that stand apart are gone, events are counted again, and the sources are not known.
    """
    manifest = Manifest.from_dict(values)
    if manifest.events or not manifest.sessions:
        return manifest
    if known is not None and known.state == manifest.state:
        return replace(manifest, events=known.events, sources=known.sources)
    companion = _beside(connection, manifest)
    if found := companion.read([manifest.revision]):
        return Manifest.from_dict({**values, **found[0]})
    log.warning("%s is gone: its events are counted again.", companion.name)
    return replace(manifest, events=count_events(ServerGeneration(connection, settings, manifest)))


def _beside(connection: Connection, manifest: Manifest) -> Companion:
    return Companion(connection, manifest.generation, LONG_LISTS, "the manifest's lists")
