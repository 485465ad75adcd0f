"""What people wait while other clients hold connections open: silent ones, slow ones, and ones that never read.

    python -m benchmarks.hostile_clients --data FOLDER [--page /programme] [--idle 1000] [--dripping 1000]
                                         [--unread 200] [--rate 8] [--seconds 12] [--json FILE]

Serves the catalogue in a data directory and asks it `--rate` questions a second, each on a connection of its
own, whether the one before was answered or not: first in quiet, then while all those connections are held and
the answers that nobody reads were made. Dripping clients send a line of a request a second. Health and
metrics are asked for meanwhile, a fifth as often.
"""

import argparse
import contextlib
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from benchmarks.support.corpus import new_question
from benchmarks.support.results import Row, report
from benchmarks.support.serving import Service

PROBES = ("/livez", "/readyz", "/metrics")
PROBE_LIMIT_MS = 200
"""Longest time that a probe may take."""
_TIMEOUT_SECONDS = 10.0
_SETTLING_SECONDS = 8


@dataclass(slots=True)
class Waits:
    """Milliseconds that questions and probes took, and how many were not answered 200."""

    questions: list[float] = field(default_factory=list)
    probes: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def p99(self) -> float:
        """What one question in a hundred takes longer than."""
        return float(np.quantile(self.questions, 0.99))


def main() -> None:
    """Parse the arguments, run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="data directory with a catalogue")
    parser.add_argument("--page", default="/programme")
    for kind, number in (("idle", 1000), ("dripping", 1000), ("unread", 200)):
        parser.add_argument(f"--{kind}", type=int, default=number)
    parser.add_argument("--rate", type=float, default=8)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    counts = {"idle": args.idle, "dripping": args.dripping, "unread": args.unread}
    with Service(args.data) as service:
        ask(service.port, args.rate, 2)
        quiet = ask(service.port, args.rate, args.seconds)
        with held(service.port, args.page, counts):
            hostile = ask(service.port, args.rate, args.seconds)
    held_words = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    rows = [
        Row(
            f"a question's p99 with {held_words} connections; the baseline is in quiet",
            quiet.p99,
            hostile.p99,
            "ms",
            quiet.p99 / hostile.p99,
            f"{len(hostile.questions)} questions, {hostile.failed} failed",
        ),
        Row(
            "the slowest of /livez, /readyz and /metrics meanwhile; the baseline is the limit",
            PROBE_LIMIT_MS,
            max(hostile.probes),
            "ms",
            PROBE_LIMIT_MS / max(hostile.probes),
            f"{len(hostile.probes)} asked, in quiet {max(quiet.probes):.3g} ms",
        ),
    ]
    report(rows, "python -m benchmarks.hostile_clients " + " ".join(sys.argv[1:]), args.json)


@contextlib.contextmanager
def held(port: int, page: str, counts: dict[str, int]) -> Iterator[None]:
    """Have so many hostile connections of each kind open for a `with` block."""
    options = [f"--{kind}={number}" for kind, number in counts.items()]
    command = [sys.executable, "-m", "benchmarks.support.crowds", str(port), "--page", page]
    crowd = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert crowd.stdout
        for line in crowd.stdout:
            if all(json.loads(line)[kind]["opened"] >= number for kind, number in counts.items()):
                break
        time.sleep(_SETTLING_SECONDS)  # until the pages that nobody reads are made
        yield
    finally:
        crowd.kill()
        crowd.communicate()


def ask(port: int, rate: float, seconds: float) -> Waits:
    """Ask questions, and every fifth time a probe, at fixed times; return how long each took."""
    waits, started = Waits(), time.perf_counter()
    threads = []
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, started + number / rate - time.perf_counter()))
        question = "/api/search?" + urlencode({"q": new_question(number)})
        paths = [(question, waits.questions)]
        if number % 5 == 0:
            paths.append((PROBES[number // 5 % len(PROBES)], waits.probes))
        for path, times in paths:
            thread = threading.Thread(target=_time, args=(port, path, times, waits))
            thread.start()
            threads.append(thread)
    for thread in threads:
        thread.join()
    return waits


def _time(port: int, path: str, times: list[float], waits: Waits) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    started = time.perf_counter()
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        waits.failed += response.status != 200
    except (OSError, http.client.HTTPException):
        waits.failed += 1
    finally:
        connection.close()
    times.append(1000 * (time.perf_counter() - started))


if __name__ == "__main__":
    main()
