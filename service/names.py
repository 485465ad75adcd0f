"""Speakers that a question names in full: in any order, without accents, with one typo in a long word."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from service.words import split_words

_LONG = 6
"""Letters from which a word may have a typo: shorter ones are too near to other words ("nixos", "Nikos")."""


class Names:
    """The speakers of one generation, found by the words of their names."""

    def __init__(self, speakers: Iterable[str]) -> None:
        """Index the speakers' names as the catalogue spells them."""
        self._spelled: list[tuple[str, frozenset[str]]] = []
        self._having: dict[str, list[int]] = defaultdict(list)
        self._near: dict[str, list[str]] = defaultdict(list)
        for speaker in speakers:
            words = frozenset(word for word in split_words(speaker) if len(word) > 1)
            if len(words) > 1:
                for word in words:
                    self._having[word].append(len(self._spelled))
                self._spelled.append((speaker, words))
        for word in self._having:
            for variant in _shortened(word):
                self._near[variant].append(word)

    def named_in(self, question: str) -> tuple[str, ...]:
        """Return the speakers whose whole name (initials aside) stands together in the question."""
        asked = split_words(question)
        likely = Counter(
            place
            for known in {known for word in asked for known in self._likely(word)}
            for place in self._having[known]
        )
        return tuple(
            speaker
            for place in sorted(likely)
            for speaker, words in [self._spelled[place]]
            if likely[place] >= len(words) and _stands_in(words, asked)
        )

    def _likely(self, word: str) -> Iterator[str]:
        """Yield the words of names that the word may be: itself, and those one typo apart."""
        if word in self._having:
            yield word
        for variant in _shortened(word):
            yield from self._near.get(variant, ())


def is_one_typo(one: str, other: str) -> bool:
    """Return whether two words differ by one letter added, left out, changed or swapped with its neighbour."""
    if len(one) > len(other):
        one, other = other, one
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1]
    return one[start + 1 :] == other[start + 1 :] or (
        swapped and one[start + 2 :] == other[start + 2 :]
    )


def _stands_in(name: frozenset[str], asked: Sequence[str]) -> bool:
    """Return whether the words of a name stand next to each other, at most one with a typo."""
    asked = [word for word in asked if len(word) > 1]
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


def _shortened(word: str) -> Iterator[str]:
    """Yield a long word and every form of it with one letter left out; words one typo apart share one."""
    if len(word) >= _LONG - 1:
        yield word
        for place in range(len(word)):
            yield word[:place] + word[place + 1 :]
