"""Duration and memory use of a first load, an unchanged reload, and parsing alone.

    python -m benchmarks.load SOURCE... [--event NAME] [--year YEAR] [--json FILE]

Loads are the command `conference-helper load` from its start to its end, with the model exported ahead: the
first one, and the same again, which reads and compares everything. Memory is the peak of anonymous memory (what
the kernel cannot drop), with a fake model: of a load of the first source, then of all of them. The other
measurements take the first source only.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.support.catalogue import COMMAND, environment
from benchmarks.support.corpus import iter_sessions
from benchmarks.support.results import Row, report
from loaders.load import LoadRequest, run
from loaders.records.record import Options
from service.encoder import BATCH_SIZE, Fingerprint, Vectors
from service.stores.edge.store import EdgeStore


class RandomEncoder:
    """An encoder that returns random unit vectors, to measure everything except encoding."""

    fingerprint = Fingerprint(model="random", weights="random", dimension=384, window=256)
    batch_size = BATCH_SIZE
    truncated = 0

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return one random unit vector per question."""
        rows = np.random.default_rng(0).normal(size=(len(questions), 384))
        unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return unit

    encode_sessions = encode_queries


def main() -> None:
    """Parse the arguments, run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--event", default="")
    parser.add_argument("--year", type=int)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--part", choices=["read", "memory"], help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    parser.add_argument("--only", choices=["load", "read", "memory"])
    args = parser.parse_args()
    if args.part:
        part = {"read": _read, "memory": _memory}[args.part]
        print(json.dumps(part(args)))
        return
    wanted: list[Callable[[argparse.Namespace], list[Row]]] = [_unchanged, _reading, _growth]
    if args.only:
        wanted = [{"load": _unchanged, "read": _reading, "memory": _growth}[args.only]]
    rows = [row for measure in wanted for row in measure(args)]
    report(rows, "python -m benchmarks.load " + " ".join(sys.argv[1:]), args.json)


def _unchanged(args: argparse.Namespace) -> list[Row]:
    with tempfile.TemporaryDirectory() as data:
        _command(data, "export-model", "--json")
        first, loaded = _load(args, data)
        again, _ = _load(args, data)
    what = f"load of {loaded['sessions']} sessions: first, then unchanged"
    return [Row(what, first, again, "s", first / again)]


def _load(args: argparse.Namespace, data: str) -> tuple[float, dict[str, Any]]:
    source = str(Path(args.sources[0]).absolute())
    arguments = ["load", source, "--json", "--event", args.event]
    arguments += ["--year", str(args.year)] if args.year else []
    return _command(data, *arguments)


def _command(data: str, *arguments: str) -> tuple[float, dict[str, Any]]:
    """Run a command on a data directory and return its duration in seconds and its JSON output."""
    started = time.perf_counter()
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=data,
        env=environment(Path(data)),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"conference-helper {' '.join(arguments)} ended with exit code {done.returncode}.")
    seconds = time.perf_counter() - started
    values: dict[str, Any] = json.loads(done.stdout)
    return seconds, values


def _reading(args: argparse.Namespace) -> list[Row]:
    read = _run("read", args, "")
    rate = read["sessions"] / read["seconds"]
    return [
        Row(
            f"reading {read['sessions']:.0f} sessions alone; the baseline is the goal",
            5000,
            rate,
            "sessions/s",
            rate / 5000,
        )
    ]


def _growth(args: argparse.Namespace) -> list[Row]:
    if len(args.sources) < 2:
        return []
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first = _run("memory", args, one, args.sources[:1])
        all_sources = _run("memory", args, two, args.sources)
    if all_sources["sessions"] == first["sessions"]:
        print("Only the first source has sessions: memory a session is left out.", file=sys.stderr)
        return []
    grown = (all_sources["bytes"] - first["bytes"]) / (all_sources["sessions"] - first["sessions"])
    vector = 4 * RandomEncoder.fingerprint.dimension
    sizes = f"{first['sessions']:.0f} to {all_sources['sessions']:.0f} sessions"
    what = f"memory a session, {sizes}; the baseline is the limit: its vector and 1 KB"
    peaks = f"{first['bytes'] / 2**20:.0f} to {all_sources['bytes'] / 2**20:.0f} MiB at the peak"
    return [Row(what, vector + 1024, grown, "bytes", (vector + 1024) / max(grown, 1), peaks)]


def _run(
    part: str, args: argparse.Namespace, data: str, sources: Sequence[str] = ()
) -> dict[str, float]:
    chosen = sources or args.sources[:1]
    arguments = [*chosen, "--part", part, "--data", data, "--event", args.event]
    arguments += ["--year", str(args.year)] if args.year else []
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.load", *arguments], stdout=subprocess.PIPE, text=True
    )
    peak = _peak(process)
    assert process.stdout
    with process, process.stdout as output:
        values: dict[str, float] = json.loads(output.read().splitlines()[-1])
    return {**values, "bytes": peak}


def _peak(process: "subprocess.Popen[str]") -> int:
    """Return the peak anonymous memory of a process in bytes, sampled at 100 Hz until it exits.

    From outside, because the embedded store holds Python's lock while it works.
    """
    peak = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text("utf-8").splitlines()
        for line in status:
            if line.startswith("RssAnon"):
                peak = max(peak, 1024 * int(line.split()[1]))
        time.sleep(0.01)
    return peak


def _read(args: argparse.Namespace) -> dict[str, float]:
    options = Options(event=args.event, year=args.year)
    started = time.perf_counter()
    count = sum(1 for _ in iter_sessions(args.sources, options))
    return {"seconds": time.perf_counter() - started, "sessions": count}


def _memory(args: argparse.Namespace) -> dict[str, float]:
    store = EdgeStore(Path(args.data), "sessions")
    outcome = run(
        LoadRequest(
            sources=tuple(args.sources),
            options=Options(event=args.event, year=args.year),
            cache_file=Path(args.data) / "vectors.sqlite",
            accept_odd=True,
        ),
        store,
        lambda store: RandomEncoder(),
        say=lambda text: None,
        progress=lambda steps, total: steps,
    )
    store.close()
    assert outcome.manifest
    return {"sessions": outcome.manifest.sessions}


if __name__ == "__main__":
    main()
