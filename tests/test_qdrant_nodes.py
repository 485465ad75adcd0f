"""Servers for tests: started, found, stopped; and nothing of them stays, however their starter ends."""

import re
import signal
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from support import qdrant_nodes
from support.processes import running, wait_until
from support.qdrant_nodes import READ_KEY, Node, StartError
from support.stores import server_store, talk, write

from service.errors import AccessError
from service.settings import load_settings
from service.stores.server.store import ServerStore

pytestmark = pytest.mark.slow

STARTER = """
import os, sys
from pathlib import Path
from support import qdrant_nodes
with qdrant_nodes.one(sys.argv[1], Path(sys.argv[2])) as node:
    print(node.pid, flush=True)
    {then}
"""


def is_gone(pid: int) -> bool:
    """Whether no process has that id, or one that only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("then", ["os.kill(os.getpid(), 9)", "raise KeyError", "os._exit(0)"])
def test_a_node_ends_with_whoever_started_it(qdrant_binary: str, tmp_path: Path, then: str) -> None:
    arguments = ("-c", STARTER.format(then=then), qdrant_binary, tmp_path / "node")
    with running(*arguments) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.wait()
        wait_until(lambda: is_gone(pid))


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_settings_and_stops_when_told(
    qdrant_binary: str, tmp_path: Path, ends: int
) -> None:
    env = {qdrant_nodes.VARIABLE: qdrant_binary, "TMPDIR": str(tmp_path)}
    with running("-m", "tests.support.qdrant_nodes", "keys", env=env) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        found = re.findall(r"export CONFERENCE_HELPER_QDRANT_(\w+)=(\S+)\n", "".join(lines))
        settings = load_settings(qdrant={name.lower(): value for name, value in found})
        with closing(server_store(settings)) as store:
            write(store, [talk(1)])
        process.send_signal(ends)
        assert process.wait() == 0
    assert not list(tmp_path.iterdir())


def test_a_start_that_fails_shows_the_log(tmp_path: Path) -> None:
    program = tmp_path / "qdrant"
    program.write_text("#!/bin/sh\necho storage is locked\nexit 1\n", "utf-8")
    program.chmod(0o755)
    node = qdrant_nodes.one(str(program), tmp_path / "node")
    with pytest.raises(StartError, match=r"(?s)qdrant ended.*storage is locked"), node:
        pass


def test_a_key_that_reads_serves_and_does_not_load(
    qdrant_node_with_keys: Node, tmp_path: Path
) -> None:
    node = qdrant_node_with_keys
    manage = load_settings(qdrant={"url": node.url, "api_key": qdrant_nodes.MANAGE_KEY})
    read = manage.qdrant.model_copy(update={"api_key": SecretStr(READ_KEY)})
    wrong = manage.qdrant.model_copy(update={"api_key": SecretStr("wrong")})
    with closing(server_store(manage)) as store, closing(ServerStore(read, "sessions")) as reader:
        manifest = write(store, [talk(1)])
        assert reader.manifest() == manifest
        with pytest.raises(AccessError, match="manage for loads"), reader.lock():
            pass
        with closing(ServerStore(wrong, "sessions")) as outsider, pytest.raises(AccessError):
            outsider.manifest()
