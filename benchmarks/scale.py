"""Exact search, HNSW and int8 quantization compared on Edge shards of increasing size.

    python -m benchmarks.scale SOURCE... [--sizes N,N] [--ways WAY,WAY] [--ef N,N] [--m N] [--json FILE]

Up to `--sessions` (5,000) real sessions are embedded as `conference-helper load` does by default; a size beyond
them is filled with copies of their vectors with noise (`benchmarks.support.shards`). The questions are titles
of sessions. The baseline is the first way, in milliseconds a query; recall is the share of the three nearest
points, found by exact search, that a shard finds. Building and asking are processes of their own. The shards
hold vectors and a short payload only: keyword and payload indexes would add the same to all.

1,000,000 points take long, nearly all of it for the two indexes: `--ways exact` leaves them out.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.support.corpus import read_sessions
from benchmarks.support.results import Row, report
from benchmarks.support.shards import WAYS, nearest
from service.encoders.open import EncoderOptions, open_encoder

Found = dict[str, float]


def main() -> None:
    """Parse the arguments, run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--sessions", type=int, default=5_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--sizes", type=_numbers, default=(10_000, 20_000, 50_000, 100_000))
    parser.add_argument("--ways", type=_ways, default=WAYS)
    parser.add_argument("--m", type=int, default=16, help="edges of a point in the index")
    parser.add_argument("--build-ef", type=int, default=128, help="candidates when it is built")
    parser.add_argument("--ef", type=_numbers, default=(128,), help="candidates of a question")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        embed(folder, args.sources, args.sessions, args.questions)
        for points in args.sizes:
            index = ("--m", str(args.m), "--build-ef", str(args.build_ef))
            found = measure(folder, points, args.ways, efs=args.ef, index=index)
            rows += [compare(points, name, found) for name in found]
    report(rows, "python -m benchmarks.scale " + " ".join(sys.argv[1:]), args.json)


def embed(folder: Path, sources: Sequence[str], limit: int, questions: int) -> None:
    """Write the vectors of sessions, and of a sample of their titles as queries, to the folder."""
    sessions = read_sessions(sources, limit)
    sample = sessions[:: max(1, len(sessions) // questions)][:questions]
    encoder = open_encoder(options=EncoderOptions("fast", folder / "models"))
    texts = [session.text for session in sessions]
    np.save(folder / "vectors.npy", encoder.encode_sessions(texts))
    np.save(folder / "questions.npy", encoder.encode_queries([session.title for session in sample]))


def measure(
    folder: Path,
    points: int,
    ways: Sequence[str],
    *,
    efs: Sequence[int] = (128,),
    index: Sequence[str] = (),
) -> dict[str, Found]:
    """Return the measurements of each index type at one size, indexed ones once per value of `efs`."""
    vectors, questions = np.load(folder / "vectors.npy"), np.load(folder / "questions.npy")
    truth = [sorted(ids) for ids in nearest(vectors, questions, points)]
    (folder / f"nearest-{points}.json").write_text(json.dumps(truth), "utf-8")
    found: dict[str, Found] = {}
    for way in ways:
        built = _run_step("build", folder, way, points, *index)
        for ef in efs if way != "exact" else efs[:1]:
            name = way if way == "exact" else f"{way}, ef {ef}"
            found[name] = built | _run_step("ask", folder, way, points, "--ef", str(ef))
            print(f"{points} points, {name}: {found[name]}", file=sys.stderr)
        shutil.rmtree(folder / f"{way}-{points}")
    return found


def compare(points: int, name: str, found: dict[str, Found]) -> Row:
    """Return the row of one index type relative to the first."""
    first, ours = next(iter(found)), found[name]
    return Row(
        f"{points} points, {name}, p50; the baseline is {first}",
        found[first]["p50"],
        ours["p50"],
        "ms",
        found[first]["p50"] / ours["p50"],
        f"p99 {ours['p99']:.3g} ms, recall@3 {ours['recall']:.3f}, disk {ours['disk']:.0f} MiB, "
        f"memory {ours['memory']:.0f} MiB, written in {ours['write']:.1f} s, "
        f"indexed in {ours['index']:.1f} s ({ours['indexed']:.0f} points)",
    )


def _run_step(step: str, folder: Path, way: str, points: int, *options: str) -> Found:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.support.shards",
            step,
            str(folder),
            way,
            str(points),
            *options,
        ],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: Found = json.loads(done.stdout)
    return found


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _ways(text: str) -> tuple[str, ...]:
    ways = tuple(text.split(","))
    if not set(ways) <= set(WAYS):
        raise argparse.ArgumentTypeError(f"ways are {', '.join(WAYS)}")
    return ways


if __name__ == "__main__":
    main()
