"""Clients that send slowly, or nothing, or never read: others are served, and the service can stop."""

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.processes import TESTS, free_port, get, running, wait_until
from support.programmes import Loading, row

from service.stores.edge.store import EdgeStore

pytestmark = pytest.mark.slow

SERVING = TESTS / "support/serving.py"
PATIENT_SECONDS = 120
"""Far more than any answer takes: what is not answered by then is not answered at all."""

AMBIGUOUS = (
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
    b"Content-Length: 4, 5\r\n\r\nabcd",
    b"Content-Length: +4\r\n\r\nabcd",
    b"Content-Length : 4\r\n\r\nabcd",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n",
    b"X: a\r\n folded\r\n\r\n",
)
"""Heads whose end, or that of the body after them, two programs may see at different places."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    loading = Loading(EdgeStore(folder / "data", "sessions"), folder)
    loading.rows([row(number) for number in range(400)])
    loading.store.close()
    return folder / "data"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(data: Path, port: int, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    with running(SERVING, "serve", data, str(port), output=tmp_path / "log") as process:
        wait_until(lambda: get(port, "/readyz")[0] == 200, process=process)
        yield process


def test_crowds_that_hold_connections_stop_nobody_and_not_the_end(
    server: "subprocess.Popen[str]", port: int, tmp_path: Path
) -> None:
    counts = tmp_path / "counts"
    command = ("-m", "benchmarks.support.crowds", str(port), "--page=/api/search?q=number&limit=50")
    many = ("--idle=150", "--dripping=150", "--unread=40")
    with running(*command, *many, output=counts) as crowd:

        def told(kind: str, name: str) -> int:
            lines = counts.read_text().splitlines() or ["{}"]
            found: int = json.loads(lines[-1]).get(kind, {}).get(name, 0)
            return found

        for kind, number in (("idle", 150), ("dripping", 150), ("unread", 40)):
            wait_until(lambda: told(kind, "opened") >= number, process=crowd)  # noqa: B023  # called here
        for path in ("/livez", "/readyz", "/metrics", "/api/search?q=number7", "/"):
            assert get(port, path)[0] == 200, path
        wait_until(lambda: told("dripping", "opened") >= 300, process=crowd)  # all cut off once
        wait_until(lambda: told("idle", "opened") >= 300, process=crowd)
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0


def test_a_body_that_never_comes_is_not_waited_for(
    server: "subprocess.Popen[str]", port: int
) -> None:
    head = b"POST /api/search HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENT_SECONDS) as client:
        client.sendall(head)
        answer = b""
        while some := client.recv(65536):
            answer += some
    assert answer.startswith(b"HTTP/1.1 405 ")


def test_no_second_request_hides_behind_an_ambiguous_end(
    server: "subprocess.Popen[str]", port: int
) -> None:
    hidden = b"GET /openapi.json HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"

    def count_answers(method: bytes, rest: bytes) -> int:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENT_SECONDS) as client:
            client.sendall(method + b" /livez HTTP/1.1\r\nHost: here\r\n" + rest + hidden)
            return b"".join(iter(lambda: client.recv(65536), b"")).count(b"HTTP/1.1 ")

    for method in (b"GET", b"POST"):
        assert count_answers(method, b"Content-Length: 4\r\n\r\nabcd") == 2
        for head in AMBIGUOUS:
            assert count_answers(method, head) == 1, head


def test_a_request_with_two_hosts_is_refused(server: "subprocess.Popen[str]", port: int) -> None:
    for hosts, status in (
        ("Host: a", b"200"),
        ("Host: a\r\nHost: b", b"400"),
        ("Host: a\r\nhost: a", b"400"),
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENT_SECONDS) as client:
            head = f"GET /livez HTTP/1.1\r\n{hosts}\r\nConnection: close\r\n\r\n"
            client.sendall(head.encode())
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 " + status), hosts


def test_the_port_is_said_to_be_taken_while_it_serves(
    server: "subprocess.Popen[str]", port: int, tmp_path: Path
) -> None:
    with running(SERVING, "serve", tmp_path / "other", str(port)) as second:
        output, _ = second.communicate()
    assert second.returncode
    assert f"127.0.0.1 port {port} cannot be listened on: Address already in use" in output


def test_a_worker_ends_with_the_process_that_started_it(
    server: "subprocess.Popen[str]", port: int
) -> None:
    assert get(port, "/livez")[0] == 200
    server.kill()
    server.wait()
    wait_until(lambda: get(port, "/livez")[0] == 0)
