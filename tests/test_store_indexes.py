"""A new field that sessions can be filtered by: generations of before stay readable, a load makes its index."""

from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient
from support.programmes import Loading, row
from support.stores import ENCODER, OpenStore, session, store_on, write

from service.errors import RefusedError
from service.filters import FIELDS, NO_FILTERS, Field, Filters
from service.stores.edge.store import EdgeStore
from service.stores.manifest import Manifest
from service.stores.protocol import Generation, SessionStore
from service.stores.schema import FIRST_INDEXES, payload_indexes

SESSIONS = [session(number, url=f"https://{'ab'[number % 2]}") for number in range(10)]


def add_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIELDS, "address", Field("address", "url", "keyword", "Its address."))


def found(generation: Generation, filters: Filters) -> set[str]:
    vector = ENCODER.encode_queries(["common"])[0]
    return {hit.session.source_id for hit in generation.search(vector, 20, filters)}


def test_a_generation_without_the_index_of_a_new_field(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    old = write(store, SESSIONS)
    assert old.is_current
    assert set(old.indexes) == set(payload_indexes())
    add_field(monkeypatch)
    wanted = Filters(address=("https://a",))
    assert not store.manifest().is_current
    with store.reading() as generation:
        facets = generation.facets(["address", "track"], NO_FILTERS)
        assert facets == {"address": [], "track": [("Finance", 5), ("Health", 5)]}
        if store.kind == "embedded":
            assert generation.count(wanted) == len(found(generation, wanted)) == 5
        else:
            with pytest.raises(RefusedError, match=r"filtered by address\. Load the conference"):
                generation.count(wanted)
            with pytest.raises(RefusedError, match="conference-helper load SOURCE"):
                found(generation, wanted)
    new = write(store, SESSIONS)
    assert new.is_current
    with store.reading() as generation:
        assert found(generation, wanted) == {"0", "2", "4", "6", "8"}
        facets = generation.facets(["address"], wanted)
    assert facets == {"address": [("https://a", 5)]}
    assert store.rollback() == old


def test_a_manifest_that_lists_no_indexes_has_the_first_ones() -> None:
    manifest = Manifest("one", "2026-05-12", ENCODER.fingerprint, 1, indexes=("event", "year"))
    values = manifest.as_dict()
    assert Manifest.from_dict(values) == manifest
    del values["indexes"]
    older = Manifest.from_dict(values)
    assert older.indexes == FIRST_INDEXES
    assert set(FIRST_INDEXES) <= payload_indexes().keys()


@pytest.mark.parametrize("kind", ["embedded", "memory"])
def test_a_load_of_unchanged_sources_makes_the_index_and_keeps_the_vectors(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: SessionStore = (
        EdgeStore(tmp_path / "data", "sessions")
        if kind == "embedded"
        else store_on(QdrantClient(":memory:"), in_place_from=0)
    )
    loading = Loading(store, tmp_path)
    before = loading.rows([row(1), row(2)]).manifest
    loading.encoder.embedded.clear()
    add_field(monkeypatch)
    after = loading.rows([row(1), row(2)]).manifest
    assert before is not None
    assert after is not None
    assert (after.previous, after.is_current) == (before.generation, True)
    assert loading.encoder.embedded == []
    assert "of an older version: all 2 written anew" in loading.said[-2]
    with store.reading() as generation:
        assert generation.count(Filters(address=("https://a",))) == 0
        ((sessions, vectors),) = generation.scan()
    np.testing.assert_allclose(
        vectors, ENCODER.encode_sessions([one.text for one in sessions]), atol=1e-6
    )
    assert loading.rows([row(1), row(2)]).manifest == after
    store.close()
