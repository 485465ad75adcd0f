"""The fast encoder: the reference's vectors, in order, whatever the batching, without torch."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from support.fast_models import texts

from service.encoder import Encoder, Fingerprint
from service.encoders.open import EncoderOptions, open_catalogue_encoder
from service.encoders.openvino.bundle import read_bundle
from service.encoders.openvino.encoder import OpenVinoEncoder
from service.encoders.sentence_transformer import SentenceTransformerEncoder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
Fast = Callable[[str], Encoder]


def test_fp32_vectors_are_the_references(fast: Fast, reference: SentenceTransformerEncoder) -> None:
    some = [*texts(60), "", " ", "word " * 255 + "end", "x" * 300]
    expected = reference.encode_sessions(some)
    found = fast("fp32").encode_sessions(some)
    assert found.dtype == np.float32
    assert found.shape == (64, 384)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_allclose(
        fast("fp32").encode_queries(some[:9]), reference.encode_queries(some[:9]), atol=1e-4
    )
    near = (fast("int8").encode_sessions(some) * expected).sum(axis=1)
    assert near.min() > 0.98
    assert near.mean() > 0.995


def test_real_texts(
    fast: Fast, reference: SentenceTransformerEncoder, shared_data: Callable[[str], Path]
) -> None:
    """40 texts; 500 under CONFERENCE_HELPER_TEST_LONG."""
    times = 12 if os.environ.get("CONFERENCE_HELPER_TEST_LONG") else 1
    some = [*_abstracts(shared_data("eval/pyvideo-title"), 20 * times), *texts(4 * times, seed=2)]
    some += _abstracts(shared_data("eval/fosdem-title"), 16 * times)
    expected = reference.encode_sessions(some)
    np.testing.assert_allclose(fast("fp32").encode_sessions(some), expected, atol=1e-4)
    near = (fast("int8").encode_sessions(some) * expected).sum(axis=1)
    assert near.min() > 0.98
    assert near.mean() > 0.998


def _abstracts(folder: Path, count: int) -> list[str]:
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line)["text"] for _, line in zip(range(count), stream, strict=False)]


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_neither_order_nor_company_changes_a_vector(fast: Fast, precision: str) -> None:
    encoder, some = fast(precision), texts(28, longest=200, seed=3)
    together = encoder.encode_sessions(some)
    tolerance = 1e-4 if precision == "fp32" else 0.02
    backwards = encoder.encode_sessions(some[::-1])[::-1]
    np.testing.assert_allclose(backwards, together, atol=tolerance)
    alone = np.vstack([encoder.encode_sessions([text]) for text in some])
    np.testing.assert_allclose(alone, together, atol=tolerance)
    few = np.vstack([encoder.encode_queries(some[start : start + 7]) for start in range(0, 28, 7)])
    np.testing.assert_allclose(few, together, atol=tolerance)


def test_a_serving_encoder_gives_the_same_vectors(models: Path, fast: Fast) -> None:
    bundle = read_bundle(models, fast("fp32").fingerprint)
    assert bundle
    serving = OpenVinoEncoder(bundle, serving=True)
    for some in ("x", "health analytics", "why is my query slow " * 3, "long " * 50):
        np.testing.assert_allclose(
            serving.encode_queries([some]), fast("fp32").encode_queries([some]), atol=1e-5
        )


def test_longer_texts_are_counted_and_cut(fast: Fast) -> None:
    encoder = fast("int8")
    before = encoder.truncated
    encoder.encode_sessions(["word " * 300, "word " * 200, "word " * 254, "word " * 255])
    assert encoder.truncated - before == 2
    vectors = encoder.encode_sessions(["word " * 254 + "first", "word " * 254 + "second"])
    assert encoder.truncated - before == 4
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)


def test_no_text_empty_texts_and_a_million_characters(fast: Fast) -> None:
    encoder = fast("int8")
    assert encoder.encode_sessions([]).shape == (0, 384)
    assert encoder.encode_queries([""]).shape == (1, 384)
    vectors = encoder.encode_sessions(["", "data " * 200_000, "", "x" * 1_000_000])
    np.testing.assert_array_equal(vectors[0], vectors[2])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_32_threads_get_their_own_vectors(fast: Fast) -> None:
    encoder, some = fast("fp32"), texts(96, longest=30, seed=4)
    expected = encoder.encode_sessions(some)
    with ThreadPoolExecutor(32) as pool:
        found = list(pool.map(lambda text: encoder.encode_queries([text])[0], some))
    np.testing.assert_allclose(np.stack(found), expected, atol=1e-4)


def test_answering_imports_no_torch(models: Path, fast: Fast) -> None:
    code = f"""
import json, sys
from pathlib import Path
from service.encoder import Fingerprint
from service.encoders.open import EncoderOptions, open_catalogue_encoder
fingerprint = Fingerprint.from_dict(json.loads({json.dumps(fast("int8").fingerprint.as_dict())!r}))
encoder = open_catalogue_encoder(fingerprint, EncoderOptions("fast", models=Path({str(models)!r})))
heavy = ("torch", "transformers", "sentence_transformers", "huggingface_hub")
print(encoder.encode_queries(["wards"]).shape, [name for name in heavy if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "(1, 384) []"


def test_a_catalogues_bundle_is_opened_without_its_model(models: Path, fast: Fast) -> None:
    known = fast("int8").fingerprint.as_dict() | {"model": "gone/model", "revision": "abc"}
    found = open_catalogue_encoder(
        Fingerprint.from_dict(known), EncoderOptions("fast", models=models)
    )
    assert isinstance(found, OpenVinoEncoder)
    assert found.fingerprint.model == "gone/model"
