"""Why a session answers: what of it matched, and the sentence of its abstract nearest to the question.

The sentence is the one that shares most of the question's words, rarer ones counting more: comparing words
takes microseconds, embedding every sentence would take longer than the search.
"""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.session import Session
from service.words import split_words, words_of

_WITHIN = r"[^.!?…。！？\n]"
_SENTENCE = re.compile(
    rf"\S{_WITHIN}*(?:[.!?…](?!\s|$){_WITHIN}*)*(?:[.!?…](?=\s|$)|[。！？]|$)", re.MULTILINE
)
_TOKEN = re.compile(r"[^\W_]+(?:\+\+|#)?")
_FOREIGN = re.compile(r"[^\W\x00-\x7f]")
"""A letter that folding may change."""
_SHORTEST_ROOT = 4
_ROOT_SHARE = 0.7
_LONGEST = 400
_FUNCTION_WORDS = """
a about an and are as at be by can do does for from has have how i in into is it me my of on or our that the
their this to was we what when where which who why will with you your
das dem den der die ein eine fur ich im ist mit und von was wie zu
au aux de des du en est et la le les pour que qui sur un une como con cual del el es las los para por una y
"""
_COMMON = frozenset(_FUNCTION_WORDS.split())
"""Words that say nothing by themselves, folded: English, German, French and Spanish."""

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


def content_words(question: str) -> list[str]:
    """Return the question's words, folded, without those that say nothing, unless all are such."""
    words = split_words(question)
    return [word for word in words if word not in _COMMON] or words


class Explainer:
    """Says why sessions answer one question."""

    def __init__(self, question: str, *, by_meaning: bool) -> None:
        """Take the question; `by_meaning` says whether the mode looks at meaning at all."""
        self._likeness = _Likeness(content_words(question))
        self._by_meaning = by_meaning

    def __call__(self, session: Session) -> Reason:
        """Return why `session` answers."""
        marks = self._likeness.marks(session.abstract)
        has = {
            "title": self._has(session.title),
            "speaker": self._has(*session.speakers),
            "words": bool(marks) or self._has(session.track, *session.tags),
            "meaning": self._by_meaning,
        }
        matched = tuple(name for name, found in has.items() if found)
        return Reason(matched, nearest_sentence(session.abstract, marks))

    def _has(self, *texts: str) -> bool:
        return any(self._likeness.marks(text) for text in texts)


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


class _Likeness:
    """Finds the words of a text that are asked for, or have an asked one's root."""

    def __init__(self, asked: Sequence[str]) -> None:
        """Look for these folded words."""
        self._exact = frozenset(asked)
        self._starts = tuple({word[:_SHORTEST_ROOT] for word in asked})
        self._by_start: dict[str, list[str]] = defaultdict(list)
        self._known: dict[str, bool] = {}
        for word in asked:
            if len(word) >= _SHORTEST_ROOT:
                self._by_start[word[:_SHORTEST_ROOT]].append(word)

    def marks(self, text: str) -> list[Span]:
        """Return their places in the text, in order."""
        if text.isascii() or not _FOREIGN.search(text):
            return self._plain_marks(text)
        found: list[Span] = []
        for token in _TOKEN.finditer(text):
            words = words_of(token[0])
            if len(words) > 1:  # a run of signs without spaces: its parts are found within it
                found += _runs(token, words, self._exact)
            elif words and self._is_like(words[0]):
                found.append(token.span())
        return found

    def _plain_marks(self, text: str) -> list[Span]:
        """Look only where a plain text has the start of an asked word: most words are none."""
        lower, found = text.lower(), set()
        for start in self._starts:
            place = lower.find(start)
            while place >= 0:
                token = _TOKEN.match(lower, place)
                first = not place or not lower[place - 1].isalnum()
                if first and token and self._is_like(token[0]):
                    found.add(token.span())
                place = lower.find(start, place + 1)
        return sorted(found)

    def _is_like(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._compare(word)
        return known

    def _compare(self, word: str) -> bool:
        if word in self._exact:
            return True
        rooted = self._by_start.get(word[:_SHORTEST_ROOT], ())
        return any(_same_root(word, other) for other in rooted)


def _runs(token: re.Match[str], words: Sequence[str], asked: frozenset[str]) -> Iterator[Span]:
    """Join the asked pairs of signs of a run to its longest parts."""
    start = end = -1
    for place, word in enumerate(words):
        if word in asked:
            if end < place:
                if end > 0:
                    yield token.start() + start, token.start() + end
                start = place
            end = place + len(word)
    if end > 0:
        yield token.start() + start, min(token.start() + end, token.end())


def _same_root(one: str, other: str) -> bool:
    shared = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return shared >= max(_SHORTEST_ROOT, _ROOT_SHARE * max(len(one), len(other)))
