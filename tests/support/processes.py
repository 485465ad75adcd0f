"""Processes and waits of tests: every process ends with its test, every wait with progress or its end."""

import contextlib
import http.client
import itertools
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from unittest import mock

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
_PATH = f"{ROOT}{os.pathsep}{TESTS}"
_LOADERS = multiprocessing.get_context("forkserver")
_LOADERS.set_forkserver_preload(["support.counting_loader"])
STUCK_SECONDS = 300.0
"""Without any progress for so long a wait is given up: that is a hang on the slowest of machines."""


def get(port: int, path: str) -> tuple[int, bytes]:
    """Ask on a connection of its own: which process takes it is the system's choice. Status 0: no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STUCK_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


@contextlib.contextmanager
def running(
    *arguments: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    output: Path | None = None,
    stdin: int | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Run Python with these arguments for a `with` block, its output in a pipe, or in a file if one is named.

    A pipe that nobody reads holds 64 KiB: what says more stands still.

    The process sees `env` and the project's code, and nothing else of this environment. It has a process group
    of its own, which is killed at the end, with all that the process started.
    """
    with output.open("wb") if output else contextlib.nullcontext(subprocess.PIPE) as stdout:
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=cwd,
            env={"PATH": "", "PYTHONPATH": _PATH, "TMPDIR": tempfile.gettempdir(), **(env or {})},
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in filter(None, (process.stdin, process.stdout)):
            pipe.close()


@contextlib.contextmanager
def forked(run: Callable[..., None], *arguments: object) -> Iterator[BaseProcess]:
    """Run a function of `counting_loader` in a process of its own, killed at the end of a `with` block.

    It is forked from one that has imported the module already, which takes two seconds of processor time.
    """
    with mock.patch.dict(os.environ, PYTHONPATH=_PATH):
        forkserver.ensure_running()
    process = _LOADERS.Process(target=run, args=arguments)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def wait_until(
    condition: Callable[[], bool],
    *,
    process: "subprocess.Popen[str] | None" = None,
    progress: Callable[[], object] = lambda: None,
) -> None:
    """Wait until a condition holds.

    Fails if `process` ends before, or if what `progress` returns stays the same for STUCK_SECONDS.
    """
    last, since = progress(), time.monotonic()
    while not condition():
        if process is not None and process.poll() is not None and not condition():
            output = process.stdout.read() if process.stdout else ""
            raise AssertionError(f"The process ended with {process.returncode}: {output}")
        now = progress()
        if now != last:
            last, since = now, time.monotonic()
        assert time.monotonic() - since < STUCK_SECONDS, "waited in vain"
        time.sleep(0.02)


def children() -> set[int]:
    """Return the ids of this process's own children, ended ones that nobody waited for among them.

    The helpers that multiprocessing keeps until Python ends are no test's. Empty where there is no /proc.
    """
    found = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread ended
            found |= {int(child) for child in task.read_text().split()}
    return {child for child in found if not _HELPERS.search(_command_of(child))}


def _command_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


_PORTS = range(15_000, 32_000)
"""Below those that Linux takes for connections: what is free stays so, but for other tests' servers."""
_ports = itertools.count(os.getpid() * 97)


_HELPERS = re.compile("resource_tracker|forkserver")


def free_port() -> int:
    """Return a port of this machine on which nothing listens; each process begins elsewhere."""
    for number in _ports:
        port = _PORTS[number % len(_PORTS)]
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no end")
