"""Long lists of a manifest on a server (events, sources), stored in a companion collection.

Every process reads a generation's metadata once a second, and they go through the cluster's consensus: of 500
events over six years the list is some 200 KB. So long ones stand apart, a point for each revision, and are
read once a revision. Short ones stay in the metadata: each collection takes memory of every node that has it.
"""

import logging
from dataclasses import replace
from typing import Any

from qdrant_client import models

from service.settings import QdrantSettings
from service.stores.counting import count_events
from service.stores.manifest import Manifest
from service.stores.server.companions import create_companion
from service.stores.server.connection import Connection
from service.stores.server.failures import MissingError
from service.stores.server.generation import ServerGeneration

log = logging.getLogger(__name__)

MAX_ENTRIES = 100
"""Events and sources, together, that the metadata hold."""

_ENDING = "-lists"
_LISTS = ("events", "sources")


def collection_of(generation: str) -> str:
    """Return the name of the collection that holds a generation's long lists."""
    return generation + _ENDING


def write_lists(
    connection: Connection, settings: QdrantSettings, manifest: Manifest
) -> dict[str, Any]:
    """Return the manifest's collection metadata, writing long lists to the companion collection first.

    Those of the revision before stay until the next one: readers may be about to ask for them.
    """
    values = manifest.as_dict()
    if len(manifest.events) + len(manifest.sources) <= MAX_ENTRIES:
        return values
    name = collection_of(manifest.generation)
    create_companion(connection, settings, name, doing="create a collection of long lists")
    point = models.PointStruct(
        id=manifest.revision, vector={}, payload={key: values[key] for key in _LISTS}
    )
    connection.call(
        "write the manifest's lists",
        lambda client: client.upsert(name, points=[point], wait=True),
    )
    if manifest.revision > 1:
        old = models.PointIdsList(points=list(range(manifest.revision - 1)))
        connection.call(
            "remove old lists",
            lambda client: client.delete(name, points_selector=old, wait=True),
        )
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
    if lists := _read(connection, manifest):
        return Manifest.from_dict({**values, **lists})
    log.warning("%s is gone: its events are counted again.", collection_of(manifest.generation))
    return replace(manifest, events=count_events(ServerGeneration(connection, settings, manifest)))


def _read(connection: Connection, manifest: Manifest) -> dict[str, Any]:
    """Return the lists of a revision, none if they are not there."""
    try:
        records = connection.call(
            "read the manifest's lists",
            lambda client: client.retrieve(
                collection_of(manifest.generation), ids=[manifest.revision], with_payload=True
            ),
        )
    except MissingError:
        return {}
    return dict(records[0].payload or {}) if records else {}
