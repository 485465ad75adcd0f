"""Loads into a catalogue that each load builds anew, and into one that is changed in place."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from service.stores.edge.store import EdgeStore
from service.stores.protocol import SessionStore
from support.programmes import Loading
from support.stores import changed, server_store, store_on


@pytest.fixture(params=["beside", "in place", "in place on a server"])
def loads(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Loading]:
    """Return loads into an embedded catalogue, and into one on a server: in memory, and a real one."""
    if request.param == "beside":
        store: SessionStore = EdgeStore(tmp_path, "sessions")
    elif request.param == "in place on a server":
        store = server_store(changed(request.getfixturevalue("server_settings"), in_place_from=1))
    else:
        store = store_on(QdrantClient(":memory:"), in_place_from=1)
    with closing(store):
        yield Loading(store, tmp_path)
