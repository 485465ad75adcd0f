"""Faults of the disk under an embedded catalogue: `verify` sees every one, and nothing ends the process.

    CONFERENCE_HELPER_TEST_LONG=1 pytest -s tests/test_faults.py

makes 1,000 single-bit and 200 truncation faults over all files, asks questions in spite of each, and prints how
many of them were answered otherwise, refused, or ended the process that asked.
"""

import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.faults import Fault, choose_faults, outcome
from support.manifests import forget_digests, generation_folder
from support.programmes import Loading, row
from support.stores import session, write
from support.web_fixtures import open_empty

from service.errors import DamagedError, StoreError, VerificationError
from service.filters import NO_FILTERS
from service.query.query import Query
from service.stores.edge.digests import LIST
from service.stores.edge.store import EdgeStore
from service.stores.verification import verify

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
BITS, TRUNCATIONS = (1_000, 200) if LONG else (8, 3)
SESSIONS = [session(number) for number in range(150 if LONG else 4)]
QUESTIONS = ("title7 word7 common", "word3", "Speaker 2 finance")


def _write(data: Path) -> int:
    with contextlib.closing(EdgeStore(data, "sessions")) as store:
        write(store, SESSIONS)
    return 0


def _ask(data: Path) -> str:
    """Return what is answered to the questions, and how often each value of a facet is there."""
    store, searcher = open_empty(data)
    with contextlib.closing(store):
        answers = [searcher.search(Query(text)).as_dict() for text in QUESTIONS]
        counts = searcher.facets(Query(""))
    return repr([{**answer, "took_ms": 0} for answer in answers] + [counts])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a sound catalogue; no process that is forked later may have it open."""
    folder = tmp_path_factory.mktemp("faults")
    _write(folder)
    for file in _files(folder):  # in memory their holes take time too, once they were read
        content = file.read_bytes()
        file.write_bytes(content.rstrip(b"\0"))
        os.truncate(file, len(content))
    return folder


@pytest.fixture
def folder(data: Path) -> Path:
    with contextlib.closing(EdgeStore(data, "sessions")) as store:
        return generation_folder(data, store.manifest())


def _files(data: Path) -> list[Path]:
    """Every file of the catalogue but its lock, which says nothing."""
    return [path for path in data.rglob("*") if path.is_file() and path.name != "lock"]


def _verified(data: Path) -> bool:
    store = EdgeStore(data, "sessions")
    try:
        verify(store)
    except VerificationError as error:
        assert "conference-helper rollback" in str(error)
        return False
    return True


def test_verify_sees_every_fault(data: Path) -> None:
    files = _files(data)
    assert len(files) > 300
    faults = choose_faults(files, bits=BITS, truncations=TRUNCATIONS, seed=24)
    unseen = []
    for fault in faults:
        with fault.applied():
            if _verified(data):
                unseen.append(fault)
    assert len(faults) == BITS + TRUNCATIONS
    assert unseen == []
    assert _verified(data), "what was damaged is whole again"


@pytest.mark.skipif(not LONG, reason="only in a long run")
def test_no_fault_ends_the_process_that_asks(data: Path, tmp_path: Path) -> None:
    sound = tmp_path / "answers"
    assert outcome(lambda: 0 * sound.write_text(_ask(data))) == "0"

    def ask() -> int:
        try:
            return 0 if _ask(data) == sound.read_text() else 1
        except StoreError:
            return 2

    said: Counter[tuple[bool, str]] = Counter()
    for fault in choose_faults(_files(data), bits=BITS, truncations=TRUNCATIONS, seed=25):
        with fault.applied():
            said[fault.bit is not None, outcome(ask)] += 1
    told = {"0": "answered as before", "1": "answered otherwise", "2": "refused"}
    for (is_bit, code), times in sorted(said.items()):
        kind = "bits" if is_bit else "truncations"
        print(f"{kind}: {told.get(code, code)} {times}")  # noqa: T201  # what -s is for
    assert {code for _, code in said} <= told.keys()
    assert not said[False, "1"]


def _reopened(data: Path) -> EdgeStore:
    store = EdgeStore(data, "sessions")
    with contextlib.closing(store), store.reading() as generation:
        generation.count(NO_FILTERS)
    return store


@pytest.mark.parametrize("name", ["matrix.dat", "id_tracker.*", "words", LIST, "segment.json"])
def test_a_file_that_is_shorter_is_not_opened(data: Path, folder: Path, name: str) -> None:
    file = next(folder.rglob(name))
    with (
        Fault(file, file.stat().st_size // 2, None).applied(),
        pytest.raises(DamagedError, match="Roll back"),
    ):
        _reopened(data)
    _reopened(data)


@pytest.mark.parametrize("name", ["id_tracker.e2i", "point_to_values.bin", "words"])
def test_a_small_file_is_read_before_it_is_opened(data: Path, folder: Path, name: str) -> None:
    with (
        Fault(next(folder.rglob(name)), 20, 3).applied(),
        pytest.raises(DamagedError, match=f"{name} is not as it was written"),
    ):
        _reopened(data)


def test_a_file_that_is_gone_and_one_too_many_are_told(data: Path, folder: Path) -> None:
    (folder / "points/more").write_text("x")
    with pytest.raises(VerificationError, match="points/more is none of its files"):
        verify(EdgeStore(data, "sessions"))
    (folder / "points/more").unlink()
    words = (folder / "words").read_bytes()
    (folder / "words").unlink()
    with pytest.raises(VerificationError, match="words cannot be read"):
        verify(EdgeStore(data, "sessions"))
    (folder / "words").write_bytes(words)
    assert _verified(data)


def test_reading_changes_no_file(data: Path) -> None:
    before = {path: path.read_bytes() for path in _files(data) if path.stat().st_size < 2**20}
    for _ in range(3):
        _reopened(data)
    assert {path: path.read_bytes() for path in before} == before
    assert _verified(data)


@pytest.fixture
def older(loading: Loading) -> Iterator[EdgeStore]:
    """A store whose catalogue an older version wrote, without digests."""
    loading.rows([row(1), row(2)])
    forget_digests(loading.folder / "data")
    with contextlib.closing(EdgeStore(loading.folder / "data", "sessions")) as store:
        yield store


def test_a_catalogue_without_digests_gets_them_with_the_next_load(
    loading: Loading, older: EdgeStore
) -> None:
    assert not verify(older).is_recorded
    loading.store = older
    loading.encoder.embedded.clear()
    loading.rows([row(1), row(2)])
    assert verify(older).is_recorded
    assert loading.encoder.embedded == []
    loading.rows([row(1), row(2)])
    assert loading.said[-1] == "The catalogue is up to date."
