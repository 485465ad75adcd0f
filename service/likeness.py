"""Words of sessions that are like those of a question: by their stem, as keyword search compares them."""

import re
from collections.abc import Iterator, Sequence

from service.session import Session
from service.stores.keywords import stem_of
from service.words import folded, is_unspaced, split_words, words_of

_TOKEN = re.compile(r"[^\W_]+(?:\+\+|#)?")
_FOREIGN = re.compile(r"[^\W\x00-\x7f]")
"""A letter that folding may change."""
_START = 3
"""Letters that like words begin with, all of shorter ones: so that hardly any word need be stemmed."""
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


def content_words(question: str) -> list[str]:
    """Return the question's words, folded, without those that say nothing, unless all are such."""
    words = split_words(question)
    return [word for word in words if word not in _COMMON] or words


class Likeness:
    """Finds words that have the stem of an asked one in the language of their text."""

    def __init__(self, question: str) -> None:
        """Look for the content words of a question."""
        self._asked = tuple(dict.fromkeys(content_words(question)))

    def share(self, session: Session) -> float:
        """Return the share of the asked words that keyword search sees in a session."""
        text = folded(session.keywords_text)
        found = sum(any(_places(text, word, session.language)) for word in self._asked)
        return found / len(self._asked) if self._asked else 0.0

    def marks(self, text: str, language: str) -> list[Span]:
        """Return the places of like words in a text, in order; `language` is a code, empty if unknown."""
        if not text.isascii() and _FOREIGN.search(text):
            return list(self._foreign_marks(text, language))
        lower = text.lower()
        return sorted({span for word in self._asked for span in _places(lower, word, language)})

    def _foreign_marks(self, text: str, language: str) -> Iterator[Span]:
        """Fold word by word: a folded text need not be as long as it was."""
        for token in _TOKEN.finditer(text):
            words = words_of(token[0])
            if len(words) > 1:  # a run of signs without spaces: its parts are found within it
                yield from _runs(token, words, self._asked)
            elif words and any(_is_like(words[0], word, language) for word in self._asked):
                yield token.span()


def _places(text: str, asked: str, language: str) -> Iterator[Span]:
    """Yield where a folded text has words like `asked`; one of an unspaced script stands anywhere."""
    start, anywhere = asked[:_START], is_unspaced(asked)
    place = text.find(start)
    while place >= 0:
        if anywhere:
            yield place, place + len(asked)
        elif not place or not text[place - 1].isalnum():
            token = _TOKEN.match(text, place)
            if token and _is_like(token[0], asked, language):
                yield token.span()
        place = text.find(start, place + 1)


def _is_like(word: str, asked: str, language: str) -> bool:
    if word == asked:
        return True
    if word[:_START] != asked[:_START]:
        return False
    stem = stem_of(asked, language)
    return stem is not None and stem == stem_of(word, language)


def _runs(token: re.Match[str], words: Sequence[str], asked: Sequence[str]) -> Iterator[Span]:
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
