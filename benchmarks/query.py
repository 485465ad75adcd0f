"""Latency, throughput and memory use of search over HTTP, compared with other programs.

    python -m benchmarks.query SOURCE... [--sessions N] [--turns N] [--data FOLDER] [--json FILE]

Up to `--sessions` (20,000) real sessions are loaded as `conference-helper load` does by default, and a
`conference-helper serve` process of its own answers. It is compared with the model card's script and with txtai
(`pip install -c constraints.txt '.[bench]'`), which hold the same sessions, each in a process of its own
(`benchmarks.support.peers`). Their time has no HTTP in it, ours has.

In a turn each program answers once, one after the other, so that other load on the machine affects all alike.
No question is asked twice but in the row that says so: the service caches the vectors of questions. An answer
in mode=semantic has its verdict too. Then many clients at once ask the service and, in turns with it, one that
runs the reference encoder. Times are milliseconds an answer, rates questions a second, memory MiB.

`--data` keeps what was loaded for the next run; the first load takes minutes. The sessions' vectors are
computed once for all programs, by our bulk encoder: the time of an answer does not depend on who computed them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.support.catalogue import NAME, Prepared, prepare
from benchmarks.support.corpus import QUESTIONS, new_question
from benchmarks.support.peers import Peer, is_installed
from benchmarks.support.results import PAUSE, Row, median, middle_half, report, spread
from benchmarks.support.serving import Memory, Service
from service.encoders.model_folder import find_model
from service.stores.edge.store import EdgeStore

PEERS = {"card": "the model card's script", "txtai": "txtai"}
CLIENTS = (1, 4, 16, 32)
WARMING = len(QUESTIONS)
"""Warm-up iterations, excluded from the results: they fill caches and ask each repeated question once."""

_SPAN = (
    len(QUESTIONS) * 10_000
)  # numbers of one way to ask; a way has the same question in the same turn
_FIRST_UNDER_LOAD = 10 * _SPAN

Ask = Callable[[str], float]
Times = Mapping[str, list[float]]


def main() -> None:
    """Parse the arguments, run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3, help="of the clients at once")
    parser.add_argument("--seconds", type=float, default=6, help="of each round")
    parser.add_argument("--data", type=Path, help="folder to keep what was loaded in")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with ExitStack() as stack:
        folder = args.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prepared = prepare(folder, args.sources, args.sessions)
        rows = measure_one(prepared, args.turns)
        rows += measure_many(prepared, args.rounds, args.seconds)
        of = f"{len(prepared.texts())} sessions"
    print(f"{of}, {args.turns} turns.")
    report(rows, "python -m benchmarks.query " + " ".join(sys.argv[1:]), args.json)


def measure_one(prepared: Prepared, turns: int) -> list[Row]:
    """Return the rows for a single client that sends one request at a time."""
    kinds = [kind for kind in PEERS if is_installed(kind)]
    if "txtai" not in kinds:
        print("txtai is not installed (the extra `bench`): its rows are left out.")
    with peers(kinds, prepared) as others, Service(prepared.fast) as service:
        ways: dict[str, Ask] = {kind: peer.ask for kind, peer in others.items()}
        ways |= ways_to_ask(service)
        times = take_turns(ways, turns)
        memory = {kind: peer.memory for kind, peer in others.items()}
        memory["ours"] = service.memory()
    return [*compare_times(times, kinds), *compare_memory(memory, kinds)]


@contextmanager
def peers(kinds: list[str], prepared: Prepared) -> Iterator[dict[str, Peer]]:
    """Start the peers with the catalogue's model."""
    model = find_model(EdgeStore(prepared.fast, NAME).manifest().encoder.model).path
    with ExitStack() as stack:
        started = {kind: stack.enter_context(Peer(kind, prepared, model)) for kind in kinds}
        for peer in started.values():
            peer.ask("ready")
        yield started


def ways_to_ask(service: Service) -> dict[str, Ask]:
    """Return the request functions to time, by name; each takes a question."""
    filters = commonest_values(service, "year", "language")
    answer = service.ask("testing", **filters)[1]
    assert answer["results"], filters
    assert answer["verdict"], "the catalogue is not calibrated"
    assert "snippet" in answer["results"][0]
    again = iter(QUESTIONS * 1_000)
    return {
        "ours": lambda question: service.ask(question)[0],
        "again": lambda question: service.ask(next(again))[0],
        "semantic": lambda question: service.ask(question, mode="semantic")[0],
        "filtered": lambda question: service.ask(question, **filters)[0],
    }


def commonest_values(service: Service, *names: str) -> dict[str, str]:
    """Return the most frequent value of each filter, omitting filters without values."""
    facets = service.get("/api/facets")["facets"]
    return {name: str(facets[name][0]["value"]) for name in names if facets[name]}


def take_turns(ways: Mapping[str, Ask], turns: int) -> dict[str, list[float]]:
    """Return the latencies in ms of each request function, interleaved, warm-up excluded."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(WARMING + turns):
        for place, (name, ask) in enumerate(ways.items(), start=1):
            time.sleep(PAUSE)
            took = ask(new_question(place * _SPAN + turn))
            if turn >= WARMING:
                times[name].append(took)
    return times


def compare_times(times: Times, kinds: list[str]) -> list[Row]:
    """Return the rows of single-client latencies, p50 in ms; `ratio` is baseline / ours."""
    p50, p99 = (
        {name: float(np.quantile(values, share)) for name, values in times.items()}
        for share in (0.5, 0.99)
    )

    def row(what: str, baseline: str, ours: str, note: str = "") -> Row:
        shown = note or f"{middle_half(times[ours])}, baseline {middle_half(times[baseline])}"
        return Row(what, p50[baseline], p50[ours], "ms", p50[baseline] / p50[ours], shown)

    against = [(kind, PEERS[kind]) for kind in kinds]
    return [
        *(row(f"one client, p50, against {name}", kind, "ours") for kind, name in against),
        *(
            row(f"one client, p50, mode=semantic, against {name}", kind, "semantic")
            for kind, name in against
        ),
        Row(
            "one client, p99; the baseline is three times the p50",
            3 * p50["ours"],
            p99["ours"],
            "ms",
            3 * p50["ours"] / p99["ours"],
            f"p99 is {p99['ours'] / p50['ours']:.2f} times the p50",
        ),
        row("one client, p50, questions asked before; the baseline is new ones", "ours", "again"),
        row(
            "one client, p50, hybrid with filters, snippets and verdict; the baseline is mode=semantic",
            "semantic",
            "filtered",
        ),
    ]


def compare_memory(memory: Mapping[str, Memory], kinds: list[str]) -> list[Row]:
    """Return the rows for memory use after the queries, summed over the service's processes."""
    counted = {"resident": "resident memory", "own": "memory, every page counted once"}
    return [
        Row(f"{what}, against {PEERS[kind]}", theirs, ours, "MiB", theirs / ours)
        for kind in kinds
        for name, what in counted.items()
        for theirs, ours in [(getattr(memory[kind], name), getattr(memory["ours"], name))]
    ]


def measure_many(prepared: Prepared, rounds: int, seconds: float) -> list[Row]:
    """Return the rows for concurrent clients, in requests per second."""
    with Service(prepared.fast) as fast, Service(prepared.reference, encoder="reference") as slow:
        generator = LoadGenerator(seconds)
        found: dict[str, list[dict[str, float]]] = {"fast": [], "reference": []}
        for counted in (False, *[True] * rounds):
            for name, service in (("fast", fast), ("reference", slow)):
                figures = generator.run(service, 16)
                if counted:
                    found[name].append(figures)
        table = {clients: generator.run(fast, clients) for clients in CLIENTS}
    return [compare_rates(found), *(table_row(table, clients) for clients in CLIENTS)]


@dataclass(slots=True)
class LoadGenerator:
    """Runs the load generator for `seconds` at a time, with new questions on every run."""

    seconds: float
    first: int = _FIRST_UNDER_LOAD

    def run(self, service: Service, clients: int) -> dict[str, float]:
        """Run the load generator with this many clients and return its measurements."""
        command = [sys.executable, "-m", "benchmarks.support.clients", str(service.port)]
        command += ["--clients", str(clients), "--seconds", str(self.seconds)]
        command += ["--first", str(self.first)]
        self.first += _SPAN
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, float] = json.loads(done.stdout)
        return found


def compare_rates(found: Mapping[str, list[dict[str, float]]]) -> Row:
    """Return the row for 16 clients: requests per second, interleaved with the reference encoder."""
    rates = {name: [run["rate"] for run in runs] for name, runs in found.items()}
    failed = sum(int(run["failed"] + run["shed"]) for runs in found.values() for run in runs)
    ratios = [ours / theirs for ours, theirs in zip(rates["fast"], rates["reference"], strict=True)]
    return Row(
        "16 clients; the baseline is the service with the reference encoder",
        median(rates["reference"]),
        median(rates["fast"]),
        "questions/s",
        median(ratios),
        f"ratio {spread(ratios)}, {failed} failed",
    )


def table_row(table: Mapping[int, dict[str, float]], clients: int) -> Row:
    """Return the row for this many clients, from one run, relative to a single client."""
    alone, ours = table[CLIENTS[0]], table[clients]
    return Row(
        f"{clients} clients; the baseline is {CLIENTS[0]}",
        alone["rate"],
        ours["rate"],
        "questions/s",
        ours["rate"] / alone["rate"],
        f"p50 {ours['p50']:.3g} ms, p99 {ours['p99']:.3g} ms, {ours['failed'] + ours['shed']:.0f} failed",
    )


if __name__ == "__main__":
    main()
