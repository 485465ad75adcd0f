"""What many tests need: a store in a temporary folder, a load in one call, the shared test data."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support import off_topic as queries
from support import qdrant_nodes
from support.fakes import BagOfWords
from support.processes import children
from support.programmes import Loading

from service.encoder import Vectors
from service.stores.edge.store import EdgeStore
from service.stores.protocol import SessionStore
from service.verdict import off_topic
from service.verdict.off_topic import OffTopicQuery

pytest_plugins = [
    "support.browser",
    "support.fast_models",
    "support.qdrant_server",
    "support.stores",
    "support.web_fixtures",
    "support.both_ways",
    "support.programme_days",
    "support.sample_summit",
    "support.web_programme",
]


# PyTorch's threads wait for each other by running, and the cores are busy with pytest's own workers.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes says how slow the machine is.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # pytest makes a folder of its own there
_ENOUGH = 8 * 2**30


def pytest_configure(config: pytest.Config) -> None:
    """Keep temporary folders in memory where there is enough: stores wait for the disk most of the time."""
    usable = _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK)
    if usable and shutil.disk_usage(_IN_MEMORY).free > _ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return one worker more than there are cores: some tests wait for processes, servers and clocks."""
    return (os.cpu_count() or 1) + 1


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files of slow tests alone where none is wanted: to import torch for them takes seconds."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    return "\npytestmark = pytest.mark.slow\n" in collection_path.read_text("utf-8") or None


@pytest.fixture(scope="module", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    """Every process that a module's tests start ends with them, but for the servers that all use."""
    before = children()
    yield
    assert children() - qdrant_nodes.processes <= before, "processes are left behind"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings, the .env or the data of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("CONFERENCE_HELPER_") and name != "CONFERENCE_HELPER_TEST_DATA":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONFERENCE_HELPER_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="session", autouse=True)
def _temporary_files_beside_the_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the program puts into the temporary folder is in memory where the tests' folders are."""
    tempfile.tempdir = str(tmp_path_factory.mktemp("temporary"))


@pytest.fixture(scope="session", autouse=True)
def _few_off_topic_queries() -> Iterator[None]:
    """Loads calibrate with few of the off-topic queries; `all_off_topic_queries` has them all."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(off_topic, "read_queries", queries.read_few)
        yield


@pytest.fixture(scope="session")
def every_off_topic_query() -> tuple[OffTopicQuery, ...]:
    return queries.ALL


@pytest.fixture
def all_off_topic_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(off_topic, "read_queries", lambda: queries.ALL)


@pytest.fixture
def encoder() -> BagOfWords:
    return BagOfWords()


@pytest.fixture
def query_batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of the batches of queries that bags of words encode, as they grow."""
    sizes: list[int] = []
    encode = BagOfWords.encode_queries

    def count(encoder: BagOfWords, questions: Sequence[str]) -> Vectors:
        sizes.append(len(questions))
        return encode(encoder, questions)

    monkeypatch.setattr(BagOfWords, "encode_queries", count)
    return sizes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EdgeStore]:
    opened = EdgeStore(tmp_path / "data", "sessions")
    yield opened
    opened.close()


@pytest.fixture
def loading(store: SessionStore, tmp_path: Path) -> Loading:
    return Loading(store, tmp_path)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Return the path of shared test data by name; skips where there is none."""

    def find(name: str) -> Path:
        root = os.environ.get("CONFERENCE_HELPER_TEST_DATA")
        if not root:
            pytest.skip("CONFERENCE_HELPER_TEST_DATA names no folder of shared test data")
        path = Path(root) / name
        if not path.exists():
            pytest.skip(f"{path} is not there")
        return path

    return find
