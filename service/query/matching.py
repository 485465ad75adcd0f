"""Matches query terms in texts by their stems, as keyword search does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from service.stores.keywords import stem_of
from service.words import folded, is_unspaced, locate_words, split_words, word_at

_FOREIGN = re.compile(r"[^\W\x00-\x7f]")
"""A letter that folding may change."""
_PREFIX_LENGTH = 3
"""Length of the common prefix that candidate words must share, so that few words need stemming."""
_ELIDED = re.compile(
    r"(?<=[^\W\d_])['’](?:s|t|d|m|ll|re|ve)(?!\w)|(?<!\w)(?:l|d|n|j|m|c|s|t|qu)['’](?=[^\W\d_])",
    re.I,
)
"""Elisions and contractions: child's, don't, l'image."""
_JOINED = re.compile(r"(?<!\w)\w(?:[/&]\w)+(?!\w)")
"""Single letters that stand for something together: I/O, A/B, Q&A."""
_FUNCTION_WORDS = """
a about an and are as at be by can do does for from has have how i in into is it me my of on or our that the
their this to was we what when where which who why will with you your
das dem den der die ein eine fur ich im ist mit und von was wie zu
au aux de des du en est et la le les pour que qui sur un une como con cual del el es las los para por una y
"""
_COMMON = frozenset(_FUNCTION_WORDS.split())
"""Stop words, folded: English, German, French and Spanish."""


@dataclass(frozen=True, slots=True)
class MatchedTerm:
    """Where a text has a term of the question, in characters; `asked` is the term as the question has it."""

    start: int
    end: int
    asked: str


@lru_cache(maxsize=100)
def content_words(question: str) -> tuple[str, ...]:
    """Return the question's distinct words, folded, without stop words unless it has no others.

    Cached, as verdict and snippets take the same ones.
    """
    question = _ELIDED.sub(" ", question)
    joined = set(split_words(" ".join(_JOINED.findall(question))))
    words = split_words(question)
    kept = [word for word in words if word not in _COMMON or word in joined]
    return tuple(dict.fromkeys(kept or words))


class StemMatcher:
    """Finds the words of texts that share a stem with a term of one question, in the language of the text."""

    def __init__(self, question: str) -> None:
        """Take the question, whose content words are looked for."""
        self._asked = content_words(question)
        self._starts = {word[:_PREFIX_LENGTH] for word in self._asked}

    def share(self, text: str, language: str) -> float:
        """Return the share of the asked words that a text has; `language` is a code, empty if unknown."""
        text = folded(text)
        found = sum(any(_places(text, word, language)) for word in self._asked)
        return found / len(self._asked) if self._asked else 0.0

    def find(self, text: str, language: str) -> list[MatchedTerm]:
        """Return the terms that a text has, in order of their places."""
        if not text.isascii() and _FOREIGN.search(text):
            return list(self._find_folded(text, language))
        lower = text.lower()
        found = (mark for word in self._asked for mark in _places(lower, word, language))
        return sorted(found, key=lambda mark: mark.start)

    def _find_folded(self, text: str, language: str) -> Iterator[MatchedTerm]:
        """Fold word by word: a folded text need not be as long as it was."""
        for word, start, end in locate_words(text):
            if word[:_PREFIX_LENGTH] in self._starts:
                for asked in self._asked:
                    if _is_like(word, asked, language):
                        yield MatchedTerm(start, end, asked)


def _places(text: str, asked: str, language: str) -> Iterator[MatchedTerm]:
    """Yield where a folded text has words like `asked`; one of an unspaced script stands anywhere."""
    start, anywhere = asked[:_PREFIX_LENGTH], is_unspaced(asked)
    place = text.find(start)
    while place >= 0:
        word = asked if anywhere else word_at(text, place)
        if word and _is_like(word, asked, language):
            yield MatchedTerm(place, place + len(word), asked)
        place = text.find(start, place + 1)


def _is_like(word: str, asked: str, language: str) -> bool:
    if word == asked:
        return True
    if word[:_PREFIX_LENGTH] != asked[:_PREFIX_LENGTH]:
        return False
    stem = stem_of(asked, language)
    return stem is not None and stem == stem_of(word, language)
