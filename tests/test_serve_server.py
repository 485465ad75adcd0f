"""`serve` in processes of its own, with a server that comes, goes and comes back."""

import json
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest
from support.processes import free_port, running, wait_until
from support.tcp_proxy import Stub, failed, stub
from test_server_faults import healthy

pytestmark = pytest.mark.slow


def get(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.status, _names_lowered(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _names_lowered(error.headers), error.read()
    except OSError:
        return 0, {}, b""


def _names_lowered(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@pytest.fixture
def upstream() -> Iterator[Stub]:
    with stub(lambda method, path, body: failed(503, "starting")) as server:
        yield server


@dataclass(frozen=True)
class Service:
    """A running service: its process and its port."""

    process: "subprocess.Popen[str]"
    port: int

    def wait_for(self, path: str, status: int) -> None:
        wait_until(lambda: get(self.port, path)[0] == status, process=self.process)


@pytest.fixture
def service(upstream: Stub, tmp_path: Path) -> Iterator[Service]:
    port = free_port()
    program = "from conference_helper.cli import main; main()"
    settings = {
        "CONFERENCE_HELPER_QDRANT_URL": upstream.url,
        "CONFERENCE_HELPER_DATA_DIR": str(tmp_path),
    }
    arguments = ("-c", program, "serve", "--workers", "2", "--port", str(port))
    with running(*arguments, env=settings, output=tmp_path / "serve.log") as process:
        yield Service(process, port)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


def test_two_workers_live_while_the_server_is_late(service: Service, upstream: Stub) -> None:
    service.wait_for("/livez", 200)
    status, headers, body = get(service.port, "/readyz")
    assert status == 503
    assert headers["retry-after"]
    assert json.loads(body)["error"]["code"] == "store_unavailable"
    upstream.respond = healthy
    service.wait_for("/api/status", 200)
    upstream.respond = lambda method, path, body: failed(503, "gone")
    service.wait_for("/api/status", 503)
