"""Loading, asking and serving open no socket but their own, and write nothing outside their folders."""

import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.assistants import request
from support.odd_server import odd_server, response
from support.processes import ROOT, free_port, wait_until
from support.programmes import row, write_csv
from support.qdrant_nodes import Node
from support.watching import Machine

from service.encoders.model_folder import BASE_MODEL

pytestmark = pytest.mark.slow

ASKED = request("tools/call", name="search_sessions", arguments={"query": "number 7"})


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "programme.csv", [row(number) for number in range(30)])


def test_load_search_and_serve_talk_to_nobody(machine: Machine, source: Path, models: Path) -> None:
    shutil.copytree(models, machine.data / "models")
    machine.run("load", str(source), "--model", BASE_MODEL)
    machine.check_alone()

    found = json.loads(machine.run("search", "number 7", "--json"))
    assert len(found["results"]) == 3
    machine.check_alone()

    port = free_port()
    with machine.start("serve", "--port", str(port)) as process:
        answer = _ask(port, "/api/search?q=number+7", process)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate()
    assert process.returncode == 0, output
    assert answer["results"] == found["results"]
    assert {line[0] for line in machine.sockets()} <= {"socket.bind", "socket.getaddrinfo"}
    assert all("127.0.0.1" in line[1] for line in machine.sockets())
    machine.check_own()


def test_no_other_command_talks_to_anybody(
    machine: Machine, source: Path, models: Path, tmp_path: Path
) -> None:
    shutil.copytree(models, machine.data / "models")
    machine.run("load", str(source), "--model", BASE_MODEL)
    found = json.loads(machine.run("search", "number 7", "--json"))
    folder, keys = machine.temporary, str(machine.data / "keys.json")
    commands = (
        ("similar", found["results"][0]["session"]["id"]),
        ("mcp",),
        ("evaluate", "--mode", "keyword", "--json"),
        ("key", "new", "app"),
        ("key", "list"),
        ("key", "revoke", "app"),
        ("status",),
        ("verify", "--deep"),
        ("backup", str(folder / "backup")),
        ("restore", str(folder / "backup")),
        ("generations",),
        ("rollback",),
        ("export", str(folder / "out.jsonl")),
        ("export-model",),
        ("remove", "--event", "Summit", "--yes"),
    )
    one_process = [word for command in commands for word in (*command, "AND")]
    output = machine.run(*one_process, said=json.dumps(ASKED) + "\n", API_KEYS_FILE=keys)
    assert '"results"' in output
    assert "This removes the 30 sessions" in output
    machine.check_alone()


def test_a_migration_talks_to_its_server_alone(
    machine: Machine, source: Path, models: Path, qdrant_node: Node
) -> None:
    shutil.copytree(models, machine.data / "models")
    machine.run("load", str(source), "--model", BASE_MODEL)
    server = urlsplit(qdrant_node.url)
    machine.run("migrate", "server", QDRANT_URL=qdrant_node.url)
    connected = {line[1] for line in machine.sockets() if line[0] == "socket.connect"}
    assert connected == {f"('{server.hostname}', {server.port})"}
    machine.check_own()


def test_a_load_of_an_address_talks_to_its_host_alone(
    machine: Machine, source: Path, models: Path
) -> None:
    shutil.copytree(models, machine.data / "models")
    with odd_server({"/programme.csv": [response(source.read_bytes())]}) as server:
        address = f"{server.url}/programme.csv"
        machine.run(
            "load", address, "--allow-private-addresses", "--dry-run", "--model", BASE_MODEL
        )
    host, _, port = server.host.partition(":")
    connected = [line[1] for line in machine.sockets() if line[0] == "socket.connect"]
    assert connected == [f"('{host}', {port})"]
    assert {line[1] for line in machine.sockets() if line[0] == "socket.getaddrinfo"} <= {host}
    machine.check_own()


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
