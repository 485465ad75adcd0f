"""Why a session answers: what of it matched, and the sentence of its abstract nearest to the question.

The sentence is the one that shares most of the question's words, rarer ones counting more: comparing words
takes microseconds, embedding every sentence would take longer than the search.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from service.likeness import Likeness, Span
from service.session import Session

_WITHIN = r"[^.!?…。！？\n]"
_SENTENCE = re.compile(
    rf"\S{_WITHIN}*(?:[.!?…](?!\s|$){_WITHIN}*)*(?:[.!?…](?=\s|$)|[。！？]|$)", re.MULTILINE
)
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Snippet:
    """A sentence of an abstract: its text, where it stands there, and its matched words' places in it."""

    text: str
    start: int
    end: int
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """What of a session matched (title, speaker, words of the rest, meaning), and its nearest sentence."""

    matched: tuple[str, ...]
    snippet: Snippet | None


class Explainer:
    """Says why sessions answer one question."""

    def __init__(self, question: str, *, by_meaning: bool) -> None:
        """Take the question; `by_meaning` says whether the mode looks at meaning at all."""
        self._likeness = Likeness(question)
        self._by_meaning = by_meaning

    def __call__(self, session: Session) -> Reason:
        """Return why `session` answers."""
        marks = self._likeness.marks(session.abstract, session.language)
        has = {
            "title": self._has(session, session.title),
            "speaker": self._has(session, *session.speakers),
            "words": bool(marks) or self._has(session, session.track, *session.tags),
            "meaning": self._by_meaning,
        }
        matched = tuple(name for name, found in has.items() if found)
        return Reason(matched, nearest_sentence(session.abstract, marks))

    def _has(self, session: Session, *texts: str) -> bool:
        return any(self._likeness.marks(text, session.language) for text in texts)


def nearest_sentence(abstract: str, marks: Sequence[Span]) -> Snippet | None:
    """Return the sentence that has most of the words at `marks`, the first of equals; None if there is none."""
    first = _SENTENCE.search(abstract)
    if not first:
        return None
    found = _SENTENCE.finditer(abstract) if marks else (first,)
    starts, ends = zip(
        *((one.start(), min(one.end(), one.start() + _LONGEST)) for one in found), strict=True
    )
    within: list[list[Span]] = [[] for _ in starts]
    for start, end in marks:
        place = bisect_right(starts, start) - 1
        if end <= ends[place]:
            within[place].append((start, end))
    shared = [{abstract[start:end].casefold() for start, end in some} for some in within]
    often = Counter(word for words in shared for word in words)
    worth = [sum(1 / often[word] for word in words) + len(words) for words in shared]
    best = worth.index(max(worth))
    start, end = starts[best], ends[best]
    spans = tuple((first - start, last - start) for first, last in within[best])
    return Snippet(abstract[start:end], start, end, spans)
