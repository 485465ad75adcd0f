"""A damaged embedded catalogue: what is said of it, and the ways out that lead out."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from support.copies import copy_folder
from support.manifests import forget_digests, generation_folder
from support.stores import ENCODER, talk, write

from service.errors import (
    DamagedError,
    NothingLoadedError,
    RefusedError,
    StoreError,
    VerificationError,
)
from service.filters import NO_FILTERS
from service.stores.backup import restore_backup, write_backup
from service.stores.edge.failures import translate_errors
from service.stores.edge.store import EdgeStore
from service.stores.manifest import Manifest
from service.stores.protocol import ParsedQuery
from service.stores.verification import verify

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Manifest]]:
    folder = tmp_path_factory.mktemp("written")
    with closing(EdgeStore(folder, "sessions")) as store:
        return folder, [write(store, [talk(number)]) for number in (1, 2, 3)]


@pytest.fixture
def kept(written: tuple[Path, list[Manifest]], tmp_path: Path) -> list[Manifest]:
    """Three generations, the oldest first."""
    copy_folder(written[0], tmp_path / "data")
    return written[1]


def folder_of(tmp_path: Path, manifest: Manifest) -> Path:
    return generation_folder(tmp_path / "data", manifest)


def anew(tmp_path: Path) -> EdgeStore:
    """The store as another process opens it."""
    return EdgeStore(tmp_path / "data", "sessions")


def test_what_cannot_be_read_is_rolled_back(tmp_path: Path, kept: list[Manifest]) -> None:
    (folder_of(tmp_path, kept[2]) / "manifest.json").write_text("xx")
    store = anew(tmp_path)
    with pytest.raises(DamagedError, match="conference-helper rollback"), store.reading():
        pass
    assert store.rollback() == kept[1]
    assert store.manifest() == kept[1]
    assert store.rollback() == kept[0]


@pytest.mark.parametrize("served", [b"xx", b"\xff", b"", b"000003-2026"])
def test_a_damaged_pointer_is_mended_by_a_rollback(
    tmp_path: Path, kept: list[Manifest], served: bytes
) -> None:
    pointer = tmp_path / "data" / "catalogues" / "sessions" / "current"
    pointer.write_bytes(served)
    store = anew(tmp_path)
    with pytest.raises(VerificationError, match=r"current .*Run: conference-helper rollback"):
        verify(store)
    assert store.rollback() == kept[2]
    assert verify(store) == kept[2]


def test_a_generation_that_is_gone_is_rolled_back(tmp_path: Path, kept: list[Manifest]) -> None:
    shutil.rmtree(folder_of(tmp_path, kept[2]))
    assert anew(tmp_path).rollback() == kept[1]


def test_a_kept_generation_that_cannot_be_read_blocks_nothing(
    tmp_path: Path, kept: list[Manifest], caplog: pytest.LogCaptureFixture
) -> None:
    (folder_of(tmp_path, kept[1]) / "manifest.json").write_text("xx")
    store = anew(tmp_path)
    assert store.generations() == [kept[2], kept[0]]
    assert "manifest.json cannot be read" in caplog.text
    fourth = write(store, [talk(4)])
    assert store.manifest() == fourth
    assert all(folder_of(tmp_path, one).is_dir() for one in kept)
    fifth = write(store, [talk(5)])
    sixth = write(store, [talk(6)])
    assert store.generations() == [sixth, fifth, fourth]
    write(store, [talk(7)])
    assert not any(folder_of(tmp_path, one).is_dir() for one in kept)


def test_a_backup_is_restored_over_what_cannot_be_read(
    tmp_path: Path, kept: list[Manifest]
) -> None:
    write_backup(anew(tmp_path), tmp_path / "backup")
    for manifest in kept:
        (folder_of(tmp_path, manifest) / "manifest.json").write_text("xx")
    store = anew(tmp_path)
    with pytest.raises(RefusedError, match=r"remove .*sessions first"):
        store.rollback()
    assert restore_backup(tmp_path / "backup", store).sessions == 1
    with store.reading() as generation:
        assert generation.count() == 1


def test_vectors_that_are_gone_are_noticed_when_it_is_opened(
    tmp_path: Path, kept: list[Manifest]
) -> None:
    forget_digests(folder_of(tmp_path, kept[2]))
    for file in folder_of(tmp_path, kept[2]).rglob("vector_storage-text/matrix.dat"):
        file.write_bytes(file.read_bytes()[:100])
    store = anew(tmp_path)
    with pytest.raises(DamagedError, match="vectors are damaged"), store.reading():
        pass
    with pytest.raises(VerificationError, match=r"not sound: .*damaged\. Roll back"):
        verify(store)
    assert store.rollback() == kept[1]
    assert verify(store) == kept[1]


def test_a_vector_that_is_gone_later_is_said(
    store: EdgeStore, kept: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ParsedQuery("talk", "keyword")
    vector = ENCODER.encode_queries(["talk"])[0]
    with store.reading() as generation:
        monkeypatch.setattr(type(generation), "_scores", _only_by_words(type(generation)._scores))
        with pytest.raises(DamagedError, match="1 sessions have no vector"):
            generation.search(vector, 3, NO_FILTERS, asked)


def test_a_store_that_may_not_be_written_says_so() -> None:
    with pytest.raises(StoreError, match="writable even to be read"), translate_errors("open it"):
        raise OSError("Failed to open mmap: Permission denied")
    with pytest.raises(StoreError, match="Roll back"), translate_errors("open it"):
        raise OSError("bad LZ4 block")


def _only_by_words(scores: object) -> object:
    """Find something the first time, by words, and nothing by vectors after that."""
    found = iter((True, False))

    def once(self: object, request: object) -> object:
        return scores(self, request) if next(found) else {}  # type: ignore[operator]  # it is a method

    return once


def test_a_rollback_before_the_first_load_says_that_nothing_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(NothingLoadedError, match="Load a conference first"):
        anew(tmp_path).rollback()


def test_verify_sees_that_words_find_nothing(tmp_path: Path, kept: list[Manifest]) -> None:
    forget_digests(folder_of(tmp_path, kept[2]))
    verify(anew(tmp_path))
    indexes = list(folder_of(tmp_path, kept[2]).glob("points/segments/*/*keywords*/*.dat"))
    assert indexes
    for index in indexes:
        index.write_bytes(bytes(index.stat().st_size))
    with pytest.raises(VerificationError, match="not found by the words of its title"):
        verify(anew(tmp_path))


def test_verify_calls_what_cannot_be_opened_not_sound(tmp_path: Path, kept: list[Manifest]) -> None:
    forget_digests(folder_of(tmp_path, kept[2]))
    for file in folder_of(tmp_path, kept[2]).glob("points/segments/*/payload_storage/tracker.dat"):
        file.write_bytes(b"")
    with pytest.raises(VerificationError, match=r"not sound: .*could not open"):
        verify(anew(tmp_path))
