"""The tokens of a question as patterns see them: folded, one space apart, with their places in the question."""

import re
from bisect import bisect_left
from functools import cache

from service.words import folded

_TOKEN = re.compile(r"\d+|[^\W\d_]+|[^\w\s]|_")
_WEEKDAY_AND_PART = re.compile(
    r"(montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|heute|"
    r"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|morgen)"
    r"(morgen|vormittag|nachmittag|mittag|abend|ochtend|namiddag|middag|avond)s?"
)
"""Compounds of German and Dutch: Sonntagabend, zaterdagochtend."""


class Tokens:
    """A question's tokens: runs of letters, runs of digits, and single signs.

    `folded` has them with a space before, between and after, so that a pattern of whole tokens begins and ends
    at spaces; `span` leads back to the question.
    """

    def __init__(self, question: str) -> None:
        """Split the question."""
        self.question = question
        self._spans: list[tuple[int, int]] = []
        parts: list[str] = []
        for found in _TOKEN.finditer(question):
            for start, end in _split_compound(found[0], found.start()):
                parts.append(_fold(question[start:end]))
                self._spans.append((start, end))
        self.words = tuple(parts)
        self.folded = f" {' '.join(parts)} "
        self._starts = [0]
        for part in parts:
            self._starts.append(self._starts[-1] + len(part) + 1)

    def __len__(self) -> int:
        return len(self.words)

    def matched(self, found: re.Match[str]) -> tuple[int, int]:
        """Return the first token of a match in `folded`, and the one after its last."""
        return bisect_left(self._starts, found.start() - 1), bisect_left(self._starts, found.end())

    def place(self, token: int) -> int:
        """Return where a token starts in `folded`."""
        return self._starts[token] + 1

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the characters of the question that tokens from `first` to before `last` take."""
        return self._spans[first][0], self._spans[last - 1][1]

    def original(self, first: int, last: int) -> str:
        """Return the question's text from token `first` to before `last`."""
        start, end = self.span(first, last)
        return self.question[start:end]

    def gap(self, place: int) -> str:
        """Return what stands between token `place` and the one before it: empty if they touch."""
        return self.question[self._spans[place - 1][1] : self._spans[place][0]] if place else " "


def _split_compound(word: str, start: int) -> list[tuple[int, int]]:
    found = _WEEKDAY_AND_PART.fullmatch(word.casefold()) if len(word) > 8 else None
    end = start + len(word)
    if found and len(word) == len(word.casefold()):
        cut = start + found.end(1)
        return [(start, cut), (cut, end)]
    return [(start, end)]


@cache
def _fold_sign(sign: str) -> str:
    return "'" if sign in "’‘`´" else folded(sign) or sign


def _fold(token: str) -> str:
    return _fold_sign(token) if len(token) == 1 else folded(token) or token
