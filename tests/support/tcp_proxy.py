"""A TCP proxy that misbehaves on demand, and an HTTP server that answers what it is told."""

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODES = ("pass", "latency", "reset", "half-close", "blackhole")


class Proxy:
    """Passes connections on to `upstream`, or treats them as `mode` says, also those already open."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self.upstream = upstream
        self.mode = "pass"
        self.delay = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._ended = False
        self._turned = threading.Event()
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def turn(self, mode: str, delay: float = 0.0) -> None:
        """Treat connections so from now on; resets and half-closes hit the open ones at once."""
        assert mode in MODES
        self.mode, self.delay = mode, delay
        self._turned.set()
        self._turned = threading.Event()
        for connection in list(self._open):
            if mode == "reset":
                _reset(connection)
            elif mode == "half-close":
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._ended = True
        self._turned.set()
        self._listener.close()
        for connection in list(self._open):
            connection.close()

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            serving = threading.Thread(
                target=self._serve, args=(client,), name="proxy", daemon=True
            )
            serving.start()

    def _serve(self, client: socket.socket) -> None:
        self._open.add(client)
        with contextlib.suppress(OSError), client:
            if self.mode == "reset":
                _reset(client)
                return
            with socket.create_connection(self.upstream, timeout=5) as server:
                server.settimeout(None)
                pumped = (server, client)
                back = threading.Thread(target=self._pump, args=pumped, name="proxy", daemon=True)
                back.start()
                self._pump(client, server)
                back.join()
        self._open.discard(client)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if self.mode == "latency":
                    self._turned.wait(self.delay)
                while self.mode == "blackhole" and not self._ended:
                    time.sleep(0.02)
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def _reset(connection: socket.socket) -> None:
    """Close so that the other side sees a reset."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)
        connection.close()


Answer = tuple[int, dict[str, str], bytes]
Respond = Callable[[str, str, bytes], Answer]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Stub"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        status, headers, content = self.server.respond(self.command, self.path, body)
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Stub(ThreadingHTTPServer):
    """An HTTP server that answers with `respond(method, path, body)` and notes what it saw."""

    daemon_threads = True

    def __init__(self, respond: Respond) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = respond
        self.seen: list[tuple[str, str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what is tested here."""


@contextlib.contextmanager
def stub(respond: Respond) -> Iterator[Stub]:
    server = Stub(respond)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ok(result: Any) -> Answer:
    """What Qdrant answers."""
    return 200, {}, json.dumps({"result": result, "status": "ok", "time": 0.0}).encode()


def failed(status: int, message: str, **headers: str) -> Answer:
    """How Qdrant fails."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps({"status": {"error": message}, "time": 0.0}).encode()
