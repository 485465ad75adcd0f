"""Speakers' names with typos: two words next to each other tell together whose name is meant."""

from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from service.query.compounds import UMLAUTS
from service.query.names import SpeakerIndex
from service.query.near_words import NearWords
from service.query.tokens import Edit, Token
from service.words import locate_words

_SHORTEST = 3
"""Letters from which a part of a name may have a typo where another part is beyond doubt."""
_LONG = 6
"""Letters from which it may have two."""
_SURE_START = 4
"""Letters below which the first one must be right, or come second."""
_WHOLE = 3
"""Words of a question that may be a name and nothing else, at most."""

_CACHED = 2_000
"""Pairs whose names are cached: a question is often asked again with other filters."""

Pair = tuple[str, str]


class MisspelledNames:
    """Finds the speakers of one generation by pairs of words of which at least one is mistyped."""

    def __init__(self, speakers: SpeakerIndex) -> None:
        """Take the speakers."""
        self._speakers = speakers
        self._near = NearWords(speakers.words())
        self._find = lru_cache(maxsize=_CACHED)(self._search)
        self.with_umlauts = dict(_with_umlauts(speakers.names()))
        """The words of names that are spelled with umlauts, by the words folded."""

    def edits(self, tokens: Sequence[Token], unknown: Set[str]) -> Iterator[Edit]:
        """Yield the names to write in place of pairs of tokens; `unknown` are words that the catalogue lacks.

        A pair of known words is corrected only where the question is nothing but a name, and of nobody.
        """
        is_whole = len(tokens) <= _WHOLE and not any(token.word in unknown for token in tokens)
        done = -1
        for index, last in _pairs(tokens):
            one, other = tokens[index].word, tokens[last].word
            if index <= done or not (is_whole or unknown & {one, other}):
                continue
            if found := self._find(one, other, 1 if is_whole else None):
                done = last
                yield from map(Edit, (index, last), (index, last), _spelled(*found))

    def _search(self, one: str, other: str, most: int | None) -> tuple[str, Pair] | None:
        """Return a speaker, and the words of the name that are meant; None unless one name is the nearest."""
        best: dict[Pair, tuple[int, str]] = {}
        for speaker, words in self._candidates(one, other):
            for first in words:
                for last in words - {first}:
                    typos = _typos(one, first), _typos(other, last)
                    if None not in typos:
                        best[first, last] = sum(map(int, filter(None, typos))), speaker
        if not best or any(not typos for typos, _ in best.values()):
            return None
        least = min(typos for typos, _ in best.values())
        nearest = [pair for pair, (typos, _) in best.items() if typos == least]
        if len(nearest) > 1 or (most is not None and least > most):
            return None
        return best[nearest[0]][1], nearest[0]

    def _candidates(self, one: str, other: str) -> Iterable[tuple[str, frozenset[str]]]:
        """Return the speakers that have one of the words, or one near it."""
        seeds = {one, other}
        seeds.update(near.word for word in (one, other) for near in self._near.find(word))
        return self._speakers.having(seeds)


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the places of neighbours that may be a name; initials between them are passed over."""
    places = [place for place, token in enumerate(tokens) if len(token.word) > 1]
    for first, last in pairwise(places):
        between = tokens[first + 1 : last + 1]
        is_free = not tokens[first].fixed and not tokens[last].fixed
        if is_free and all(token.joins or token.after_initial for token in between):
            yield first, last


def _typos(typed: str, word: str) -> int | None:
    """Return how many typos make one word of another, None for too many."""
    if typed == word:
        return 0
    length = len(word)
    if length < _SHORTEST:
        return None
    if length < _SURE_START and typed[0] != word[0] and word[0] != typed[1:2]:
        return None
    most = 2 if length >= _LONG else 1
    typos = int(OSA.distance(typed, word, score_cutoff=most))
    return typos if typos <= most else None


def _with_umlauts(speakers: Iterable[str]) -> Iterator[tuple[str, str]]:
    for speaker in speakers:
        if not speaker.isascii():
            for word, start, end in locate_words(speaker):
                if not UMLAUTS.isdisjoint(speaker[start:end].casefold()):
                    yield word, speaker[start:end]


def _spelled(speaker: str, pair: Pair) -> list[str]:
    """Return the words of a name as the catalogue spells them."""
    spelled = {word: speaker[start:end] for word, start, end in locate_words(speaker)}
    return [spelled.get(word, word) for word in pair]
