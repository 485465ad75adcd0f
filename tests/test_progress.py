import io

import pytest
from rich.console import Console

from loaders import progress
from loaders.progress import show_progress


def shown(*, terminal: bool) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100)
    assert list(show_progress(console, iter([64, 64, 2]), 130)) == [64, 64, 2]
    return stream.getvalue()


def test_a_bar_on_a_terminal() -> None:
    text = shown(terminal=True)
    assert "130/130" in text
    assert "sessions/s" in text


def test_plain_lines_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(terminal=False).startswith("Embedding: 130 of 130, ")
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN_LINES", 0)
    lines = shown(terminal=False).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("Embedding: 64 of 130, ")
    assert lines[-1].endswith("0 s left")
    assert "\x1b" not in "".join(lines)
