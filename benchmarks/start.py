"""Cold-start time of `conference-helper search`, compared with the reference encoder.

    python -m benchmarks.start [--model NAME] [--rounds N] [--json FILE]

Loads the samples with each encoder, then asks both in turn, a new process each time. The page cache stays warm.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.support.catalogue import COMMAND, environment
from benchmarks.support.results import Row, median, report, spread

_SAMPLES = (Path(__file__).parent.parent / "samples").absolute()
_QUESTION = "Health analytics?"


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    seconds: dict[str, list[float]] = {"reference": [], "fast": []}
    with tempfile.TemporaryDirectory() as folder:
        for kind in seconds:
            model = ("--model", args.model) if args.model else ()
            _run(folder, kind, "load", str(_SAMPLES), *model)
            _run(folder, kind, "search", _QUESTION)
        for _ in range(args.rounds):
            for kind, values in seconds.items():
                values.append(_run(folder, kind, "search", _QUESTION))
    ratios = [a / b for a, b in zip(seconds["reference"], seconds["fast"], strict=True)]
    row = Row(
        "conference-helper search from cold; the baseline is the reference encoder",
        median(seconds["reference"]),
        median(seconds["fast"]),
        "s",
        median(ratios),
        f"ours {spread(seconds['fast'])}, ratio {spread(ratios)}",
    )
    report([row], "python -m benchmarks.start " + " ".join(sys.argv[1:]), args.json)


def _run(folder: str, kind: str, *arguments: str) -> float:
    variables = environment(Path(folder) / kind, ENCODER=kind)
    started = time.perf_counter()
    subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=variables,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
