"""What every store promises; a new store joins by a fixture parameter."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from support.fakes import DIMENSION
from support.stores import ENCODER, SESSIONS, OpenStore, session, write

from service.encoder import Vectors
from service.errors import (
    EncoderError,
    LockedError,
    NothingLoadedError,
    RefusedError,
    VerificationError,
)
from service.filters import FACETS, NO_FILTERS, Filters
from service.session import Session
from service.stores.generations import KEPT_GENERATIONS
from service.stores.payload import encode_payload
from service.stores.protocol import SessionStore


def question(text: str) -> Vectors:
    vector: Vectors = ENCODER.encode_queries([text])[0]
    return vector


def test_nothing_loaded_says_how_to_load(open_store: OpenStore) -> None:
    store = open_store()
    with pytest.raises(NothingLoadedError, match="conference-helper load"), store.reading():
        pass
    with pytest.raises(NothingLoadedError):
        store.manifest()
    assert store.generations() == []


def test_nearest_by_dot_product_highest_first(filled: SessionStore) -> None:
    with filled.reading() as generation:
        hits = generation.search(question("title7 word7 common"), 5, NO_FILTERS)
    assert hits[0].session == SESSIONS[7]
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    vectors = ENCODER.encode_sessions([item.text for item in SESSIONS])
    best = np.sort(vectors @ question("title7 word7 common"))[::-1][:5]
    np.testing.assert_allclose(scores, best, atol=1e-5)


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(year=(2025,)), lambda s: s.year == 2025),
        (Filters(year=(2024, 2025)), lambda s: s.year in (2024, 2025)),
        (Filters(event=("Summit",), track=("Finance",)), lambda s: s.event == "Summit"),
        (Filters(speaker=("Speaker 1",)), lambda s: "Speaker 1" in s.speakers),
        (Filters(day=("2026-05-12",)), lambda s: s.day == "2026-05-12"),
        (Filters(level=("Beginner",), language=("en",)), lambda s: True),
        (Filters(speaker=("Zoë Brändström",)), lambda s: True),
        (Filters(room=("Hall 1", "Hall 2")), lambda s: s.room in ("Hall 1", "Hall 2")),
        (Filters(kind=("Workshop",), room=("Hall 1",)), lambda s: int(s.source_id) in (1, 11)),
        (Filters(track=("Nowhere",)), lambda s: False),
    ],
)
def test_filters(filled: SessionStore, filters: Filters, passes: Callable[[Session], bool]) -> None:
    wanted = {item.id for item in SESSIONS if passes(item)}
    with filled.reading() as generation:
        hits = generation.search(question("common"), 50, filters)
        assert {hit.session.id for hit in hits} == wanted
        assert generation.count(filters) == len(wanted)


def test_get_keeps_the_order_and_leaves_out_what_is_not_there(filled: SessionStore) -> None:
    ids = [SESSIONS[3].id, session(99).id, SESSIONS[1].id]
    with filled.reading() as generation:
        assert generation.get(ids) == [SESSIONS[3], SESSIONS[1]]


def test_facets_count_every_value(filled: SessionStore) -> None:
    with filled.reading() as generation:
        counts = generation.facets(FACETS, NO_FILTERS)
        finance = generation.facets(["event"], Filters(track=("Finance",)))
    assert counts["track"] == [("Finance", 10), ("Health", 10)]
    assert counts["kind"] == [("Talk", 10), ("Workshop", 10)]
    assert counts["room"] == [(f"Hall {number}", 4) for number in range(5)]
    assert counts["year"] == [(2024, 7), (2025, 7), (2026, 6)]
    assert counts["speaker"][0] == ("Zoë Brändström", 20)
    assert counts["day"] == [("2026-05-12", 10), ("2026-05-13", 10)]
    assert finance == {"event": [("Summit", 10)]}


def test_scan_gives_every_session_with_its_vector(filled: SessionStore) -> None:
    with filled.reading() as generation:
        batches = list(generation.scan())
        known = {item.id: item for item in generation.hashes()}
    read = {item.id: row for items, rows in batches for item, row in zip(items, rows, strict=True)}
    assert read.keys() == known.keys() == {item.id for item in SESSIONS}
    for item in SESSIONS:
        np.testing.assert_allclose(read[item.id], ENCODER.encode_queries([item.text])[0], atol=1e-6)
        assert known[item.id].text_hash == item.text_hash
        assert known[item.id].payload_hash == encode_payload(item)["payload_hash"]


def test_manifest_says_what_is_there(open_store: OpenStore) -> None:
    store = open_store()
    first = write(store, SESSIONS[:2])
    second = write(store, SESSIONS)
    assert open_store().manifest() == second
    assert (second.sessions, second.previous, second.sources) == (
        20,
        first.generation,
        ("test",),
    )
    assert second.encoder == ENCODER.fingerprint
    assert sum(event.sessions for event in second.events) == 20
    assert {(event.event, event.year) for event in second.events} == {
        (item.event, item.year) for item in SESSIONS
    }


def test_writing_the_same_id_twice_keeps_the_last(open_store: OpenStore) -> None:
    store = open_store()
    changed = replace(SESSIONS[0], title="Renamed")
    with store.building(ENCODER.fingerprint, sessions=2) as builder:
        builder.upsert([SESSIONS[0]], ENCODER.encode_sessions(["a"]))
        builder.upsert([changed], ENCODER.encode_sessions(["b"]))
        builder.commit(expected=1, sources=[])
    with store.reading() as generation:
        assert generation.get([changed.id]) == [changed]


def test_an_open_reader_is_not_disturbed_by_a_switch(open_store: OpenStore) -> None:
    store, loader = open_store(), open_store()
    write(loader, SESSIONS[:5])
    # A server removes what is no longer kept; embedded files outlive their removal.
    loads = KEPT_GENERATIONS + (store.kind == "embedded")
    with store.reading() as old:
        for count in range(6, 6 + loads):
            write(loader, SESSIONS[:count])
        kept = {manifest.generation for manifest in store.generations()}
        assert (old.manifest.generation in kept) == (store.kind == "server")
        assert old.count(NO_FILTERS) == 5
        with store.reading() as new:
            assert new.count(NO_FILTERS) == 5 + loads
        assert old.search(question("title3"), 1, NO_FILTERS)[0].session == SESSIONS[3]


def test_a_build_that_fails_leaves_what_is_served(open_store: OpenStore) -> None:
    store = open_store()
    served = write(store, SESSIONS[:5])
    with pytest.raises(RuntimeError), store.building(ENCODER.fingerprint, sessions=5) as builder:
        builder.upsert(SESSIONS[5:], ENCODER.encode_sessions(["x"] * 15))
        raise RuntimeError
    assert store.manifest() == served
    assert store.generations() == [served]
    with store.building(ENCODER.fingerprint, sessions=5):
        pass  # no commit
    assert store.manifest() == served
    with store.reading() as generation:
        assert generation.count(NO_FILTERS) == 5


def test_a_wrong_count_is_not_switched_to(open_store: OpenStore) -> None:
    store = open_store()
    served = write(store, SESSIONS[:5])
    with (
        pytest.raises(VerificationError, match="2 sessions, not 3"),
        store.building(ENCODER.fingerprint, sessions=3) as builder,
    ):
        builder.upsert(SESSIONS[:2], ENCODER.encode_sessions(["a", "b"]))
        builder.commit(expected=3, sources=[])
    assert store.manifest() == served


def test_vectors_that_are_not_unit_are_refused(open_store: OpenStore) -> None:
    store = open_store()
    served = write(store, SESSIONS)
    for value in (np.nan, np.inf, 2.0):
        bad = np.zeros((1, DIMENSION), dtype=np.float32)
        bad[0, 0] = value
        with (
            pytest.raises(EncoderError),
            store.building(ENCODER.fingerprint, sessions=1) as builder,
        ):
            builder.upsert(SESSIONS[:1], bad)
        with pytest.raises(EncoderError), store.reading() as generation:
            generation.search(bad[0], 3, NO_FILTERS)
        assert store.manifest() == served


def test_rollback_and_the_generations_kept(open_store: OpenStore) -> None:
    store = open_store()
    written = [write(store, SESSIONS[:count]) for count in range(1, 5)]
    names = [manifest.generation for manifest in written]
    kept = [manifest.generation for manifest in store.generations()]
    assert kept == names[:0:-1]
    assert store.rollback() == written[2]
    assert store.manifest() == written[2]
    again = write(store, SESSIONS)
    assert again.previous == names[2]
    assert store.rollback() == written[2]
    assert store.rollback() == written[1]
    with pytest.raises(RefusedError, match="no earlier generation"):
        store.rollback()


def test_one_loader_at_a_time(open_store: OpenStore) -> None:
    store, other = open_store(), open_store()
    with store.building(ENCODER.fingerprint, sessions=1):
        with pytest.raises(LockedError, match="Another loader"), other.lock():
            pass
        with (
            pytest.raises(LockedError),
            other.building(ENCODER.fingerprint, sessions=1),
        ):
            pass
    with other.lock(), other.building(ENCODER.fingerprint, sessions=1):
        pass  # the holder may take it again


def test_nearest_are_exactly_those_of_brute_force(open_store: OpenStore) -> None:
    random = np.random.default_rng(7)
    rows, questions = (
        (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
        for found in (random.normal(size=(count, DIMENSION)) for count in (300, 10))
    )
    sessions = [session(number) for number in range(len(rows))]
    store = open_store()
    with store.building(ENCODER.fingerprint, sessions=len(sessions)) as builder:
        builder.upsert(sessions, rows)
        builder.commit(expected=len(sessions), sources=["test"])
    for filters, passing in (
        (NO_FILTERS, np.arange(300)),
        (Filters(year=(2025,)), np.arange(1, 300, 3)),
    ):
        for vector in questions:
            with store.reading() as generation:
                hits = generation.search(vector, 10, filters)
            products = rows[passing] @ vector
            nearest = np.argsort(-products)[:10]
            assert [int(hit.session.source_id) for hit in hits] == passing[nearest].tolist()
            assert [hit.score for hit in hits] == pytest.approx(products[nearest], abs=1e-6)
            assert all(hit.similarity == hit.score for hit in hits)
