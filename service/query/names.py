"""Speakers that a question names in full: in any order, without accents, with one typo in a long word."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from sys import intern

from rapidfuzz.distance import OSA

from service.words import split_words

_LONG = 6
"""Letters from which a word may have a typo: shorter ones are too near to other words ("nixos", "Nikos")."""

_CACHED = 100
"""Questions whose speakers are cached: one question is looked through for several reasons."""
MAX_NAMESAKES = 3
"""Speakers that one word of a name may mean."""
MAX_NAME_WORDS = 4
"""Words of a person's name, at most."""


class SpeakerIndex:
    """An inverted index of the speakers of one generation by the words of their names."""

    def __init__(self, speakers: Iterable[str]) -> None:
        """Index the speakers' names as the catalogue spells them."""
        self._speakers: list[tuple[str, tuple[str, ...]]] = []
        self._postings: dict[str, list[int]] = defaultdict(list)
        self._single: dict[str, list[str]] = defaultdict(list)
        self.find_named = lru_cache(maxsize=_CACHED)(self._search_named)
        """Return the speakers whose whole name (initials aside) stands together in the question."""
        for speaker in speakers:
            words = tuple({intern(word) for word in split_words(speaker) if len(word) > 1})
            if len(words) > 1:
                for word in words:
                    self._postings[word].append(len(self._speakers))
                self._speakers.append((speaker, words))
            elif words:
                self._single[words[0]].append(speaker)

    def names(self) -> Iterator[str]:
        """Yield the names as the catalogue spells them."""
        return (speaker for speaker, _ in self._speakers)

    def words(self) -> Collection[str]:
        """Return the words of all names, folded, without initials."""
        return self._postings.keys()

    def having(self, words: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield the speakers that have one of the words, each with the words of the name."""
        for place in {place for word in words for place in self._postings.get(word, ())}:
            speaker, name = self._speakers[place]
            yield speaker, frozenset(name)

    def _search_named(self, question: str) -> tuple[str, ...]:
        asked = [word for word in split_words(question) if len(word) > 1]
        known, long = set(asked), [word for word in asked if len(word) >= _LONG - 1]
        typed_right = Counter(place for word in known for place in self._postings.get(word, ()))
        return tuple(
            speaker
            for place in sorted(typed_right)
            for speaker, words in [self._speakers[place]]
            if typed_right[place] == len(words) or _may_be_mistyped(frozenset(words), known, long)
            if _stands_in(frozenset(words), asked)
        )

    def find_whole(self, word: str) -> tuple[str, ...]:
        """Return the speakers whose name is a single word."""
        return tuple(self._single.get(word, ()))

    def find_by_parts(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the speakers whose names have all these words, none where more than MAX_NAMESAKES do.

        Entries of more than MAX_NAME_WORDS words are no names of people.
        """
        postings = [set(self._postings.get(word, ())) for word in words if len(word) > 1]
        places = set.intersection(*postings) if postings else set()
        if len(places) > MAX_NAMESAKES:
            return ()
        found = (self._speakers[place] for place in sorted(places))
        return tuple(name for name, parts in found if len(parts) <= MAX_NAME_WORDS)


def is_one_typo(one: str, other: str) -> bool:
    """Return whether at most one letter is added, left out, changed or swapped with the next."""
    return OSA.distance(one, other, score_cutoff=1) <= 1  # optimal string alignment


def _may_be_mistyped(name: frozenset[str], asked: set[str], long: Sequence[str]) -> bool:
    """Return whether just one word of a name is missing, and a long word that is asked may be it."""
    missing = name - asked
    if len(missing) > 1:
        return False
    wanted = next(iter(missing))
    return len(wanted) >= _LONG and any(is_one_typo(word, wanted) for word in long)


def _stands_in(name: frozenset[str], asked: Sequence[str]) -> bool:
    """Return whether the words of a name stand next to each other, at most one with a typo."""
    return any(
        _is_name(name, asked[start : start + len(name)])
        for start in range(len(asked) - len(name) + 1)
    )


def _is_name(name: frozenset[str], asked: Sequence[str]) -> bool:
    wrong = [word for word in asked if word not in name]
    missing = name.difference(asked)
    if len(missing) == len(wrong) == 1:
        known = next(iter(missing))
        return len(known) >= _LONG and is_one_typo(wrong[0], known)
    return not missing
