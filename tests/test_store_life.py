"""What every store does over its life: generations follow each other, loaders and readers meet."""

import threading

import numpy as np
import pytest
from support.fakes import BagOfWords
from support.stores import ENCODER, OpenStore, Written, talk, write
from support.web_fixtures import SESSIONS

from service.errors import (
    LockedError,
    RefusedError,
)
from service.filters import NO_FILTERS, Filters, Value
from service.stores.generations import list_kept
from service.stores.manifest import EventCount
from service.stores.payload import encode_payload
from service.stores.protocol import SessionStore


@pytest.fixture
def store(open_store: OpenStore) -> SessionStore:
    return open_store()


def found(
    store: SessionStore, question: str, limit: int = 3, **filters: tuple[Value, ...]
) -> list[str]:
    vector = ENCODER.encode_queries([question])[0]
    with store.reading() as generation:
        hits = generation.search(vector, limit, Filters(**filters))
    return [hit.session.source_id for hit in hits]


def test_what_was_written_is_read(written: Written) -> None:
    with written(SESSIONS).reading() as generation:
        assert generation.get([session.id for session in SESSIONS]) == list(SESSIONS)
        assert generation.count(NO_FILTERS) == len(SESSIONS)


def test_equal_scores_come_in_the_order_of_ids(written: Written) -> None:
    twins = [talk(number, "Same words") for number in range(6)]
    vector = ENCODER.encode_queries(["same words"])[0]
    with written(twins).reading() as generation:
        ids = [str(hit.session.id) for hit in generation.search(vector, 6, NO_FILTERS)]
    assert ids == sorted(str(session.id) for session in twins)


def test_known_and_scan_cover_every_session(written: Written) -> None:
    sessions = [talk(number) for number in range(600)]
    with written(sessions).reading() as generation:
        known = {item.id: item for item in generation.hashes()}
        scanned = list(generation.scan())
    assert set(known) == {session.id for session in sessions}
    assert known[sessions[5].id].text_hash == sessions[5].text_hash
    assert known[sessions[5].id].payload_hash == encode_payload(sessions[5])["payload_hash"]
    assert {session for batch, _ in scanned for session in batch} == set(sessions)
    assert [len(batch) for batch, _ in scanned] == [256, 256, 88]
    for batch, vectors in scanned:
        np.testing.assert_allclose(
            vectors, ENCODER.encode_sessions([session.text for session in batch]), atol=1e-6
        )


def test_manifest_says_what_was_loaded(written: Written) -> None:
    manifest = written(SESSIONS).manifest()
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


def test_rollback_leads_forward_again(store: SessionStore, open_store: OpenStore) -> None:
    written = [write(store, [talk(number)]) for number in (1, 2, 3)]
    other = open_store()
    store.rollback()
    store.rollback()
    assert found(other, "talk", 1) == ["1"]
    assert store.generations() == written[::-1], "what was left stays"
    for wanted in (written[2], written[1], written[1]):
        assert store.rollback(wanted.generation) == wanted == other.manifest()
        assert found(other, "talk", 1) == [str(written.index(wanted) + 1)]
    assert store.rollback() == written[0], "the one before what is served"
    with pytest.raises(RefusedError, match="No generation 000001-elsewhere is kept"):
        store.rollback("000001-elsewhere")
    assert store.manifest() == written[0]


def test_a_load_that_fails_takes_away_nothing_that_was_rolled_back(store: SessionStore) -> None:
    first, second = write(store, [talk(1)]), write(store, [talk(2)])
    store.rollback()
    with pytest.raises(ZeroDivisionError), store.building(ENCODER.fingerprint, sessions=1):
        raise ZeroDivisionError
    assert store.generations() == [second, first]
    assert store.rollback(second.generation) == second
    assert [one.place for one in list_kept(second.generation, store.generations())] == [
        "served",
        "back",
    ]


def test_load_after_a_rollback_removes_what_was_rolled_back(store: SessionStore) -> None:
    first = write(store, [talk(1)])
    second = write(store, [talk(2)])
    store.rollback()
    third = write(store, [talk(3)])
    names = [one.generation for one in store.generations()]
    assert names == [third.generation, first.generation]
    assert second.generation not in names


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


@pytest.mark.slow
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
    """A server further from the client than it is made for is used all the same, with a warning."""
    versions = store.check()
    if versions and versions.minors_apart > 1:
        assert "one minor version at a time" in versions.warning
        assert store.kind == "server"
    write(store, SESSIONS)
    assert found(store, "health analytics region", 1) == ["2"]
