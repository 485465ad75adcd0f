"""The sample summit, loaded with the base model once for all tests of all workers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from conference_helper.cli import main
from conference_helper.wiring import searcher_for
from service.encoders.model_folder import BASE_MODEL
from service.search.searcher import Searcher
from service.settings import load_settings
from service.stores import open_store
from service.verdict import off_topic
from service.verdict.off_topic import OffTopicQuery
from support.fast_models import shared_folder

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="session")
def sample_data(
    tmp_path_factory: pytest.TempPathFactory,
    models: Path,
    every_off_topic_query: tuple[OffTopicQuery, ...],
) -> Path:
    """The data directory that the sample summit is loaded into, with all off-topic queries' vectors.

    Tests must not change it: to embed that much takes half a minute of processor time.
    """
    with (
        shared_folder(tmp_path_factory, "samples") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        data = folder / "data"
        if not data.exists():
            shutil.copytree(models, data / "models")
            patch.setenv("CONFERENCE_HELPER_DATA_DIR", str(data))
            patch.setenv("CONFERENCE_HELPER_MODEL", BASE_MODEL)
            patch.setattr(off_topic, "read_queries", lambda: every_off_topic_query)
            done = CliRunner().invoke(main, ["load", str(SAMPLES)])
            assert done.exit_code == 0, done.output
    return data


@pytest.fixture(scope="session")
def sample_searcher(sample_data: Path) -> Iterator[Searcher]:
    settings = load_settings(data_dir=sample_data, model=BASE_MODEL)
    store = open_store(settings)
    yield searcher_for(settings, store)
    store.close()
