"""The vocabulary of a generation: the words of its sessions, and how many sessions have each.

Questions are corrected by it (`service.query.spelling`). A load counts the words of what keyword search sees;
stores keep them as text, one line for each count:

    12 kubernetes observability
    1 zebra zeitgeist
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice

from service.session import Session
from service.stores.keywords import session_words
from service.words import is_unspaced, split_words

MAX_WORDS = 100_000
"""Words of a vocabulary, the most frequent ones; 20,000 sessions have some 75,000."""
MAX_LETTERS = 40
"""Letters of a word, at most: longer ones are addresses and keys."""
_COUNTED = 4 * MAX_WORDS
"""Words that are counted at a time: a load's memory hardly grows with the catalogue."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, as `split_words` gives them, and how many sessions have each, most frequent first.

    Numbers, words of one letter and of scripts without spaces are left out. `is_complete` says that all others
    are there: a word that is not is in no session.
    """

    counts: Mapping[str, int]
    is_complete: bool

    def extended(self, others: Mapping[str, int]) -> "Vocabulary":
        """Return the vocabulary with those words too that it lacks, while there is room."""
        new = {word: count for word, count in others.items() if word not in self.counts}
        added = dict(islice(new.items(), max(0, MAX_WORDS - len(self.counts))))
        return Vocabulary({**self.counts, **added}, self.is_complete and len(added) == len(new))


class WordCounter:
    """Counts the words of sessions while they are written."""

    def __init__(self, *, counted: int = _COUNTED) -> None:
        """Count at most about so many different words at a time."""
        self._counts: Counter[str] = Counter()
        self._counted = counted
        self._is_complete = True

    def add(self, sessions: Iterable[Session]) -> None:
        """Count the words of sessions."""
        for session in sessions:
            self._counts.update(set(filter(_is_counted, session_words(session))))
        if len(self._counts) > self._counted:  # leave out what is rare so far (lossy counting)
            self._counts = Counter(dict(self._counts.most_common(self._counted // 2)))
            self._is_complete = False

    def vocabulary(self) -> Vocabulary:
        """Return the most frequent words; of equally frequent ones the first of the alphabet."""
        ordered = sorted(self._counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return Vocabulary(
            dict(ordered[:MAX_WORDS]), self._is_complete and len(ordered) <= MAX_WORDS
        )


def encode_counts(counts: Iterable[tuple[str, int]]) -> str:
    """Return words with their counts as text; those of one count stand together."""
    groups = groupby(counts, key=lambda pair: pair[1])
    return "\n".join(f"{count} {' '.join(word for word, _ in pairs)}" for count, pairs in groups)


def decode_counts(text: str) -> Iterator[tuple[str, int]]:
    """Yield the words and counts of what `encode_counts` returned. Raises ValueError if it is none."""
    for line in text.splitlines():
        count, *words = line.split(" ")
        yield from ((word, int(count)) for word in words)


def countable_words(text: str) -> list[str]:
    """Return the words of a text that are counted."""
    return list(filter(_is_counted, split_words(text)))


def _is_counted(word: str) -> bool:
    return 1 < len(word) <= MAX_LETTERS and not word.isdigit() and not is_unspaced(word)
