"""Answers are handed to the server whole, unless they are long."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from service.web.bodies import hand_over


class Body:
    """Parts that note when they are made, and that the body was closed."""

    def __init__(self, parts: Iterable[bytes], fail: bool = False) -> None:
        self.made = 0
        self.closed = False
        self._parts = parts
        self._fail = fail

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self.made += 1
            yield part
        if self._fail:
            raise ValueError("no more")

    def close(self) -> None:
        self.closed = True


def handed(body: Body) -> Any:
    def app(environ: object, start: Callable[..., object]) -> Body:
        start("200 OK", [])
        return body

    return hand_over(app)({}, lambda *told: lambda part: None)


def test_a_body_is_made_whole_and_closed() -> None:
    body = Body([b"a", b"", b"b"])
    assert handed(body) == [b"ab"]
    assert body.closed


def test_a_long_body_is_made_as_it_is_sent() -> None:
    body = Body([b"x" * 400_000] * 5)
    answer = handed(body)
    assert not isinstance(answer, list)
    assert body.made == 3
    assert not body.closed
    assert len(b"".join(answer)) == 2_000_000
    answer.close()
    assert body.closed


def test_a_body_that_fails_is_closed() -> None:
    body = Body([b"a"], fail=True)
    with pytest.raises(ValueError, match="no more"):
        handed(body)
    assert body.closed
