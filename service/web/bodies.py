"""How answers are handed to the server: whole, so that a client that does not read them holds no thread."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_MAX_WHOLE = 1_000_000
"""Bytes of an answer that is handed over whole. A longer one is sent while it is made."""


def hand_over(app: "WSGIApplication") -> "WSGIApplication":
    """Return an application whose bodies are lists of all their bytes, unless they are long."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        body = app(environ, start)
        parts, size = iter(body), 0
        some: list[bytes] = []
        try:
            for part in parts:
                some.append(part)
                size += len(part)
                if size > _MAX_WHOLE:
                    return _Long(some, parts, getattr(body, "close", lambda: None))
        except BaseException:
            _close(body)
            raise
        _close(body)
        return [b"".join(some)]

    return answer


class _Long(Iterator[bytes]):
    """The parts of a body that were made, then the others; closed, it closes the body."""

    def __init__(
        self, made: list[bytes], others: Iterator[bytes], close: Callable[[], None]
    ) -> None:
        self._made = [b"".join(made)]
        self._others = others
        self.close = close

    def __next__(self) -> bytes:
        return self._made.pop() if self._made else next(self._others)


def _close(body: Any) -> None:
    if hasattr(body, "close"):
        body.close()
