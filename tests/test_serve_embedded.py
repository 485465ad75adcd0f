"""Several processes serve one embedded catalogue: alike, through loads, and when one of them is killed.

    CONFERENCE_HELPER_TEST_LONG=1 pytest -s tests/test_serve_embedded.py

asks 10,000 questions while a load switches every ten seconds, and prints how many loads there were.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.processes import TESTS, free_port, get, running, wait_until
from support.programmes import Loading, row

from benchmarks.support.serving import process_tree
from service.stores.edge.store import EdgeStore

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
QUESTIONS, SECONDS = (10_000, 10.0) if LONG else (60, 0.5)
PROCESSES = 2
SESSIONS = 12
ASKED = re.compile(
    r'^conference_helper_requests_total\{route="/api/search",status="200"\} (\S+)$', re.MULTILINE
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def loading(folder: Path) -> Iterator[Loading]:
    made = Loading(EdgeStore(folder / "data", "sessions"), folder)
    load(made, 2001)
    yield made
    made.store.close()


def load(loading: Loading, year: int) -> str:
    """Load a programme whose sessions are all of one year; return its generation."""
    rows = [row(number, year=year) for number in range(SESSIONS)]
    loading.rows(rows, allow_removals=True)
    return loading.store.manifest().generation


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server(loading: Loading, port: int, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """One service for all tests, of which the last ones harm it."""
    arguments = (TESTS / "support/serving.py", "serve", folder / "data", str(port))
    with running(*arguments, "", str(PROCESSES), output=folder / "log") as one:
        wait_until(lambda: get(port, "/readyz")[0] == 200, process=one)
        yield one


def ask(port: int, path: str = f"/api/search?q=number&limit={SESSIONS}") -> tuple[int, Any]:
    status, body = get(port, path)
    return status, json.loads(body) if status else None


def years(answer: Any) -> set[int]:
    return {result["session"]["year"] for result in answer["results"]}


def answered(port: int) -> float:
    told = ASKED.search(get(port, "/metrics")[1].decode())
    return float(told[1]) if told else 0.0


def workers(server: "subprocess.Popen[str]") -> list[int]:
    return list(process_tree(server.pid))[-PROCESSES:]


def count_open(generation: str, pid: int) -> int:
    """Return how many files of the generation a process has mapped: one that still opens it, fewer."""
    return Path(f"/proc/{pid}/maps").read_text().count(generation)


def test_every_answer_is_of_one_generation_while_loads_switch(
    server: "subprocess.Popen[str]", port: int, loading: Loading
) -> None:
    ended = threading.Event()
    loads = Counter[str]()

    def switch() -> None:
        year = 2002
        while not ended.wait(SECONDS):
            loads[load(loading, year)] += 1
            year = 2002 + (year - 2001) % 90

    loader = threading.Thread(target=switch)
    loader.start()
    try:
        with ThreadPoolExecutor(4) as people:
            answers = list(people.map(lambda _: ask(port), range(QUESTIONS)))
    finally:
        ended.set()
        loader.join()
    assert {status for status, _ in answers} == {200}
    assert all(len(answer["results"]) == SESSIONS for _, answer in answers)
    assert all(len(years(answer)) == 1 for _, answer in answers)
    last = load(loading, 2099)

    def all_have_switched() -> bool:
        with ThreadPoolExecutor(4 * PROCESSES) as people:
            told = list(people.map(lambda _: ask(port, "/readyz"), range(8 * PROCESSES)))
        return {body["generation"] for _, body in told} == {last}

    wait_until(all_have_switched, process=server)
    sys.stdout.write(f"{QUESTIONS} questions, {len(loads)} loads\n")


def test_metrics_add_up_over_the_processes(server: "subprocess.Popen[str]", port: int) -> None:
    before = answered(port)
    with ThreadPoolExecutor(8) as people:
        assert {status for status, _ in people.map(lambda _: ask(port), range(60))} == {200}
    assert answered(port) == before + 60


def test_those_that_are_killed_are_replaced_time_and_again_while_others_answer(
    server: "subprocess.Popen[str]", port: int
) -> None:
    seen = set(workers(server))
    assert len(seen) == PROCESSES
    counted = answered(port)
    for _ in range(3):  # each as soon as it is there
        pid = max(workers(server))
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: ask(port)[0] == 200, process=server)
        wait_until(partial(_are_there, server, but=pid), process=server)
        seen |= set(workers(server))
    assert len(seen) == PROCESSES + 3
    assert [ask(port)[0] for _ in range(10)] == [200] * 10
    assert answered(port) >= counted + 10


def _are_there(server: "subprocess.Popen[str]", but: int) -> bool:
    running = list(process_tree(server.pid))
    return but not in running and len(running) == PROCESSES + 1


def test_a_generation_that_is_deleted_under_them_is_served_until_the_next_load(
    server: "subprocess.Popen[str]", port: int, loading: Loading, folder: Path
) -> None:
    served = loading.store.manifest().generation

    def all_have_it_open() -> bool:
        counts = {count_open(served, pid) for pid in workers(server)}
        return len(counts) == 1 and counts != {0}

    wait_until(all_have_it_open, process=server)
    before = years(ask(port)[1])
    (generation,) = (folder / "data").rglob(served)
    shutil.rmtree(generation)
    assert [years(ask(port)[1]) for _ in range(8)] == [before] * 8
