"""all-MiniLM-L6-v2, exported once for all tests, and texts of many lengths and scripts."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import filelock
import pytest

from service.encoder import Encoder
from service.encoders.model_folder import BASE_MODEL, find_model
from service.encoders.open import EncoderOptions, open_encoder
from service.encoders.openvino.bundle import bundle_path
from service.encoders.openvino.export import export
from service.encoders.sentence_transformer import SentenceTransformerEncoder

_MANY_SCRIPTS = """
data query plan hospital ward chart open source Python Rust compiler memory latency garden river
naïve café Straße Ærø façade данные запрос больница 健康 データ 分析 病院 بيانات صحية מידע
डेटा विश्लेषण ข้อมูล 데이터 분석 δεδομένα e-mail 3.14 C++ #hashtag 🩺 “quoted” … supercalifragilistic
"""
WORDS = _MANY_SCRIPTS.split()


def texts(count: int, *, longest: int = 400, seed: int = 1) -> list[str]:
    """Return texts of words in many scripts, of very different lengths."""
    dice = random.Random(seed)
    lengths = [int(longest ** dice.random()) for _ in range(count)]
    return [" ".join(dice.choices(WORDS, k=length)) for length in lengths]


@contextmanager
def shared_folder(factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """Give a folder that all workers of a run have, to one of them at a time."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    with filelock.FileLock(folder.with_suffix(".lock")):
        folder.mkdir(exist_ok=True)
        yield folder


@pytest.fixture(scope="session")
def reference() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(find_model(BASE_MODEL))


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory, reference: SentenceTransformerEncoder) -> Path:
    """A folder of bundles with the base model in fp32 and int8. Tests must not change it.

    It is made once for all workers, as exporting takes half a minute of processor time.
    """
    with shared_folder(tmp_path_factory, "models") as folder:
        for precision in ("fp32", "int8"):
            wanted = replace(reference.fingerprint, precision=precision)
            if not bundle_path(folder, wanted).exists():
                export(reference, folder, precision)
    return folder


@pytest.fixture(scope="session")
def fast(models: Path) -> Callable[[str], Encoder]:
    """Return the base model's fast encoder of a precision."""

    @cache
    def opened(precision: str) -> Encoder:
        options = EncoderOptions("fast", models=models, precision=precision)
        return open_encoder(BASE_MODEL, options=options)

    return opened
