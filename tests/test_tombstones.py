"""What is left of removed sessions, in every store: kept by loads, copies and backups, gone after a year."""

import hashlib
import json
import random
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from qdrant_client import QdrantClient
from support.manifests import forget_digests
from support.programmes import Loading, row
from support.stores import ENCODER, OpenStore, store_on, talk, write

from loaders.sync import remove_event
from service.errors import DamagedError, VerificationError
from service.filters import FACETS, NO_FILTERS
from service.session import Session
from service.stores import tombstones as module
from service.stores.backup import restore_backup, write_backup
from service.stores.copying import copy_catalogue
from service.stores.edge.store import EdgeStore
from service.stores.edge.writing import EdgeBuilder
from service.stores.protocol import SessionStore
from service.stores.server.writing import ServerUpdater
from service.stores.tombstones import (
    KEPT,
    Tombstone,
    bury,
    decode_tombstone,
    encode_tombstone,
    newest,
)
from service.stores.verification import verify

NOW = datetime.now(UTC).replace(microsecond=0)
ROWS = [row(number) for number in range(30)]


def removed(store: SessionStore) -> dict[str, Tombstone]:
    """Return the tombstones of what is served by their titles."""
    with store.reading() as generation:
        return {one.session.title: one for one in generation.tombstones()}


def build(store: SessionStore, sessions: list[Session], buried: list[Tombstone]) -> None:
    vectors = ENCODER.encode_sessions([session.text for session in sessions])
    with store.building(ENCODER.fingerprint, sessions=len(sessions)) as builder:
        builder.upsert(sessions, vectors)
        builder.bury(buried)
        builder.commit(expected=len(sessions), sources=["test"])


def test_what_a_load_removes_is_told_and_is_outside_all_else(loads: Loading) -> None:
    loads.rows(ROWS)
    assert removed(loads.store) == {}
    with loads.store.reading() as generation:
        before = generation.get([talk(7).id])[0]
    loads.rows([one for one in ROWS if one["id"] != 7])
    with loads.store.reading() as generation:
        (tombstone,) = generation.tombstones()
        assert generation.tombstones([talk(1).id, before.id, talk(99).id]) == [tombstone]
        assert generation.tombstones([talk(1).id]) == []
        assert generation.get([before.id]) == []
        assert generation.count(NO_FILTERS) == 29
        assert {one.id for one in generation.hashes()} == {
            session.id for some, _ in generation.scan() for session in some
        }
        assert generation.programme(NO_FILTERS, 50) == sorted(
            generation.programme(NO_FILTERS, 50), key=lambda one: (one.starts_at, one.title)
        )
        counts = generation.facets(FACETS, NO_FILTERS)
        assert sum(count for _, count in counts["room"]) == 29
        vector = ENCODER.encode_queries(["Title number7"])[0]
        assert before.id not in {
            hit.session.id for hit in generation.search(vector, 30, NO_FILTERS)
        }
    kept = tombstone.session
    assert (kept.id, kept.title, kept.room) == (before.id, "Title number7", before.room)
    assert (kept.event, kept.year, kept.starts_at) == ("Summit", 2026, before.starts_at)
    assert (kept.speakers, kept.abstract, kept.sequence) == ((), "", before.sequence + 1)
    assert NOW <= tombstone.removed_at <= datetime.now(UTC)
    assert verify(loads.store) == loads.store.manifest()


def test_later_loads_keep_them_until_the_session_is_back(loads: Loading) -> None:
    loads.rows(ROWS)
    loads.rows(ROWS[2:])
    loads.rows([*ROWS[2:], row(50)])
    assert removed(loads.store).keys() == {"Title number0", "Title number1"}
    loads.rows([*ROWS[1:], row(50)])
    assert removed(loads.store).keys() == {"Title number0"}
    with loads.store.reading() as generation:
        (back,) = generation.get([talk(1).id])
    assert back.sequence == 2  # its removal was a revision, and so is its coming back


def test_a_load_in_place_that_is_cut_short_loses_none(
    loads: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads.rows(ROWS)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("cut short")

    for name in ("remove", "commit"):
        with monkeypatch.context() as patch:
            patch.setattr(ServerUpdater, name, fail)
            if loads.store.kind == "embedded":
                patch.setattr(EdgeBuilder, "commit", fail)
            with pytest.raises(RuntimeError, match="cut short"):
                loads.rows(ROWS[1:])
    loads.rows([*ROWS[1:], row(60)])
    assert removed(loads.store).keys() == {"Title number0"}
    assert verify(loads.store) == loads.store.manifest()


@pytest.mark.slow
def test_each_generation_has_its_own(open_store: OpenStore) -> None:
    store = open_store()
    build(store, [talk(1), talk(2)], [])
    build(store, [talk(1)], [bury(talk(2), NOW)])
    assert list(removed(open_store())) == ["Talk number2"]
    store.rollback()
    assert removed(store) == {}
    build(store, [talk(2)], [bury(talk(1), NOW), bury(talk(3), NOW)])
    assert sorted(removed(store)) == ["Talk number1", "Talk number3"]
    assert verify(store) == store.manifest()


@pytest.mark.slow
def test_copies_and_backups_have_them(open_store: OpenStore, tmp_path: Path) -> None:
    store, copied = open_store(), EdgeStore(tmp_path / "copy", "sessions")
    buried = [bury(talk(number, sequence=3), NOW) for number in (2, 3)]
    build(store, [talk(1)], buried)
    with closing(copied):
        copy_catalogue(store, copied)
        write_backup(copied, tmp_path / "backup")
    write(store, [talk(1)])
    assert removed(store) == {}
    restore_backup(tmp_path / "backup", store)
    found = removed(store)
    assert [encode_tombstone(found[one.session.title]) for one in buried] == [
        encode_tombstone(one) for one in buried
    ]


def test_a_backup_of_an_older_version_has_none(tmp_path: Path) -> None:
    with closing(EdgeStore(tmp_path / "data", "sessions")) as store:
        build(store, [talk(1)], [bury(talk(2), NOW)])
        write_backup(store, tmp_path / "backup")
        index = tmp_path / "backup" / "backup.json"
        head = json.loads(index.read_text("utf-8"))
        del head["removed"]
        _rewrite(tmp_path / "backup", json.dumps(head))
        restore_backup(tmp_path / "backup", store)
        assert removed(store) == {}
        _rewrite(tmp_path / "backup", json.dumps({**head, "removed": [{"title": "no more"}]}))
        with pytest.raises((VerificationError, DamagedError)):
            restore_backup(tmp_path / "backup", store)


def _rewrite(folder: Path, index: str) -> None:
    """Replace a backup's index, and its checksum with it."""
    (folder / "backup.json").write_text(index, "utf-8")
    sums = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    others = [line for line in sums if not line.endswith("backup.json")]
    digest = hashlib.sha256(index.encode()).hexdigest()
    (folder / "SHA256SUMS").write_text("\n".join([f"{digest}  backup.json", *others]) + "\n")


def test_a_removed_event_leaves_them_too(loads: Loading) -> None:
    loads.rows([*ROWS[:3], row(7, event="Other"), row(8, event="Other", year=2025)])
    remove_event(loads.store, "Other", 2025)
    assert removed(loads.store).keys() == {"Title number8"}
    remove_event(loads.store, "Other", None)
    assert removed(loads.store).keys() == {"Title number7", "Title number8"}


def test_they_are_dropped_after_a_year_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TOMBSTONES", 3)
    days = list(range(360, 370))
    random.Random(3).shuffle(days)
    buried = [bury(talk(day), NOW - timedelta(days=day)) for day in days]
    assert [one.session.source_id for one in newest(buried, NOW)] == ["362", "361", "360"]
    twice = [bury(talk(1), NOW - timedelta(days=9)), bury(talk(1), NOW)]
    assert [one.removed_at for one in newest(twice, NOW)] == [NOW]


def test_where_no_load_came_for_a_year_they_are_not_told(open_store: OpenStore) -> None:
    store = open_store()
    build(store, [talk(1)], [bury(talk(2), NOW - KEPT - timedelta(days=1)), bury(talk(3), NOW)])
    assert list(removed(store)) == ["Talk number3"]


def test_an_embedded_catalogue_of_an_older_version_has_none(tmp_path: Path) -> None:
    with closing(EdgeStore(tmp_path, "sessions")) as store:
        build(store, [talk(1)], [bury(talk(2), NOW)])
        next(tmp_path.rglob("removed")).unlink()
        forget_digests(tmp_path)
        assert removed(store) == {}


def test_damaged_ones_are_told(tmp_path: Path) -> None:
    with closing(EdgeStore(tmp_path, "sessions")) as store:
        build(store, [talk(1)], [bury(talk(2), NOW)])
        file = next(tmp_path.rglob("removed"))
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        with pytest.raises(VerificationError, match="removed is not as it was written"):
            verify(store)
        forget_digests(tmp_path)
        with pytest.raises(VerificationError, match="cannot be read"):
            verify(store)


def test_a_tombstone_without_a_time_is_damaged() -> None:
    values = encode_tombstone(bury(talk(1), NOW))
    del values["modified"]
    with pytest.raises(DamagedError, match="when it was removed"):
        decode_tombstone(values)


def test_a_server_has_no_collection_of_them_until_something_is_removed() -> None:
    client = QdrantClient(":memory:")
    store = store_on(client, replicas=2)
    build(store, [talk(1)], [])
    assert not [name for name in _collections(client) if name.endswith("-removed")]
    build(store, [talk(1)], [bury(talk(2), NOW)])
    assert f"{store.manifest().generation}-removed" in _collections(client)
    for number in range(5):
        write(store, [talk(number)])
    assert not [name for name in _collections(client) if name.endswith("-removed")]


def _collections(client: Any) -> set[str]:
    return {one.name for one in client.get_collections().collections}
