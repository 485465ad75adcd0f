"""English words."""

import pytest

from service.query.english import is_english


@pytest.mark.parametrize(
    "word", ["tiger", "melting", "internet", "rootless", "virtualization", "reimagining", "blinky"]
)
def test_english(word: str) -> None:
    assert is_english(word)


@pytest.mark.parametrize(
    "word", ["kubernetes", "netwroking", "performace", "stenberg", "datenbank", "xqs", ""]
)
def test_not_english(word: str) -> None:
    assert not is_english(word)
