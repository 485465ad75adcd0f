"""Workers that are stopped, or have a request that never ends, are found and replaced; others are answered."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.processes import TESTS, free_port, get, running, wait_until
from support.programmes import Loading, row

from benchmarks.support.serving import process_tree
from service.stores.edge.store import EdgeStore

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    loading = Loading(EdgeStore(tmp_path / "data", "sessions"), tmp_path)
    loading.rows([row(number) for number in range(4)])
    loading.store.close()
    return tmp_path / "data"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(
    data: Path, port: int, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator["subprocess.Popen[str]"]:
    serving = TESTS / "support/serving.py"
    arguments = (serving, "serve", data, str(port), request.param)
    with running(*arguments, output=tmp_path / "log") as process:
        wait_until(lambda: get(port, "/readyz")[0] == 200, process=process)
        yield process


def worker_of(server: "subprocess.Popen[str]") -> int:
    _, *workers = process_tree(server.pid)
    return workers[-1] if workers else 0


@pytest.mark.parametrize("server", ["silent"], indirect=True)
def test_a_stopped_worker_is_replaced(
    server: "subprocess.Popen[str]", port: int, tmp_path: Path
) -> None:
    stopped = worker_of(server)
    os.kill(stopped, signal.SIGSTOP)
    wait_until(lambda: worker_of(server) not in (0, stopped), process=server)
    wait_until(lambda: get(port, "/api/search?q=number")[0] == 200, process=server)
    assert "A worker gave no sign of life for " in (tmp_path / "log").read_text()


@pytest.mark.parametrize("server", ["hung"], indirect=True)
def test_a_worker_with_a_request_that_never_ends_is_replaced_while_it_answers_others(
    server: "subprocess.Popen[str]", port: int, data: Path, tmp_path: Path
) -> None:
    stuck = worker_of(server)
    asking = threading.Thread(target=get, args=(port, "/api/search?q=slowly"), daemon=True)
    asking.start()
    wait_until((data / "encoding").exists, process=server)
    unanswered = 0

    def is_replaced() -> bool:
        nonlocal unanswered
        unanswered += get(port, "/livez")[0] != 200
        return "its worker is replaced" in (tmp_path / "log").read_text()

    wait_until(is_replaced, process=server)
    wait_until(lambda: worker_of(server) != stuck, process=server)
    wait_until(lambda: get(port, "/api/search?q=number")[0] == 200, process=server)
    assert unanswered == 0
    (data / "go-on").touch()
