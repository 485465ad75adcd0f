"""Builds Edge shards of any size from real vectors with added noise, and queries them.

    python -m benchmarks.support.shards build|ask FOLDER WAY POINTS [--m N] [--build-ef N] [--ef N]

`benchmarks.scale` runs each step in a process of its own, so that memory is measured a step. FOLDER
holds vectors.npy and questions.npy, both float32 (n, dimension).
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import qdrant_edge as edge

from benchmarks.support.serving import memory
from service.encoder import Vectors

WAYS = ("exact", "hnsw", "int8")
"""No index; HNSW; HNSW with int8 scalar quantization and rescoring."""

NOISE = 0.5
"""Norm of the noise added to a unit vector; noisy copies have a dot product of about 0.9 with the original."""

LIMIT = 3
_BATCH = 2_000
_TEXT = "text"


def noisy(vectors: Vectors, points: int, *, noise: float = NOISE) -> Iterator[Vectors]:
    """Yield `points` unit vectors in batches: first the originals, then noisy copies as needed."""
    random = np.random.default_rng(7)
    dimension = vectors.shape[1]
    for start in range(0, points, _BATCH):
        numbers = np.arange(start, min(start + _BATCH, points))
        rows = vectors[numbers % len(vectors)]
        added = random.normal(0, noise / dimension**0.5, rows.shape).astype(np.float32)
        added[numbers < len(vectors)] = 0
        rows = rows + added
        yield rows / np.linalg.norm(rows, axis=1, keepdims=True)


def nearest(vectors: Vectors, questions: Vectors, points: int) -> list[set[int]]:
    """Return the exact LIMIT nearest neighbours of every query, as ground truth."""
    scores = np.full((len(questions), LIMIT), -2, np.float32)
    found = np.zeros((len(questions), LIMIT), np.int64)
    first = 0
    for rows in noisy(vectors, points):
        numbers = np.broadcast_to(np.arange(first, first + len(rows)), (len(questions), len(rows)))
        scores = np.hstack([scores, questions @ rows.T])
        found = np.hstack([found, numbers])
        best = np.argsort(-scores, axis=1)[:, :LIMIT]
        scores = np.take_along_axis(scores, best, axis=1)
        found = np.take_along_axis(found, best, axis=1)
        first += len(rows)
    return [set(row) for row in found.tolist()]


def build(
    folder: Path, way: str, points: int, *, m: int = 16, build_ef: int = 128
) -> dict[str, float]:
    """Build a shard and return its upsert and indexing time in seconds and its size in MiB."""
    vectors = np.load(folder / "vectors.npy")
    place = folder / f"{way}-{points}"
    place.mkdir()
    started = time.perf_counter()
    index = edge.HnswIndexConfig(m, build_ef, full_scan_threshold=10_000)
    shard = edge.EdgeShard.create(str(place), _config(way, vectors.shape[1], index))
    first = 0
    for rows in noisy(vectors, points):
        batch = [
            edge.Point(first + row, {_TEXT: vector.tolist()}, {"title": f"session {first + row}"})
            for row, vector in enumerate(rows)
        ]
        shard.update(edge.UpdateOperation.upsert_points(batch))
        first += len(rows)
    shard.flush()
    written = time.perf_counter()
    if way != "exact":
        shard.optimize()
        shard.flush()
    indexed = time.perf_counter()
    shard.close()
    return {"write": written - started, "index": indexed - written, "disk": _size(place)}


def ask(folder: Path, way: str, points: int, *, ef: int = 128) -> dict[str, float]:
    """Query a shard and return p50 and p99 in ms, recall@3 and the increase in resident memory in MiB."""
    questions = np.load(folder / "questions.npy")
    truth = json.loads((folder / f"nearest-{points}.json").read_text("utf-8"))
    before = memory(os.getpid()).resident
    shard = edge.EdgeShard.load(str(folder / f"{way}-{points}"))
    times, hits = [], 0
    for turn in range(2):  # the first warms the page cache
        for question, right in zip(questions, truth, strict=True):
            request = _request(way, question.tolist(), ef)
            started = time.perf_counter()
            found = shard.query(request)
            if turn:
                times.append(1000 * (time.perf_counter() - started))
                hits += len({point.id for point in found} & set(right))
    held = memory(os.getpid()).resident - before
    indexed = shard.info().indexed_vectors_count
    shard.close()
    p50, p99 = np.quantile(times, (0.5, 0.99))
    recall = hits / (LIMIT * len(questions))
    return {"p50": p50, "p99": p99, "recall": recall, "memory": held, "indexed": indexed}


def _config(way: str, dimension: int, index: edge.HnswIndexConfig) -> edge.EdgeConfig:
    small = edge.ScalarQuantizationConfig(edge.ScalarType.Int8, memory=edge.Memory.Pinned)
    return edge.EdgeConfig(
        vectors={_TEXT: edge.EdgeVectorParams(size=dimension, distance=edge.Distance.Dot)},
        hnsw_config=index,
        quantization_config=small if way == "int8" else None,
        wal_enabled=False,
    )


def _request(way: str, question: list[float], ef: int) -> edge.QueryRequest:
    again = edge.QuantizationSearchParams(rescore=True, oversampling=2.0)
    params = edge.SearchParams(
        hnsw_ef=ef, exact=way == "exact", quantization=again if way == "int8" else None
    )
    query = edge.Query.Nearest(question, using=_TEXT)
    return edge.QueryRequest(query=query, limit=LIMIT, with_payload=True, params=params)


def _size(folder: Path) -> float:
    """Return the disk usage of a folder in MiB."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file()) / 2**20


def main() -> None:
    """Run one step and print its measurements as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("step", choices=("build", "ask"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("points", type=int)
    parser.add_argument("--m", type=int, default=16)
    parser.add_argument("--build-ef", type=int, default=128)
    parser.add_argument("--ef", type=int, default=128)
    args = parser.parse_args()
    of = (args.folder, args.way, args.points)
    if args.step == "build":
        print(json.dumps(build(*of, m=args.m, build_ef=args.build_ef)))
    else:
        print(json.dumps(ask(*of, ef=args.ef)))


if __name__ == "__main__":
    main()
