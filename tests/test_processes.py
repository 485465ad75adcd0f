"""Real processes: a server that answers while loads switch, and loaders that are killed."""

import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest
from support.counting_loader import load
from support.processes import forked, free_port, running, wait_until
from support.programmes import Loading, row, write_csv

from service.encoder import BATCH_SIZE
from service.stores.edge.store import EdgeStore

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
SERVING = Path(__file__).parent / "support/serving.py"
Fetch = Callable[[str], tuple[int, dict[str, object]]]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def fetch(port: int) -> Fetch:
    def get(path: str) -> tuple[int, dict[str, object]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)
        except URLError:
            return 0, {}

    return get


@pytest.fixture
def server(tmp_path: Path, port: int, fetch: Fetch) -> Iterator[subprocess.Popen[str]]:
    with running(SERVING, "serve", tmp_path / "data", str(port)) as process:
        wait_until(lambda: fetch("/livez")[0] == 200, process=process)
        yield process


def test_server_starts_empty_answers_through_loads_and_ends_in_order(
    server: subprocess.Popen[str], fetch: Fetch, tmp_path: Path
) -> None:
    status, body = fetch("/readyz")
    assert (status, body["error"]["code"]) == (503, "nothing_loaded")  # type: ignore[index]  # it is JSON
    loading = Loading(EdgeStore(tmp_path / "data", "sessions"), tmp_path)
    loading.rows([row(number) for number in range(50)])
    wait_until(lambda: fetch("/readyz")[0] == 200, process=server)

    statuses: list[int] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            statuses.append(fetch("/api/search?q=number7")[0])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for count in (60, 70, 80):
            loading.rows([row(number) for number in range(count)])
            text = row(count - 1)["title"].replace(" ", "+")
            wait_until(partial(_finds, fetch, text), process=server)
        wait_until(lambda: len(statuses) > 50, process=server, progress=lambda: len(statuses))
    finally:
        ended.set()
        for thread in threads:
            thread.join()
        loading.store.close()
    assert set(statuses) == {200}

    late: list[tuple[int, dict[str, object]]] = []
    asking = threading.Thread(target=lambda: late.append(fetch("/api/search?q=slowly")))
    asking.start()
    wait_until((tmp_path / "data" / "encoding").exists, process=server)
    server.send_signal(signal.SIGTERM)
    (tmp_path / "data" / "go-on").touch()
    assert server.wait() == 0
    asking.join()
    assert late[0][0] == 200


def _finds(fetch: Fetch, text: str) -> bool:
    _, body = fetch(f"/api/search?q={text}&limit=1")
    results = body["results"]
    assert isinstance(results, list)
    return bool(results[0]["session"]["title"].replace(" ", "+") == text)


def test_an_address_that_is_too_long_is_an_error_like_others(
    server: subprocess.Popen[str], fetch: Fetch
) -> None:
    status, body = fetch(f"/api/search?q={'%F0%9F%98%80' * 700}")
    assert (status, body["error"]["code"]) == (414, "uri_too_long")  # type: ignore[index]  # it is JSON
    assert fetch(f"/api/search?q={'%C3%A9' * 1_300}")[1]["error"]["code"] == "nothing_loaded"  # type: ignore[index]  # it is JSON
    assert fetch("/livez")[0] == 200


@pytest.mark.parametrize("seed", range(20 if LONG else 6))
def test_a_loader_killed_at_any_moment_changes_nothing_and_loses_little(
    tmp_path: Path, seed: int
) -> None:
    """What is served stays; the loads after it embed again at most what was in the making.

    Each is killed twice; under CONFERENCE_HELPER_TEST_LONG twenty loads are, else six.
    """
    chance = random.Random(seed)
    loading = Loading(EdgeStore(tmp_path / "data", "sessions"), tmp_path)
    served = loading.rows([row(number) for number in range(5)]).manifest
    sessions = 4 * BATCH_SIZE
    source = write_csv(tmp_path / "big.csv", [row(number) for number in range(sessions)])
    counted = tmp_path / "counted"
    counted.touch()
    for _ in range(2):
        before = len(counted.read_text())
        with forked(load, tmp_path / "data", source, counted) as loader:
            if chance.random() < 0.8:  # while it embeds, else while it starts, reads or writes
                wanted = min(before + chance.randrange(1, sessions), sessions)
                wait_until(partial(_embedded_or_ended, counted, wanted, loader))
            time.sleep(chance.random())
        if loading.store.manifest() != served:  # it was done before the signal came
            assert loading.count() == sessions
            break
        assert loading.count() == 5
    with forked(load, tmp_path / "data", source, counted) as final:
        final.join()
    assert final.exitcode == 0
    assert loading.count() == sessions
    assert len(counted.read_text()) <= sessions + 2 * BATCH_SIZE
    loading.store.close()


def _embedded_or_ended(counted: Path, wanted: int, loader: BaseProcess) -> bool:
    return len(counted.read_text()) >= wanted or not loader.is_alive()


def test_a_load_that_is_told_to_end_leaves_no_temporary_files(tmp_path: Path) -> None:
    waiting = (
        "import sys, time; from unittest import mock; from conference_helper import cli\n"
        "def stage(*_): print('staging', flush=True); time.sleep(60)\n"
        "with mock.patch('loaders.load.stage', stage): cli.main(['load', sys.argv[1]])"
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    source = write_csv(tmp_path / "programme.csv", [row(1)])
    folders = {"TMPDIR": str(temporary), "CONFERENCE_HELPER_DATA_DIR": str(tmp_path / "data")}
    with running("-c", waiting, source, env=folders, cwd=tmp_path) as load:
        assert load.stdout is not None
        assert load.stdout.readline() == "staging\n"
        assert list(temporary.iterdir())
        load.terminate()
        assert load.wait() == 143
    assert not list(temporary.iterdir())
