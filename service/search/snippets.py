"""Why a session answers: what of it matched, what decided, and its abstract's sentence nearest to the question.

The sentence is the one that shares most of the question's words, rarer ones counting more: comparing words
takes microseconds, embedding every sentence would take longer than the search.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal, get_args

from service.query.boosts import title_boost
from service.query.matching import MatchedTerm, StemMatcher
from service.session import Session
from service.stores.protocol import Hit, ParsedQuery
from service.words import split_words

_WITHIN = r"[^.!?…。！？\n]"
_SENTENCE = re.compile(
    rf"\S{_WITHIN}*(?:[.!?…](?!\s|$){_WITHIN}*)*(?:[.!?…](?=\s|$)|[。！？]|$)", re.MULTILINE
)
_LONGEST = 400

Part = Literal["title", "speaker", "words", "meaning"]
"""What of a session can match: its title, its speakers, words of the rest, its meaning."""
PARTS: tuple[Part, ...] = get_args(Part)
FOUND_BY: dict[Part, str] = {
    "title": "by its title",
    "speaker": "by its speaker",
    "words": "by these words",
    "meaning": "by meaning",
}
"""What people read of what decided, after "found"."""

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
    """What of a session matched, its nearest sentence, and what decided its rank.

    `decided_by` is "meaning" only where similarity ranked the session: beside a name or a title that was asked
    for, it says nothing of how well the session answers. None where nothing was ranked.
    """

    matched: tuple[Part, ...]
    snippet: Snippet | None
    decided_by: Part | None = None


class Explainer:
    """Explains why sessions match a query."""

    def __init__(self, query: ParsedQuery) -> None:
        """Take the parsed question."""
        self._query = query
        self._asked = split_words(query.text)
        self._matcher = StemMatcher(query.text)

    def __call__(self, hit: Hit) -> Reason:
        """Return what of a hit's session matched, its snippet, and what decided."""
        session = hit.session
        marks = self._matcher.find(session.abstract, session.language)
        has: dict[Part, bool] = {
            "title": self._has(session, session.title),
            "speaker": self._has(session, *session.speakers),
            "words": bool(marks) or self._has(session, session.track, *session.tags),
            "meaning": self._query.mode != "keyword",
        }
        matched = tuple(part for part in PARTS if has[part])
        return Reason(
            matched, nearest_sentence(session.abstract, marks), self._decide(hit, matched)
        )

    def _has(self, session: Session, *texts: str) -> bool:
        return any(self._matcher.find(text, session.language) for text in texts)

    def _decide(self, hit: Hit, matched: Sequence[Part]) -> Part:
        """Return what decided: the title asked for, a speaker named, else what gave most of the score."""
        if self._query.mode == "semantic":
            return "meaning"
        if title_boost(self._asked, hit.session.title):
            return "title"
        if not set(self._query.speakers).isdisjoint(hit.session.speakers):
            return "speaker"
        by_words = self._query.mode == "keyword" or _is_mostly_words(hit)
        if by_words and "speaker" in matched and not {"title", "words"}.intersection(matched):
            return "speaker"
        return "words" if by_words else "meaning"


def _is_mostly_words(hit: Hit) -> bool:
    """Return whether words (BM25, rare terms, phrases) gave more of a hybrid score than similarity did."""
    return hit.score - hit.similarity > max(hit.similarity, 0)


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
    # A set has another order in each process: a plain sum would round otherwise.
    worth = [fsum(1 / often[word] for word in words) + len(words) for words in shared]
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
