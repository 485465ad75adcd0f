"""Runs `conference-helper serve` in a subprocess, queries it over HTTP and reads its memory use."""

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.support.catalogue import COMMAND, environment

_READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a process in MiB.

    resident    RSS: a page counts in every process that maps it
    own         PSS: a page that several processes map is divided among them
    """

    resident: float
    own: float


class Service:
    """A context manager that serves a data directory, with one keep-alive connection for queries."""

    def __init__(self, data: Path, *, encoder: str = "auto") -> None:
        self._data = data
        self._environment = environment(data, ENCODER=encoder)
        self.port = _free_port()

    def __enter__(self) -> "Service":
        command = [*COMMAND, "serve", "--port", str(self.port), "--workers", "1"]
        self._process = subprocess.Popen(
            command, cwd=self._data, env=self._environment, stderr=subprocess.DEVNULL
        )
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self._wait()
        except BaseException:  # Ctrl-C too must not leave the process behind; raised again
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()
        self._process.terminate()
        self._process.wait(60)

    def ask(self, question: str, **parameters: str) -> tuple[float, dict[str, Any]]:
        """Send a request and return its latency in ms and the response body."""
        path = "/api/search?" + urlencode({"q": question, **parameters})
        started = time.perf_counter()
        answer = self.get(path)
        return 1000 * (time.perf_counter() - started), answer

    def get(self, path: str) -> dict[str, Any]:
        """Return the JSON response for a path. Raises RuntimeError unless the status is 200."""
        try:
            status, body = self._get(path)
        except http.client.RemoteDisconnected:  # it closes connections that were idle for a while
            self._connection.close()
            status, body = self._get(path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:200]!r}")
        answer: dict[str, Any] = json.loads(body)
        return answer

    def _get(self, path: str) -> tuple[int, bytes]:
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        return response.status, response.read()

    def memory(self) -> "Memory":
        """Return the memory use of the service, summed over its processes."""
        processes = [memory(pid) for pid in process_tree(self._process.pid)]
        return Memory(sum(one.resident for one in processes), sum(one.own for one in processes))

    def processor_seconds(self) -> float:
        """Return the processor time that the service took so far, all of its processes that run together."""
        return sum(map(processor_seconds, process_tree(self._process.pid)))

    def _wait(self) -> None:
        ended = time.monotonic() + _READY_SECONDS
        while True:
            try:
                self.get("/readyz")
            except (OSError, RuntimeError, http.client.HTTPException):
                self._connection.close()
                if self._process.poll() is not None or time.monotonic() > ended:
                    raise
                time.sleep(0.2)
            else:
                return


def memory(pid: int) -> Memory:
    """Return the memory use of a process, from /proc."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines[1:]}
    return Memory(sizes["Rss"], sizes["Pss"])


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process took so far, its own and the system's for it, from /proc."""
    ticks = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(") ")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def process_tree(pid: int) -> Iterator[int]:
    """Yield the process id and those of all descendants."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text("utf-8").split():
            yield from process_tree(int(child))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
