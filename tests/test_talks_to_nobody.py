"""Loading, asking and serving open no socket but their own, and write nothing outside their folders."""

import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from support.odd_server import odd_server, response
from support.processes import ROOT, free_port, running, wait_until
from support.programmes import row, write_csv

from service.encoders.model_folder import PACKAGED_MODEL

pytestmark = pytest.mark.slow

WATCHED = Path(__file__).parent / "support/watched.py"


class Machine:
    """A data folder, a temporary folder, an empty home, and what commands did there."""

    def __init__(self, folder: Path) -> None:
        self.data, self.temporary, self.home = (folder / name for name in ("data", "tmp", "home"))
        for one in (self.data, self.temporary, self.home):
            one.mkdir()
        self._log = folder / "log"

    def start(self, *arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
        self._log.write_text("")
        folders = {
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "CONFERENCE_HELPER_DATA_DIR": str(self.data),
        }
        return running(WATCHED, self._log, *arguments, env=folders, cwd=self.temporary)

    def run(self, *arguments: str) -> str:
        with self.start(*arguments) as process:
            output, _ = process.communicate()
        assert process.returncode == 0, output
        return output

    def sockets(self) -> list[list[str]]:
        return [line for line in self._lines() if line[0].startswith("socket.")]

    def written_elsewhere(self) -> list[str]:
        own = (f"{self.data}/", f"{self.temporary}/", "/dev/null", "/dev/shm/")  # noqa: S108  # semaphores
        changed = [line for line in self._lines() if not line[0].startswith("socket.")]
        return [path for _, *paths in changed for path in paths if not f"{path}/".startswith(own)]

    def _lines(self) -> list[list[str]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "programme.csv", [row(number) for number in range(30)])


def test_load_search_and_serve_talk_to_nobody(machine: Machine, source: Path, models: Path) -> None:
    shutil.copytree(models, machine.data / "models")
    machine.run("load", str(source), "--model", PACKAGED_MODEL)
    assert machine.sockets() == []
    assert machine.written_elsewhere() == []

    found = json.loads(machine.run("search", "number 7", "--json"))
    assert len(found["results"]) == 3
    assert machine.sockets() == []
    assert machine.written_elsewhere() == []

    port = free_port()
    with machine.start("serve", "--port", str(port)) as process:
        answer = _ask(port, "/api/search?q=number+7", process)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate()
    assert process.returncode == 0, output
    assert answer["results"] == found["results"]
    assert {line[0] for line in machine.sockets()} <= {"socket.bind", "socket.getaddrinfo"}
    assert all("127.0.0.1" in line[1] for line in machine.sockets())
    assert machine.written_elsewhere() == []
    assert list(machine.home.iterdir()) == []


def test_no_other_command_talks_to_anybody(
    machine: Machine, source: Path, models: Path, tmp_path: Path
) -> None:
    shutil.copytree(models, machine.data / "models")
    machine.run("load", str(source), "--model", PACKAGED_MODEL)
    folder = machine.temporary
    for command in (
        ("status",),
        ("verify", "--deep"),
        ("backup", str(folder / "backup")),
        ("restore", str(folder / "backup")),
        ("generations",),
        ("rollback",),
        ("export", str(folder / "out.jsonl")),
        ("export-model",),
        ("remove", "--event", "Summit", "--yes"),
    ):
        machine.run(*command)
        assert machine.sockets() == [], command
        assert machine.written_elsewhere() == [], command
    assert list(machine.home.iterdir()) == []


def test_a_load_of_an_address_talks_to_its_host_alone(
    machine: Machine, source: Path, models: Path
) -> None:
    shutil.copytree(models, machine.data / "models")
    with odd_server({"/programme.csv": [response(source.read_bytes())]}) as server:
        address = f"{server.url}/programme.csv"
        machine.run(
            "load", address, "--allow-private-addresses", "--dry-run", "--model", PACKAGED_MODEL
        )
    host, _, port = server.host.partition(":")
    connected = [line[1] for line in machine.sockets() if line[0] == "socket.connect"]
    assert connected == [f"('{host}', {port})"]
    assert {line[1] for line in machine.sockets() if line[0] == "socket.getaddrinfo"} <= {host}
    assert machine.written_elsewhere() == []


def _ask(port: int, path: str, process: "subprocess.Popen[str]") -> Any:
    answers: list[Any] = []

    def answered() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                answers.append(json.load(answer))
        except OSError:  # not listening yet, or not ready
            return False
        return True

    wait_until(answered, process=process)
    return answers[0]


def test_openvino_is_without_its_telemetry() -> None:
    code = (
        "import sys, service.encoders.openvino.bundle, openvino; "
        "print(sys.modules['openvino_telemetry'], 'openvino.tools.ovc.telemetry_stub' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == ["None", "True"]


def test_the_image_is_without_openvino_telemetry() -> None:
    assert "pip uninstall --yes openvino-telemetry" in (ROOT / "Dockerfile").read_text("utf-8")
