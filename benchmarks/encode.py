"""Encoding throughput and latency of the OpenVINO encoder, compared with sentence-transformers.

    python -m benchmarks.encode SOURCE... [--model NAME] [--sessions N] [--rounds N] [--json FILE]

Bulk encoding is measured on real sessions, single encoding on short questions. The baseline is
sentence-transformers' `encode` in fp32 with batches of 32, as on the model card; the two are interleaved.
Nearness is the dot product of each vector with the baseline's.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.support.corpus import QUESTIONS, read_sessions
from benchmarks.support.results import PAUSE, Row, median, report, spread
from service.encoder import Encoder
from service.encoders.model_folder import find_model
from service.encoders.open import EncoderOptions, open_encoder

PRECISIONS = ("int8", "half", "fp32")


def main() -> None:
    """Parse the arguments, run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--model")
    parser.add_argument("--window", type=int, default=256)
    parser.add_argument("--sessions", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    sessions = read_sessions(args.sources, args.sessions * 20)
    texts = [session.text for session in sessions[:: max(1, len(sessions) // args.sessions)]]
    baseline = _baseline(args)
    with tempfile.TemporaryDirectory() as models:
        encoders = {
            precision: open_encoder(
                args.model,
                window=args.window,
                options=EncoderOptions("fast", Path(models), precision, serving=True),
            )
            for precision in PRECISIONS
        }
        rows = _bulk(baseline, encoders, texts[: args.sessions], args.rounds)
        for in_a_row in (True, False):
            rows += _question(baseline, encoders, args.rounds, in_a_row=in_a_row)
    report(rows, "python -m benchmarks.encode " + " ".join(sys.argv[1:]), args.json)


def _baseline(args: argparse.Namespace) -> Any:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(find_model(args.model).path), device="cpu")
    model.max_seq_length = args.window
    return model


def _bulk(baseline: Any, encoders: dict[str, Encoder], texts: list[str], rounds: int) -> list[Row]:
    ways: dict[str, Callable[[], Any]] = {
        "baseline": lambda: baseline.encode(texts, batch_size=32, normalize_embeddings=True)
    }
    for precision, encoder in encoders.items():
        ways[precision] = partial(encoder.encode_sessions, texts)
    seconds, vectors = _interleaved(ways, rounds)
    rows = []
    for precision in encoders:
        near = (vectors[precision] * vectors["baseline"]).sum(axis=1)
        ratios = [a / b for a, b in zip(seconds["baseline"], seconds[precision], strict=True)]
        rows.append(
            Row(
                f"bulk encoding, {len(texts)} sessions, {precision} (nearness {near.mean():.4f}, "
                f"least {near.min():.4f})",
                len(texts) / median(seconds["baseline"]),
                len(texts) / median(seconds[precision]),
                "sessions/s",
                median(ratios),
                f"ratio {spread(ratios)}",
            )
        )
    return rows


def _encode_one(encoder: Encoder, question: str) -> Any:
    return encoder.encode_queries([question])


def _question(
    baseline: Any, encoders: dict[str, Encoder], rounds: int, *, in_a_row: bool
) -> list[Row]:
    """Time single queries, a dozen in a row per encoder or alternating between encoders.

    In turn, each finds the processor's cache full of another's weights.
    """
    ways: dict[str, Callable[[str], Any]] = {"baseline": lambda text: baseline.encode([text])}
    for precision, encoder in encoders.items():
        ways[precision] = partial(_encode_one, encoder)
    times: dict[str, list[float]] = {name: [] for name in ways}
    blocks = [QUESTIONS] if in_a_row else [(question,) for question in QUESTIONS]
    for turn in range(4 * rounds):
        for block in blocks:
            for name, way in ways.items():
                time.sleep(PAUSE)
                for question in block:
                    started = time.perf_counter()
                    way(question)
                    if turn:
                        times[name].append(1000 * (time.perf_counter() - started))
    how = "in a row" if in_a_row else "in turn with the others"
    return [
        Row(
            f"encoding one short question, p50, {how}, {precision}",
            median(times["baseline"]),
            median(times[precision]),
            "ms",
            median(times["baseline"]) / median(times[precision]),
            f"p99 {np.quantile(times[precision], 0.99):.2f} ms, "
            f"baseline {np.quantile(times['baseline'], 0.99):.2f} ms",
        )
        for precision in encoders
    ]


def _interleaved(
    ways: dict[str, Callable[[], Any]], rounds: int
) -> tuple[dict[str, list[float]], dict[str, Any]]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    results = {name: way() for name, way in ways.items()}  # warms up
    for _ in range(rounds):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - started)
    return seconds, results


if __name__ == "__main__":
    main()
