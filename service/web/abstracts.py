"""Abstracts on cards: what is shown first, with the matched words marked, and what unfolds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.search.answer import SearchResult
from service.search.snippets import Span

WORDS_SHOWN = 60
CHARACTERS_SHOWN = 480
"""Words and characters of an abstract that are shown before it is unfolded; some scripts have no spaces."""
_MIN_HIDDEN = 80
"""Characters that are worth hiding; fewer are shown with the rest."""

Marked = list[tuple[str, bool]]
"""Parts of a text in order, each with whether it is a matched word."""


@dataclass(frozen=True, slots=True)
class ShownAbstract:
    """What of an abstract is shown first, and what unfolds.

    `is_within` says that what is shown first is a sentence from within, and what unfolds the whole abstract;
    otherwise that is what follows.
    """

    first: Marked
    rest: Marked
    is_within: bool = False


def show_abstract(result: SearchResult) -> ShownAbstract:
    """Return a result's abstract, from its start or, if that is further in, the sentence that answers."""
    abstract, snippet = result.session.abstract, result.reason.snippet
    start, rest = split_abstract(abstract)
    if not snippet or not snippet.marks:
        return ShownAbstract(mark(start, ()), mark(rest, ()))
    marks = [(first + snippet.start, last + snippet.start) for first, last in snippet.marks]
    if marks[-1][1] <= len(start):
        return ShownAbstract(mark(start, marks), mark(rest, ()))
    return ShownAbstract(mark(snippet.text, snippet.marks), mark(abstract, marks), is_within=True)


def mark(text: str, marks: Sequence[Span]) -> Marked:
    """Return the parts of a text in order, each with whether it is marked."""
    parts, done = [], 0
    for start, end in marks:
        parts += [(text[done:start], False), (text[start:end], True)]
        done = end
    return [part for part in (*parts, (text[done:], False)) if part[0]]


def split_abstract(abstract: str) -> tuple[str, str]:
    """Return the first WORDS_SHOWN words or so, and the rest; a short rest stays with them."""
    ends = (word.end() for word in re.finditer(r"\S+", abstract))
    cut = next((end for number, end in enumerate(ends, start=1) if number == WORDS_SHOWN), None)
    cut = min(cut or CHARACTERS_SHOWN, CHARACTERS_SHOWN)
    if len(abstract) - cut <= _MIN_HIDDEN:
        return abstract, ""
    return _split(abstract, cut)


def _split(text: str, cut: int) -> tuple[str, str]:
    """Split before the word that `cut` is in, unless that loses most of what would be shown."""
    head = text[:cut]
    if not text[cut].isspace() and (words := re.search(r"^.*\s", head, re.DOTALL)):
        head = words[0] if len(words[0]) > cut // 2 else head
    return head.rstrip(), text[len(head) :].lstrip()
