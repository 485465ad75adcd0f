"""Real Qdrant servers on this machine, for tests and benchmarks: one node, one with keys, three in a cluster.

    export CONFERENCE_HELPER_TEST_QDRANT_BINARY=/path/to/qdrant
    python -m tests.support.qdrant_nodes one|keys|three

starts them on free ports, prints the settings that lead there and waits; Ctrl-C stops them. Their folder is
temporary. Every process ends with the one that started it, however that ends.
"""

import contextlib
import csv
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from .processes import free_port

VARIABLE = "CONFERENCE_HELPER_TEST_QDRANT_BINARY"
MANAGE_KEY, READ_KEY = "manage-key-of-tests", "read-key-of-tests"
STARTS_WITHIN = 60.0
_HAPROXY = Path(__file__).parents[2] / "ops" / "haproxy.cfg"
_LINES_SHOWN = 40
DIES_WITH_PARENT = (
    "import ctypes, os, sys\n"
    "if sys.platform == 'linux':\n"
    "    ctypes.CDLL(None).prctl(1, 9)\n"  # PR_SET_PDEATHSIG, SIGKILL
    "if os.getppid() == int(sys.argv[1]):\n"
    "    os.execvp(sys.argv[2], sys.argv[2:])\n"
)

processes: set[int] = set()
"""The ids of those that run now: fixtures keep them for longer than a module's tests."""


class StartError(RuntimeError):
    """A server did not start; the end of its log says why."""


class Server:
    """A process that answers HTTP at `url` once it is ready; its output goes to a log."""

    def __init__(self, name: str, folder: Path, port: int, ready: str) -> None:
        self.log = folder / f"{name}.log"
        self.folder = folder
        self.port = port
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process, None where none runs."""
        return self._process.pid if self._process else None

    def launch(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Start the process; it is not ready yet."""
        assert self._process is None, "it runs already"
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", DIES_WITH_PARENT, str(os.getpid()), *command],
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), **env},
                stdout=output,
                stderr=output,
                start_new_session=True,  # a Ctrl-C is its parent's to handle
            )
        processes.add(self._process.pid)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}{self._ready}", timeout=1) as answer:  # noqa: S310  # our own
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_until_ready(self, seconds: float = STARTS_WITHIN) -> None:
        """Raise StartError if it ends or is not ready in time."""
        ends = time.monotonic() + seconds
        while not self.is_ready():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > ends:
                lines = self.log.read_text("utf-8", "replace").splitlines()[-_LINES_SHOWN:]
                code = self._process.poll() if self._process else "by kill"
                what = f"ended ({code})" if ended else f"is not ready after {seconds:.0f} s"
                raise StartError("\n".join([f"{self.log.stem} {what}; its log ends:", *lines]))
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill the process as a crash would; a no-op if it is not running."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        processes.discard(self._process.pid)
        self._process = None

    def hang(self) -> None:
        """Suspend the process (SIGSTOP): it keeps its port and does not answer."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None, "it does not run"
        os.kill(self._process.pid, number)


class Node(Server):
    """One Qdrant; `start` and `kill` it as often as wanted, its data stay."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        env: Mapping[str, str] | None = None,
        peer_port: int | None = None,
    ) -> None:
        super().__init__("qdrant", folder, free_port(), "/readyz")
        self.grpc_port = free_port()
        self.peer_port = peer_port
        self._command = command
        self._env = {
            "QDRANT__SERVICE__HOST": "127.0.0.1",
            "QDRANT__SERVICE__HTTP_PORT": str(self.port),
            "QDRANT__SERVICE__GRPC_PORT": str(self.grpc_port),
            "QDRANT__STORAGE__STORAGE_PATH": str(folder / "storage"),
            "QDRANT__STORAGE__SNAPSHOTS_PATH": str(folder / "snapshots"),
            # Many small collections, in memory maybe.
            "QDRANT__STORAGE__WAL__WAL_CAPACITY_MB": "1",
            "QDRANT__STORAGE__OPTIMIZERS__DEFAULT_SEGMENT_NUMBER": "1",
            "QDRANT__TELEMETRY_DISABLED": "true",
            "QDRANT_INIT_FILE_PATH": str(folder / "initialized"),
            **(env or {}),
        }

    def start(self) -> None:
        self.launch(self._command, self._env)

    def is_ready(self) -> bool:
        """Whether it answers; it listens for gRPC a little later than for HTTP."""
        try:
            socket.create_connection(("127.0.0.1", self.grpc_port), timeout=1).close()
        except OSError:
            return False
        return super().is_ready()


class Balancer(Server):
    """haproxy before some nodes, with ops/haproxy.cfg but for the addresses, which are those of the nodes."""

    def __init__(self, nodes: Sequence[Node], folder: Path) -> None:
        super().__init__("haproxy", folder, free_port(), "/readyz")
        self._nodes = nodes
        self._statistics = folder / "haproxy.sock"

    def start(self) -> None:
        program = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if not program:
            raise StartError("three nodes need haproxy in front: install it")
        text = _HAPROXY.read_text("utf-8").replace("bind :6333", f"bind 127.0.0.1:{self.port}")
        text = text.replace("global\n", f"global\n    stats socket {self._statistics}\n")
        text = text.replace(" resolvers docker init-addr none", "")
        for number, node in enumerate(self._nodes, 1):
            text = text.replace(f"qdrant-{number}:6333", f"127.0.0.1:{node.port}")
        self.folder.mkdir(parents=True)
        configuration = self.folder / "haproxy.cfg"
        configuration.write_text(text, "utf-8")
        self.launch([program, "-db", "-f", str(configuration)], {})

    def uses(self) -> int:
        """Return to how many of its nodes it leads."""
        with socket.socket(socket.AF_UNIX) as statistics:
            statistics.connect(str(self._statistics))
            statistics.sendall(b"show stat\n")
            rows = csv.DictReader(statistics.makefile("r", encoding="ascii"))
            return sum(row["svname"].startswith("node") and row["status"] == "UP" for row in rows)


@dataclass(frozen=True)
class Cluster:
    """Three nodes and the balancer before them."""

    nodes: tuple[Node, ...]
    balancer: Balancer

    @property
    def url(self) -> str:
        return self.balancer.url

    def wait_until_ready(self) -> None:
        """Wait until every node answers, and the balancer has seen it."""
        for node in self.nodes:
            node.wait_until_ready()
        ends = time.monotonic() + STARTS_WITHIN
        while self.balancer.uses() < len(self.nodes):
            assert time.monotonic() < ends, "haproxy does not lead to every node"
            time.sleep(0.02)


@contextlib.contextmanager
def one(binary: str, folder: Path, *, keys: bool = False) -> Iterator[Node]:
    """Run one node, which asks for MANAGE_KEY or READ_KEY where `keys` are wanted."""
    env = {"QDRANT__SERVICE__API_KEY": MANAGE_KEY, "QDRANT__SERVICE__READ_ONLY_API_KEY": READ_KEY}
    node = Node([binary], folder, env=env if keys else {})
    try:
        node.start()
        node.wait_until_ready()
        yield node
    finally:
        node.kill()


def _directly(port: int) -> str:
    return f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def three(
    binary: str,
    folder: Path,
    *,
    reached_at: Callable[[int], str] = _directly,
    within: Sequence[str] = (),
) -> Iterator[Cluster]:
    """Run three nodes and their balancer.

    Nodes reach each other's port at what `reached_at` returns of it; `within` comes before their commands.
    """
    nodes: list[Node] = []
    first = ""
    balancer: Balancer | None = None
    try:
        for number in range(1, 4):
            port = free_port()
            uri = reached_at(port)
            env = {"QDRANT__CLUSTER__ENABLED": "true", "QDRANT__CLUSTER__P2P__PORT": str(port)}
            joins = ["--bootstrap", first] if first else []
            first = first or uri
            command = [*within, binary, "--uri", uri, *joins]
            node = Node(command, folder / f"node{number}", env=env, peer_port=port)
            nodes.append(node)
            node.start()
            node.wait_until_ready()
        balancer = Balancer(nodes, folder / "balancer")
        balancer.start()
        balancer.wait_until_ready()
        yield Cluster(tuple(nodes), balancer)
    finally:
        for server in (*nodes, *filter(None, [balancer])):
            server.kill()


def main(arguments: Sequence[str]) -> int:
    """Start what is asked for, print its settings and wait."""
    binary = os.environ.get(VARIABLE)
    if list(arguments) not in (["one"], ["keys"], ["three"]) or not binary:
        sys.stderr.write(f"usage: {VARIABLE}=PROGRAM qdrant_nodes one|keys|three\n")
        return 2
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    with tempfile.TemporaryDirectory(prefix="qdrant-nodes-") as name, contextlib.ExitStack() as run:
        settings = {}
        if arguments[0] == "three":
            cluster = run.enter_context(three(binary, Path(name)))
            settings = {"URL": cluster.url, "REPLICAS": "2"}
        else:
            node = run.enter_context(one(binary, Path(name), keys=arguments[0] == "keys"))
            settings = {"URL": node.url, "GRPC_PORT": str(node.grpc_port)}
            if arguments[0] == "keys":
                settings["API_KEY"] = MANAGE_KEY
        for setting, value in settings.items():
            sys.stdout.write(f"export CONFERENCE_HELPER_QDRANT_{setting}={value}\n")
        sys.stdout.flush()
        signal.pause()
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
