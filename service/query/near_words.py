"""Words within an edit distance of a mistyped one, among tens of thousands, in well under a millisecond."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

LONG = 10
"""Letters from which a word may have two typos."""
_STARTS = 200
"""First letters, with lengths, that are tried in place of another: those of most words."""
SHORTEST = 5
"""Letters from which a word may have one: shorter ones are too near to others."""


@dataclass(frozen=True, slots=True)
class Near:
    """A word near a mistyped one: letters added, left out, changed or swapped with the next."""

    word: str
    distance: int
    same_start: bool


class NearWords:
    """An index of words by first letter and length."""

    def __init__(self, words: Collection[str]) -> None:
        """Index those of the words that are of letters alone and long enough to be near another."""
        self._words = words
        self._buckets: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in words:
            if len(word) >= SHORTEST - 1 and word.isalpha():
                self._buckets[word[0], len(word)].append(word)
        starts = Counter({key: len(some) for key, some in self._buckets.items()})
        self._starts = list(dict.fromkeys(start for (start, _), _ in starts.most_common(_STARTS)))

    def find(self, word: str) -> list[Near]:
        """Return the words within the distance that the word's length allows, but for the word itself.

        Words with another first letter are found at distance 1 only: few slips are in the first letter.
        """
        most = allowed_typos(word)
        found = [
            Near(other, int(distance), same_start=True)
            for length in range(len(word) - most, len(word) + most + 1)
            for other, distance, _ in process.extract_iter(
                word,
                self._buckets.get((word[0], length), ()),
                scorer=OSA.distance,
                score_cutoff=most,
            )
            if distance
        ]
        if most:
            found += [Near(other, 1, same_start=False) for other in set(self._other_starts(word))]
        return found

    def _other_starts(self, word: str) -> Iterator[str]:
        """Yield the words that differ by one typo at the start."""
        rest = word[1:]
        typed = [rest, word[1] + word[0] + word[2:]]
        typed += [start + ending for start in self._starts for ending in (rest, word)]
        for other in typed:
            if other in self._words and other[0] != word[0]:
                yield other


def allowed_typos(word: str) -> int:
    """Return how many typos a word of that length may have."""
    return 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2
