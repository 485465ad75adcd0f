"""Exports a model into a bundle: traced, verified against the reference encoder, then moved into place."""

import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from service.encoders.openvino import graph
from service.encoders.openvino.bundle import (
    COMPILED,
    GRAPH,
    TOKENIZER,
    Bundle,
    Probe,
    bundle_path,
    write_settings,
)
from service.encoders.openvino.encoder import OpenVinoEncoder
from service.encoders.sentence_transformer import SentenceTransformerEncoder
from service.errors import ConferenceHelperError, ModelError

MIN_SIMILARITY = {"fp32": 1 - 1e-6, "half": 0.999, "int8": 0.98}
"""The least dot product of a vector with the reference's, for each precision."""

_FP32_TOLERANCE = 1e-4
"""How far a component of an fp32 vector may be from the reference's."""

_PROBE = "Health analytics for hospitals"
PROBES = (
    _PROBE,
    "",
    "x",
    "How do I find out why my query is slow?",
    "STRAẞE, naïve Café, ﬁne ½ №1 — “quoted”, e-mail@example.org",
    "健康データの分析と病院の運営",
    "Здоровье и данные: что мы узнали за десять лет",
    "بيانات صحية للمستشفيات",
    "स्वास्थ्य डेटा का विश्लेषण",
    "🩺📈 emoji and control\tsigns\n\nof all kinds",
    "We measured how long patients wait, and what could be done about it. " * 4,
    "A query plan, read slowly, by people who had never seen one before. " * 60,
    "supercalifragilistic" * 40,
)
"""Texts of several lengths and scripts that an exported model must embed as the reference does."""


def export(reference: SentenceTransformerEncoder, models: Path, precision: str) -> Bundle:
    """Export the reference's model into the folder of bundles, verify it, and return its bundle.

    An older bundle is replaced only by one that was verified. Raises ModelError for a model that cannot be
    exported, or whose vectors differ from the reference's.
    """
    fingerprint = replace(reference.fingerprint, precision=precision)
    target = bundle_path(models, fingerprint)
    with tempfile.TemporaryDirectory(prefix="export-", dir=models) as folder:
        path = Path(folder) / fingerprint.key
        path.mkdir()
        bundle = _make(reference, Bundle(path, fingerprint, 0, Probe(_PROBE, ()), path / COMPILED))
        _verify(bundle, reference)
        write_settings(bundle)
        shutil.rmtree(bundle.compiled, ignore_errors=True)
        if target.exists():
            shutil.rmtree(target)
        path.rename(target)
    return replace(bundle, path=target, compiled=target / COMPILED)


def _make(reference: SentenceTransformerEncoder, bundle: Bundle) -> Bundle:
    """Write tokenizer and graph, and return the bundle with its probe's vector."""
    try:
        import openvino

        model = reference.model
        tokenizer = model.tokenizer.backend_tokenizer
        (bundle.path / TOKENIZER).write_text(tokenizer.to_str(), "utf-8")
        with _silent_tracing():
            exported = graph.trace(model)
        graph.fuse_projections(exported)
        if bundle.fingerprint.precision == "int8":
            graph.quantize_weights(exported)
            graph.quantize_tables(exported)
        openvino.save_model(exported, bundle.path / GRAPH, compress_to_fp16=False)
    except ConferenceHelperError:
        raise
    except (
        Exception
    ) as error:  # torch, transformers and OpenVINO raise anything for a model they lack
        first = (str(error).strip().splitlines() or [""])[0]
        raise ModelError(
            f"{reference.fingerprint.model} cannot be exported ({type(error).__name__}: {first})."
        ) from error
    pad = int(model.tokenizer.pad_token_id or 0)
    vector = OpenVinoEncoder(replace(bundle, pad=pad)).encode_sessions([_PROBE])[0]
    return replace(bundle, pad=pad, probe=Probe(_PROBE, tuple(map(float, vector))))


@contextmanager
def _silent_tracing() -> Iterator[None]:
    """Silence the tracer's warnings of branches and old attributes: the result is verified."""
    loggers = [logging.getLogger(name) for name in ("sentence_transformers", "transformers")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


def _verify(bundle: Bundle, reference: SentenceTransformerEncoder) -> None:
    """Raise ModelError unless the bundle embeds the probes as the reference does, alone and in batches."""
    encoder = OpenVinoEncoder(bundle)
    sessions, questions = reference.encode_sessions(PROBES), reference.encode_queries(PROBES[:4])
    alone = np.vstack([encoder.encode_sessions([text]) for text in PROBES])
    for found, expected in (
        (encoder.encode_sessions(PROBES), sessions),
        (alone, sessions),
        (encoder.encode_queries(PROBES[:4]), questions),
    ):
        similarity = (found * expected).sum(axis=1)
        worst = int(similarity.argmin())
        deviation = float(np.abs(found - expected).max())
        precision = bundle.fingerprint.precision
        if similarity[worst] < MIN_SIMILARITY[precision] or (
            precision == "fp32" and deviation > _FP32_TOLERANCE
        ):
            raise ModelError(
                f"{bundle.fingerprint.model} does not come out right when exported: the vector of "
                f"{PROBES[worst][:40]!r} has a dot product of {similarity[worst]:.4f} with the reference's."
            )


def describe(bundle: Bundle) -> dict[str, Any]:
    """Return a bundle's folder, its size in bytes and its encoder's fingerprint, as JSON values."""
    size = sum(file.stat().st_size for file in bundle.path.rglob("*") if file.is_file())
    values: dict[str, Any] = json.loads(json.dumps(bundle.fingerprint.as_dict()))
    return {"folder": str(bundle.path), "bytes": size, "encoder": values}
