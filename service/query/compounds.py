"""Words that are written another way than in the catalogue, by rule: no list of words.

numeronyms       a11y: first letter, count of letters between, last letter of a frequent word
joined           "next cloud": one word in the catalogue
parts            "datapipeline": two words in the catalogue
transliterated   "mueller" for Müller, which folds to "muller"; "müller" where the catalogue has "Mueller"
"""

import re
from collections.abc import Iterator, Mapping
from itertools import product

_NUMERONYM = re.compile(r"[^\W\d_](\d{1,2})[^\W\d_]")
_SHORTEST_GAP = 7
"""Letters that a numeronym counts, at least: k8s leaves out eight; fewer are names (k3s, h2o, p2p)."""
_NEVER_SHORT = ("ly", "ing", "ed")
"""Endings of English words that nobody writes as numeronyms: a11y is not "automatically"."""
_SHORTEST_PART = 3
_SHORTEST_COMPOUND = 4
_UMLAUTS = {"ae": "a", "oe": "o", "ue": "u"}
_TYPED_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
UMLAUTS = frozenset(_TYPED_UMLAUTS)
"""Letters that are also written as two."""
_DIGRAPH = re.compile("|".join(_UMLAUTS))


def index_numeronyms(counts: Mapping[str, int], least: int) -> dict[str, str]:
    """Return the word of at least `least` sessions that each numeronym stands for.

    `counts` are words and their numbers of sessions, most frequent first. Where a second word has half as many
    as the first, neither is meant: c7n is no condition and no collision.
    """
    first: dict[str, str] = {}
    unclear: set[str] = set()
    for word, count in counts.items():
        if count >= least and len(word) >= _SHORTEST_GAP + 2 and not word.endswith(_NEVER_SHORT):
            short = f"{word[0]}{len(word) - 2}{word[-1]}"
            if counts[first.setdefault(short, word)] < 2 * count and first[short] != word:
                unclear.add(short)
    return {short: word for short, word in first.items() if short not in unclear}


def is_numeronym(word: str) -> bool:
    """Return whether a word is of the form of a numeronym."""
    found = _NUMERONYM.fullmatch(word)
    return found is not None and int(found[1]) >= _SHORTEST_GAP


def joined(one: str, other: str) -> Iterator[str]:
    """Yield what two words may be together: "sql lite" has one l of two."""
    if len(one) + len(other) >= _SHORTEST_COMPOUND and not one.isdigit():
        yield one + other
        if one[-1] == other[0] and len(other) > 1:
            yield one + other[1:]


def parts(word: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of words that a word may be made of."""
    for place in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        yield word[:place], word[place:]


def transliterated(word: str, typed: str) -> Iterator[str]:
    """Yield other spellings of a folded word, as it was `typed`: of its umlauts, or of a dot (dotnet)."""
    if word.startswith("dot") and len(word) > len("dot") + 1:
        yield word.removeprefix("dot")
    pieces = _DIGRAPH.split(word)
    digraphs = _DIGRAPH.findall(word)
    for kept in product(*((_UMLAUTS[two], two) for two in digraphs[:3])):
        chosen = [*kept, *digraphs[3:], ""]
        other = "".join(piece + two for piece, two in zip(pieces, chosen, strict=True))
        if other != word:
            yield other
    lower = typed.casefold()
    if any(sign in lower for sign in _TYPED_UMLAUTS):
        yield "".join(_TYPED_UMLAUTS.get(sign, sign) for sign in lower)
