"""Why a session answers: what of it matched, and the sentence of its abstract nearest to the question.

The sentence is the one that shares most of the question's words, rarer ones counting more: comparing words
takes microseconds, embedding every sentence would take longer than the search.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from service.query.matching import MatchedTerm, StemMatcher
from service.session import Session

_WITHIN = r"[^.!?…。！？\n]"
_SENTENCE = re.compile(
    rf"\S{_WITHIN}*(?:[.!?…](?!\s|$){_WITHIN}*)*(?:[.!?…](?=\s|$)|[。！？]|$)", re.MULTILINE
)
_LONGEST = 400


Span = tuple[int, int]
"""Start and end of a part of a text, in characters."""


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
    """Explains why sessions match a query."""

    def __init__(self, question: str, *, by_meaning: bool) -> None:
        """Take the question; `by_meaning` says whether the mode looks at meaning at all."""
        self._matcher = StemMatcher(question)
        self._by_meaning = by_meaning

    def __call__(self, session: Session) -> Reason:
        """Return what of `session` matched, and its snippet."""
        marks = self._matcher.find(session.abstract, session.language)
        has = {
            "title": self._has(session, session.title),
            "speaker": self._has(session, *session.speakers),
            "words": bool(marks) or self._has(session, session.track, *session.tags),
            "meaning": self._by_meaning,
        }
        matched = tuple(name for name, found in has.items() if found)
        return Reason(matched, nearest_sentence(session.abstract, marks))

    def _has(self, session: Session, *texts: str) -> bool:
        return any(self._matcher.find(text, session.language) for text in texts)


def nearest_sentence(abstract: str, marks: Sequence[MatchedTerm]) -> Snippet | None:
    """Return the sentence that has most of the asked words, the first of equals; None if there is none."""
    first = _SENTENCE.search(abstract)
    if not first:
        return None
    found = _SENTENCE.finditer(abstract) if marks else (first,)
    starts, ends = zip(
        *((one.start(), min(one.end(), one.start() + _LONGEST)) for one in found), strict=True
    )
    within: list[list[MatchedTerm]] = [[] for _ in starts]
    for mark in marks:
        place = bisect_right(starts, mark.start) - 1
        if mark.end <= ends[place]:
            within[place].append(mark)
    shared = [{mark.asked for mark in some} for some in within]
    often = Counter(word for words in shared for word in words)
    worth = [sum(1 / often[word] for word in words) + len(words) for words in shared]
    best = worth.index(max(worth))
    start, end = starts[best], ends[best]
    return Snippet(abstract[start:end], start, end, _spans(within[best], start))


def _spans(marks: Sequence[MatchedTerm], start: int) -> tuple[Span, ...]:
    """The places of marks, counted from `start`; those that touch are one."""
    spans: list[Span] = []
    for mark in marks:
        first, last = mark.start - start, mark.end - start
        if spans and first <= spans[-1][1]:
            first, last = spans[-1][0], max(last, spans.pop()[1])
        spans.append((first, last))
    return tuple(spans)
