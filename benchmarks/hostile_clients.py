"""Benchmark of hostile clients: latency while connections are held open, and load shedding under overload.

    python -m benchmarks.hostile_clients --data FOLDER [--page /programme] [--idle 1000] [--dripping 1000]
                                         [--unread 200] [--rate 8] [--turns 4] [--seconds 12] [--clients 64]
                                         [--json FILE]

Serves the catalogue in a data directory and asks it `--rate` questions a second, each on a connection of its
own, whether the one before was answered or not: in turns in quiet, while all those connections are held and
the answers that nobody reads were made, and beside a process that holds none and computes as much as that
crowd did, with the same nice value: on the internet, crowds compute elsewhere. Dripping clients send a line of
a request a second. Health and metrics are asked for meanwhile, a fifth as often. Then `--clients` ask all at
once, each again as soon as it is answered, for as long as all turns in quiet: once as many, then four times as
many.
"""

import argparse
import contextlib
import http.client
import json
import os
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
from benchmarks.support.serving import Service, processor_seconds
from service.settings import DEADLINE_SECONDS

PROBES = ("/livez", "/readyz", "/metrics")
PROBE_LIMIT_MS = 200
"""Longest time that a probe may take."""
_TIMEOUT_SECONDS = 10.0
_SETTLING_SECONDS = 8
_CROWDED = 4
"""How many times as many clients ask at once in the end."""


@dataclass(slots=True)
class Waits:
    """Milliseconds that questions and probes took, and how many were not answered 200."""

    questions: list[float] = field(default_factory=list)
    probes: list[float] = field(default_factory=list)
    failed: int = 0
    processor: float = 0.0
    """CPU time of the service, in seconds."""

    def quantile(self, share: float) -> float:
        """Return this quantile of the questions' latencies, in milliseconds."""
        return float(np.quantile(self.questions, share))

    @property
    def work(self) -> float:
        """The service's processor time by question, in milliseconds."""
        return 1000 * self.processor / len(self.questions)


def main() -> None:
    """Parse the arguments, run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="data directory with a catalogue")
    parser.add_argument("--page", default="/programme")
    for kind, number in (("idle", 1000), ("dripping", 1000), ("unread", 200)):
        parser.add_argument(f"--{kind}", type=int, default=number)
    parser.add_argument("--rate", type=float, default=8)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    counts = {"idle": args.idle, "dripping": args.dripping, "unread": args.unread}
    quiet, hostile, beside = Waits(), Waits(), Waits()
    with Service(args.data) as service:

        def measure(waits: Waits) -> None:
            before = service.processor_seconds()
            ask(service.port, args.rate, args.seconds, waits)
            waits.processor += service.processor_seconds() - before

        ask(service.port, args.rate, 2, Waits())
        for _ in range(args.turns):
            measure(quiet)
            with held(service.port, args.page, counts) as crowd:
                began, before = time.perf_counter(), processor_seconds(crowd)
                measure(hostile)
                took = processor_seconds(crowd) - before
                share = took / (time.perf_counter() - began)
            time.sleep(_SETTLING_SECONDS)
            with computing(share):
                measure(beside)
        rows = compare(quiet, hostile, beside, counts)
        for times in (1, _CROWDED):
            seconds = args.turns * args.seconds / 2
            rows.append(overload(service.port, times * args.clients, args.rate, seconds))
    print("load of the machine at the end: " + ", ".join(f"{one:.1f}" for one in os.getloadavg()))
    report(rows, "python -m benchmarks.hostile_clients " + " ".join(sys.argv[1:]), args.json)


def compare(quiet: Waits, hostile: Waits, beside: Waits, counts: dict[str, int]) -> list[Row]:
    """Return how questions and probes fared while connections were held, beside those in quiet."""
    held_words = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    baselines = {"in quiet": quiet, "beside a process that only computes as much": beside}
    return [
        *(
            Row(
                f"a question's p99 with {held_words} connections; the baseline is {words}",
                baseline.quantile(0.99),
                hostile.quantile(0.99),
                "ms",
                baseline.quantile(0.99) / hostile.quantile(0.99),
                f"p50 {baseline.quantile(0.5):.3g} and {hostile.quantile(0.5):.3g} ms; the service took "
                f"{baseline.work:.3g} and {hostile.work:.3g} ms of processor time by question; "
                f"{len(hostile.questions)} questions each, {baseline.failed} and {hostile.failed} failed",
            )
            for words, baseline in baselines.items()
        ),
        Row(
            "the slowest of /livez, /readyz and /metrics meanwhile; the baseline is the limit",
            PROBE_LIMIT_MS,
            max(hostile.probes),
            "ms",
            PROBE_LIMIT_MS / max(hostile.probes),
            f"{len(hostile.probes)} asked, p99 {np.quantile(hostile.probes, 0.99):.3g} ms; "
            f"in quiet the slowest took {max(quiet.probes):.3g} ms",
        ),
    ]


def overload(port: int, clients: int, rate: float, seconds: float) -> Row:
    """Have so many clients ask all at once; return the slowest answer beside the deadline."""
    command = [sys.executable, "-m", "benchmarks.support.clients", str(port)]
    options = [f"--clients={clients}", f"--seconds={seconds}", f"--first={1000 * clients}"]
    asking = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        probed = Waits()
        ask(port, rate / 5, seconds, probed, questions=False)
        found = json.loads(asking.communicate()[0])
    finally:
        asking.kill()
        asking.wait()
    limit = 1000 * DEADLINE_SECONDS
    return Row(
        f"the slowest answer of {clients} clients at once; the baseline is the deadline",
        limit,
        found["slowest"],
        "ms",
        limit / found["slowest"],
        f"{found['answered']} answered ({found['rate']:.3g} a second, p50 {found['p50']:.3g} ms), "
        f"{found['shed']} shed, {found['failed']} failed; p50 of the second half {found['growth']:.3g} times "
        f"that of the first; the slowest probe took {max(probed.probes):.3g} ms",
    )


@contextlib.contextmanager
def held(port: int, page: str, counts: dict[str, int]) -> Iterator[int]:
    """Have so many hostile connections of each kind open for a `with` block, by the process of this id."""
    options = [f"--{kind}={number}" for kind, number in counts.items()]
    command = [sys.executable, "-m", "benchmarks.support.crowds", str(port), "--page", page]
    crowd = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert crowd.stdout
        for line in crowd.stdout:
            if all(json.loads(line)[kind]["opened"] >= number for kind, number in counts.items()):
                break
        time.sleep(_SETTLING_SECONDS)  # until the pages that nobody reads are made
        yield crowd.pid
    finally:
        crowd.kill()
        crowd.communicate()


@contextlib.contextmanager
def computing(share: float) -> Iterator[None]:
    """Run a CPU-bound process at this share of one core, at the niceness of a crowd, for a `with` block."""
    busy = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.support.crowds", "--compute", str(share)]
    )
    try:
        yield
    finally:
        busy.kill()
        busy.wait()


def ask(port: int, rate: float, seconds: float, waits: Waits, *, questions: bool = True) -> None:
    """Send questions, and a probe every fifth time, at a fixed rate; record the latencies.

    Without `questions` each is a probe.
    """
    started, before = time.perf_counter(), len(waits.questions)
    threads = []
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, started + number / rate - time.perf_counter()))
        paths = []
        if questions:
            question = urlencode({"q": new_question(before + number)})
            paths.append((f"/api/search?{question}", waits.questions))
        if number % 5 == 0 or not questions:
            paths.append((PROBES[(number // 5 if questions else number) % 3], waits.probes))
        for path, times in paths:
            thread = threading.Thread(target=_time, args=(port, path, times, waits))
            thread.start()
            threads.append(thread)
    for thread in threads:
        thread.join()


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
