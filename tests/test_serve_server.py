"""`serve` in processes of its own, with a server that comes, goes and comes back."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.tcp_proxy import Stub, failed, stub
from test_server_faults import healthy


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def get(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()
    except OSError:
        return 0, {}, b""


def wait_for(port: int, path: str, status: int, seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while (got := get(port, path)[0]) != status:
        assert time.monotonic() < ends, f"{path} answers {got}, not {status}"
        time.sleep(0.2)


@pytest.fixture
def upstream() -> Iterator[Stub]:
    with stub(lambda method, path, body: failed(503, "starting")) as server:
        yield server


@pytest.fixture
def port(upstream: Stub, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    program = "from conference_helper.cli import main; main()"
    arguments = ["serve", "--workers", "2", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "CONFERENCE_HELPER_QDRANT_URL": upstream.url,
            "CONFERENCE_HELPER_DATA_DIR": str(tmp_path),
        },
    )
    yield port
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_two_workers_live_while_the_server_is_late(port: int, upstream: Stub) -> None:
    wait_for(port, "/livez", 200)
    status, headers, body = get(port, "/readyz")
    assert status == 503
    assert headers["Retry-After"]
    assert json.loads(body)["error"]["code"] == "store_unavailable"
    upstream.respond = healthy
    wait_for(port, "/api/status", 200, 10)
    upstream.respond = lambda method, path, body: failed(503, "gone")
    wait_for(port, "/api/status", 503, 10)
