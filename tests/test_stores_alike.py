"""What every store does, whatever it is made of."""

import threading
from uuid import uuid4

import numpy as np
import pytest
from fakes import BagOfWords
from stores import ENCODER, OpenStore, talk, write
from web_fixtures import SESSIONS

from service.errors import (
    EncoderError,
    LockedError,
    NothingLoadedError,
    RefusedError,
    StoreError,
    VerificationError,
)
from service.filters import NO_FILTERS, Filters
from service.stores.catalogue import KEPT_GENERATIONS, SessionStore
from service.stores.manifest import EventCount


@pytest.fixture
def store(open_store: OpenStore) -> SessionStore:
    return open_store()


def found(store: SessionStore, question: str, limit: int = 3, **filters: object) -> list[str]:
    vector = ENCODER.encode_queries([question])[0]
    with store.reading() as generation:
        hits = generation.search(vector, limit, Filters(**filters))  # type: ignore[arg-type]  # filters by name
    return [hit.session.source_id for hit in hits]


def test_empty_store_says_that_nothing_is_loaded(store: SessionStore) -> None:
    with pytest.raises(NothingLoadedError, match="conference-helper load"):
        store.manifest()
    with pytest.raises(NothingLoadedError), store.reading():
        pass
    assert store.generations() == []


def test_what_was_written_is_read(store: SessionStore) -> None:
    write(store, SESSIONS)
    with store.reading() as generation:
        assert generation.get([session.id for session in SESSIONS]) == list(SESSIONS)
        assert generation.count(NO_FILTERS) == len(SESSIONS)


def test_get_keeps_the_order_and_leaves_out_unknown_ids(store: SessionStore) -> None:
    write(store, SESSIONS)
    with store.reading() as generation:
        got = generation.get([SESSIONS[2].id, uuid4(), SESSIONS[0].id])
    assert got == [SESSIONS[2], SESSIONS[0]]


def test_search_finds_the_nearest_first(store: SessionStore) -> None:
    write(store, SESSIONS)
    vector = ENCODER.encode_queries(["health analytics region"])[0]
    with store.reading() as generation:
        hits = generation.search(vector, 4, NO_FILTERS)
    assert [hit.session.source_id for hit in hits][:2] == ["2", "1"]
    rows = ENCODER.encode_sessions([hit.session.text for hit in hits])
    assert [hit.score for hit in hits] == pytest.approx(rows @ vector, abs=1e-5)


def test_equal_scores_come_in_the_order_of_ids(store: SessionStore) -> None:
    twins = [talk(number, "Same words") for number in range(6)]
    write(store, twins)
    vector = ENCODER.encode_queries(["same words"])[0]
    with store.reading() as generation:
        ids = [str(hit.session.id) for hit in generation.search(vector, 6, NO_FILTERS)]
    assert ids == sorted(str(session.id) for session in twins)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"year": (2025,)}, {"1"}),
        ({"year": (2025, 2026)}, {"1", "2", "3", "4"}),
        ({"track": ("Health",)}, {"1", "2"}),
        ({"track": ("Health",), "level": ("Beginner",)}, {"1"}),
        ({"speakers": ("Zoë Brändström",)}, {"1"}),
        ({"language": ("de", "en"), "event": ("Summit",)}, {"1", "2", "3"}),
        ({"day": ("2026-05-12",)}, {"2"}),
        ({"track": ("None such",)}, set()),
    ],
)
def test_filters(store: SessionStore, filters: dict[str, object], expected: set[str]) -> None:
    write(store, SESSIONS)
    assert set(found(store, "health", 10, **filters)) == expected
    with store.reading() as generation:
        assert generation.count(Filters(**filters)) == len(expected)  # type: ignore[arg-type]  # filters by name


def test_facets_count_values_most_frequent_first(store: SessionStore) -> None:
    write(store, SESSIONS)
    with store.reading() as generation:
        counts = generation.facets(["year", "speakers", "track"], NO_FILTERS)
        of_2026 = generation.facets(["track"], Filters(year=(2026,)))
    assert counts == {
        "year": [(2026, 3), (2025, 1)],
        "speakers": [("Ana Ruiz", 2), ("Ola Berg", 1), ("Zoë Brändström", 1)],
        "track": [("Health", 2), ("Data Engineering", 1)],
    }
    assert of_2026 == {"track": [("Data Engineering", 1), ("Health", 1)]}


def test_known_and_scan_cover_every_session(store: SessionStore) -> None:
    sessions = [talk(number) for number in range(600)]
    write(store, sessions)
    with store.reading() as generation:
        known = {item.id: item for item in generation.known()}
        scanned = list(generation.scan(batch=100))
    assert set(known) == {session.id for session in sessions}
    assert known[sessions[5].id].text_hash == sessions[5].text_hash
    assert known[sessions[5].id].payload_hash == sessions[5].payload()["payload_hash"]
    assert {session for batch, _ in scanned for session in batch} == set(sessions)
    for batch, vectors in scanned:
        np.testing.assert_allclose(
            vectors, ENCODER.encode_sessions([session.text for session in batch]), atol=1e-6
        )


def test_manifest_says_what_was_loaded(store: SessionStore) -> None:
    manifest = write(store, SESSIONS)
    assert manifest == store.manifest()
    assert manifest.encoder == ENCODER.fingerprint
    assert manifest.sessions == len(SESSIONS)
    assert manifest.sources == ("test",)
    assert manifest.events == (
        EventCount("Meetup", 2026, 1),
        EventCount("Summit", 2025, 1),
        EventCount("Summit", 2026, 2),
    )


def test_new_generation_replaces_the_old_one(store: SessionStore, open_store: OpenStore) -> None:
    other = open_store()
    first = write(store, SESSIONS)
    assert found(other, "health", 1) != []
    second = write(store, [talk(7, "Health of whales")])
    assert second.previous == first.generation
    assert found(store, "health") == found(other, "health") == ["7"]
    assert [one.generation for one in store.generations()] == [second.generation, first.generation]


def test_open_generation_outlives_a_switch(store: SessionStore, open_store: OpenStore) -> None:
    write(store, [talk(1)])
    reader = open_store()
    with reader.reading() as generation:
        write(store, [talk(2), talk(3)])
        assert generation.count(NO_FILTERS) == 1
    with reader.reading() as generation:
        assert generation.count(NO_FILTERS) == 2


def test_build_without_commit_leaves_no_trace(store: SessionStore) -> None:
    first = write(store, SESSIONS)
    with pytest.raises(RuntimeError), store.building(ENCODER.fingerprint, sessions=1) as builder:
        builder.upsert([talk(9)], ENCODER.encode_sessions([talk(9).text]))
        raise RuntimeError
    assert store.manifest() == first
    assert store.generations() == [first]


def test_wrong_count_switches_nothing(store: SessionStore) -> None:
    first = write(store, SESSIONS)
    with store.building(ENCODER.fingerprint, sessions=1) as builder:
        builder.upsert([talk(9)], ENCODER.encode_sessions([talk(9).text]))
        with pytest.raises(VerificationError, match="1 sessions, not 2"):
            builder.commit(expected=2, sources=[])
    assert store.manifest() == first


@pytest.mark.parametrize("bad", [np.nan, np.inf, 3.0])
def test_vectors_that_are_not_unit_are_refused(store: SessionStore, bad: float) -> None:
    write(store, SESSIONS)
    vectors = ENCODER.encode_sessions(["one"])
    vectors[0, 1] = bad
    with store.building(ENCODER.fingerprint, sessions=1) as builder, pytest.raises(EncoderError):
        builder.upsert([talk(1)], vectors)
    with store.reading() as generation, pytest.raises(EncoderError):
        generation.search(vectors[0], 3, NO_FILTERS)


def test_upsert_of_the_same_id_replaces(store: SessionStore) -> None:
    with store.building(ENCODER.fingerprint, sessions=1) as builder:
        for title in ("First words", "Second words"):
            builder.upsert([talk(1, title)], ENCODER.encode_sessions([title]))
        builder.commit(expected=1, sources=[])
    with store.reading() as generation:
        assert generation.get([talk(1).id])[0].title == "Second words"


def test_one_loader_at_a_time(store: SessionStore, open_store: OpenStore) -> None:
    with store.lock():
        with store.lock():
            pass  # the holder may take it again
        with pytest.raises(LockedError, match="nother loader"), open_store().lock():
            pass
        with pytest.raises(LockedError), open_store().building(ENCODER.fingerprint, sessions=1):
            pass
    with open_store().lock():
        pass


def test_lock_keeps_other_threads_out(open_store: OpenStore) -> None:
    raised: list[Exception] = []

    def load() -> None:
        try:
            with open_store().lock():
                pass
        except LockedError as error:
            raised.append(error)

    with open_store().lock():
        thread = threading.Thread(target=load)
        thread.start()
        thread.join()
    assert len(raised) == 1


def test_rollback_serves_the_one_before(store: SessionStore) -> None:
    first = write(store, [talk(1)])
    write(store, [talk(2)])
    assert store.rollback() == first
    assert store.manifest() == first
    assert found(store, "talk") == ["1"]
    with pytest.raises(RefusedError, match="no earlier generation"):
        store.rollback()


def test_load_after_a_rollback_removes_what_was_rolled_back(store: SessionStore) -> None:
    first = write(store, [talk(1)])
    second = write(store, [talk(2)])
    store.rollback()
    third = write(store, [talk(3)])
    names = [one.generation for one in store.generations()]
    assert names == [third.generation, first.generation]
    assert second.generation not in names


def test_only_the_last_generations_are_kept(store: SessionStore) -> None:
    written = [write(store, [talk(number)]) for number in range(KEPT_GENERATIONS + 3)]
    kept = [one.generation for one in store.generations()]
    expected = [one.generation for one in written[::-1][: KEPT_GENERATIONS + 1]]
    assert kept == expected


def test_catalogue_survives_reopening(open_store: OpenStore) -> None:
    first = open_store()
    manifest = write(first, SESSIONS)
    first.close()
    again = open_store()
    assert again.manifest() == manifest
    assert found(again, "pipelines that do not break", 1) == ["3"]


def test_another_encoder_builds_anew(store: SessionStore) -> None:
    write(store, SESSIONS)
    other = BagOfWords(weights="other")
    assert write(store, SESSIONS, other).encoder == other.fingerprint
    assert store.manifest().encoder.differences(ENCODER.fingerprint) == ["weights"]


def test_readers_and_a_loader_at_once(store: SessionStore, open_store: OpenStore) -> None:
    write(store, [talk(number) for number in range(20)])
    reader = open_store()
    counts: list[int] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            with reader.reading() as generation:
                counts.append(generation.count(NO_FILTERS))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for number in range(3):
            write(store, [talk(one) for one in range(20 + number)])
    finally:
        ended.set()
        thread.join()
    assert set(counts) <= {20, 21, 22}
    with reader.reading() as generation:
        assert generation.count(NO_FILTERS) == 22


def test_check_passes_or_says_which_versions_fit(store: SessionStore) -> None:
    """A server further from the client than it is made for is used all the same, and said not to be ready."""
    try:
        store.check()
    except StoreError as error:
        assert "one minor version at a time" in str(error)
        assert store.kind == "server"
    write(store, SESSIONS)
    assert found(store, "health analytics region", 1) == ["2"]
