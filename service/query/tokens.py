"""The words of a question with their places, and edits of it that leave all else as it was typed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.query.boosts import QUOTED
from service.words import is_unspaced, locate_words

Span = tuple[int, int]
"""Start and end (excluded) of a part of a question, in characters."""

_CHUNK = re.compile(r"\S+")
_CODE = re.compile(r"[_\\@=<>$%^*|~`]\w|\w[.:({\[]\w|/\w*[/.]|^/")
"""What is written as programs and addresses are: snake_case, a.b, a/b, f(x), name@host."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question: folded, where it stands, and as it was typed.

    fixed   it stays as it is: quoted, protected, of a script without spaces, or part of code or an address
    joins   only a space stands between it and the token before
    dotted  a dot stands before it, as in .NET
    after_initial   it comes after a letter with a dot: D. Healy
    """

    word: str
    start: int
    end: int
    typed: str
    fixed: bool
    joins: bool
    dotted: bool
    after_initial: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """What to write in place of the tokens from `first` to `last` (included)."""

    first: int
    last: int
    text: str


def read_tokens(text: str, protected: Iterable[Span] = ()) -> list[Token]:
    """Return the words of a question in order; those in `protected` spans are fixed."""
    kept = [*protected, *(found.span() for found in QUOTED.finditer(text))]
    kept += [chunk.span() for chunk in _CHUNK.finditer(text) if _CODE.search(chunk[0])]
    tokens: list[Token] = []
    for word, start, end in locate_words(text):
        if tokens and start < tokens[-1].end:  # one sign that is two words, or characters in pairs
            continue
        fixed = is_unspaced(word) or any(start < last and first < end for first, last in kept)
        gap = text[tokens[-1].end : start] if tokens else ""
        dotted = re.search(r"(?:^|\s)\.$", text[:start][-2:]) is not None
        initial = gap == ". " and tokens[-1].end - tokens[-1].start == 1
        token = Token(word, start, end, text[start:end], fixed, gap == " ", dotted, initial)
        tokens.append(token)
    return tokens


def apply_edits(text: str, tokens: Sequence[Token], edits: Iterable[Edit]) -> str:
    """Return the question with the edits made, which must not overlap."""
    for edit in sorted(edits, key=lambda edit: -edit.first):
        text = text[: tokens[edit.first].start] + edit.text + text[tokens[edit.last].end :]
    return text


def neighbours(tokens: Sequence[Token]) -> Iterable[tuple[int, Token, Token]]:
    """Yield each pair of tokens that stand next to each other and are not fixed, with the first's index."""
    for index, (one, other) in enumerate(pairwise(tokens)):
        if other.joins and not one.fixed and not other.fixed:
            yield index, one, other


def cased_like(word: str, typed: str) -> str:
    """Return a word with the capitals that another was typed with: the first, all or none."""
    if len(typed) > 1 and typed.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word
