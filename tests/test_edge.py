"""What the embedded store does beyond the contract: files, other versions, full and read-only disks."""

import shutil
import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from support.fakes import BagOfWords
from support.manifests import change_manifest
from support.programmes import Loading, row
from support.stores import ENCODER, talk, write

from service.errors import MismatchError, NothingLoadedError, StorageFullError, StoreError
from service.filters import NO_FILTERS
from service.stores.edge import writing as edge_writing
from service.stores.edge.failures import translate_errors
from service.stores.edge.store import EdgeStore
from service.stores.protocol import ParsedQuery
from service.stores.schema import SCHEMA_VERSION


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def manifest_file(store: EdgeStore, tmp_path: Path) -> Path:
    name = store.manifest().generation
    return tmp_path / "data" / "catalogues" / "sessions" / "generations" / name / "manifest.json"


def test_a_newer_schema_is_refused_by_readers_and_loaders(
    store: EdgeStore, loading: Loading, tmp_path: Path
) -> None:
    loading.rows([row(1)])
    change_manifest(manifest_file(store, tmp_path), schema=SCHEMA_VERSION + 1)
    with pytest.raises(MismatchError, match="Upgrade conference-helper"), store.reading():
        pass
    with pytest.raises(MismatchError, match="newer version"):
        loading.rows([row(1), row(2)])


def test_a_damaged_manifest_says_what_to_do(
    store: EdgeStore, loading: Loading, tmp_path: Path
) -> None:
    loading.rows([row(1)])
    file = manifest_file(store, tmp_path)
    for text in ("", "{", "[]", '{"schema": 1}', '{"schema": 1, "events": 3}'):
        file.write_text(text)
        with pytest.raises(StoreError, match="rollback"):
            store.manifest()


def test_damaged_points_say_what_to_do(store: EdgeStore, loading: Loading, tmp_path: Path) -> None:
    loading.rows([row(1)])
    shutil.rmtree(manifest_file(store, tmp_path).parent / "points")
    with (
        pytest.raises(StoreError, match=r"more of its files are damaged\. Roll back"),
        EdgeStore(tmp_path / "data", "sessions").reading(),
    ):
        pass


def test_a_load_without_the_pointer_takes_no_generation_away(
    store: EdgeStore, tmp_path: Path
) -> None:
    first, second = (write(store, [talk(number)]).generation for number in (1, 2))
    next(tmp_path.rglob("current")).unlink()
    third = write(store, [talk(3)])
    assert third.previous == second
    assert [one.generation for one in store.generations()] == [third.generation, second, first]


def test_what_a_dead_build_left_is_removed_by_the_next(
    store: EdgeStore, loading: Loading, tmp_path: Path
) -> None:
    loading.rows([row(1)])
    dead = (
        tmp_path
        / "data"
        / "catalogues"
        / "sessions"
        / "generations"
        / "000007-20260512T101500000000"
    )
    (dead / "points").mkdir(parents=True)
    loading.rows([row(1), row(2)])
    assert not dead.exists()
    assert len(store.generations()) == 2


def test_what_is_no_generation_and_what_cannot_be_removed_stays(
    store: EdgeStore, loading: Loading, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    generations = tmp_path / "data" / "catalogues" / "sessions" / "generations"
    loading.rows([row(1)])
    (generations / "backup").mkdir()
    (generations / "backup" / "manifest.json").write_text("{}")
    (generations / ".DS_Store").touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = generations / "000000-20260512T101500000000"
    link.symlink_to(elsewhere)
    for count in (2, 3):
        loading.rows([row(number) for number in range(count)])
    assert loading.count() == 3
    assert (generations / "backup" / "manifest.json").exists()
    assert (generations / ".DS_Store").exists()
    assert f"{link} is needed no longer, and cannot be removed" in caplog.text


def test_a_full_disk_is_noticed_before_it_is_written_to(
    loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading.rows([row(1)])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(100, 99, 1))
    with pytest.raises(StorageFullError, match="CONFERENCE_HELPER_DATA_DIR"):
        loading.rows([row(1), row(2)])
    assert loading.count() == 1


def test_a_data_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = EdgeStore(tmp_path / "file", "sessions")
    with pytest.raises(StoreError, match="CONFERENCE_HELPER_DATA_DIR"), blocked.lock():
        pass
    with pytest.raises(StoreError), blocked.reading():
        pass


def test_two_processes_worth_of_stores_read_at_once(loading: Loading, tmp_path: Path) -> None:
    loading.rows([row(number) for number in range(20)])
    stores = [EdgeStore(tmp_path / "data", "sessions") for _ in range(4)]
    counts = []
    for store in stores:
        with store.reading() as generation:
            counts.append(generation.count(NO_FILTERS))
    assert counts == [20] * 4
    for store in stores:
        store.close()


@pytest.mark.slow
def test_threads_read_while_loads_switch(store: EdgeStore, tmp_path: Path) -> None:
    loader = Loading(EdgeStore(tmp_path / "data", "sessions"), tmp_path)
    loader.rows([row(1)])
    failures: list[BaseException] = []
    ended = threading.Event()

    def read() -> None:
        vector = BagOfWords().encode_queries([f"{row(1)['title']}. {row(1)['abstract']}"])[0]
        while not ended.wait(0.002):  # loads get on meanwhile
            try:
                with store.reading() as generation:
                    assert generation.search(vector, 1, NO_FILTERS)[0].session.source_id == "1"
            except BaseException as error:  # whatever it is, the test shows it
                failures.append(error)
                return

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for count in range(2, 8):
        loader.rows([row(number) for number in range(1, count + 1)])
    ended.set()
    for thread in threads:
        thread.join()
    assert failures == []
    loader.store.close()


def test_panics_of_the_driver_are_store_errors(loading: Loading) -> None:
    class PanicException(BaseException):
        pass

    with pytest.raises(StoreError, match="could not search"), translate_errors("search"):
        raise PanicException("index out of bounds")
    with pytest.raises(KeyboardInterrupt), translate_errors("search"):
        raise KeyboardInterrupt


def test_nothing_is_created_by_asking(tmp_path: Path) -> None:
    with pytest.raises(NothingLoadedError):
        EdgeStore(tmp_path / "none", "sessions").manifest()
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
def test_a_large_catalogue_is_indexed_in_several_segments(
    store: EdgeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_writing, "_HNSW_ABOVE", 1_000)
    monkeypatch.setattr(edge_writing, "_TERMS_PER_SESSION", 8)
    count = 2_000
    rows = np.random.default_rng(5).normal(size=(count, ENCODER.fingerprint.dimension))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    sessions = [talk(number) for number in range(count)]
    with store.building(ENCODER.fingerprint, sessions=count) as builder:
        for start in range(0, count, 250):
            builder.upsert(sessions[start : start + 250], vectors[start : start + 250])
        builder.commit(expected=count, sources=["test"])
    points = manifest_file(store, tmp_path).parent / "points"
    assert len(list((points / "segments").iterdir())) > 2
    with store.reading() as generation:
        for place in range(0, count, 97):
            nearest = generation.search(vectors[place], 1, NO_FILTERS)[0]
            assert nearest.session.id == sessions[place].id
            assert nearest.score == pytest.approx(1, abs=1e-4)
        asked = ParsedQuery("number1234", "keyword")
        assert generation.search(vectors[0], 1, NO_FILTERS, asked)[0].session.source_id == "1234"


def test_vectors_of_8_bits_propose_and_full_ones_decide(
    store: EdgeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_writing, "_QUANTIZED_ABOVE", 1_000)
    count = 2_000
    random = np.random.default_rng(6)
    rows = random.normal(size=(count + 20, ENCODER.fingerprint.dimension))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    sessions = [talk(number) for number in range(count)]
    with store.building(ENCODER.fingerprint, sessions=count) as builder:
        builder.upsert(sessions, vectors[:count])
        builder.commit(expected=count, sources=["test"])
    assert list(tmp_path.rglob("quantized*"))
    with store.reading() as generation:
        for question in vectors[count:]:
            products = vectors[:count] @ question
            nearest = np.argsort(-products)[:3]
            hits = generation.search(question, 3, NO_FILTERS)
            assert [int(hit.session.source_id) for hit in hits] == nearest.tolist()
            assert [hit.score for hit in hits] == pytest.approx(products[nearest], abs=1e-5)
            fused = generation.search(question, 3, NO_FILTERS, ParsedQuery("xylophone"))
            assert [hit.session.id for hit in fused] == [hit.session.id for hit in hits]
            assert [hit.score for hit in fused] == pytest.approx(products[nearest], abs=1e-5)
