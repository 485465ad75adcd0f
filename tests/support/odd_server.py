"""A server that sends what it is told, byte for byte."""

import contextlib
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping


class OddServer:
    """Answers each path with its blocks, and notes the requests."""

    def __init__(self, answers: Mapping[str, Iterable[bytes]]) -> None:
        self.answers = dict(answers)
        self.seen: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            request = b""
            while b"\r\n\r\n" not in request:
                block = connection.recv(65_536)
                if not block:
                    return
                request += block
            self.seen.append(request.decode("latin-1"))
            path = self.seen[-1].split()[1].partition("?")[0]
            for block in self.answers.get(path, [response(b"", status="404 Not Found")]):
                connection.sendall(block)


@contextlib.contextmanager
def odd_server(answers: Mapping[str, Iterable[bytes]]) -> Iterator[OddServer]:
    server = OddServer(answers)
    try:
        yield server
    finally:
        server.close()


def response(
    body: bytes, *headers: str, status: str = "200 OK", length: int | None = None
) -> bytes:
    size = len(body) if length is None else length
    head = [f"HTTP/1.1 {status}", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(head).encode("latin-1") + body
