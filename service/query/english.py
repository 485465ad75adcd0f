"""English words, so that one which a small catalogue happens to lack is not taken for a typo.

The dictionary is symspellpy's: 82,765 words that both SCOWL and Google's n-grams have, MIT licence. It is kept
as sorted hashes, 330 KB, where a set of the words would take 8 MB.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from zlib import crc32

import numpy as np
import numpy.typing as npt

_PREFIX_WORDS = "re un non multi micro pre post over hyper super inter anti de dis auto meta sub"
_ENDING_WORDS = """
s es ed er ers ing y ly ize ized izes izing izer ization isation able ability ity ness less ful ment
"""
_PREFIXES = tuple(_PREFIX_WORDS.split())
_ENDINGS = tuple(_ENDING_WORDS.split())
_SHORTEST_ROOT = 4
_DICTIONARY = "frequency_dictionary_en_82_765.txt"


def is_english(word: str) -> bool:
    """Return whether a folded word is English, or made of an English word by a usual prefix or ending."""
    return _is_listed(word) or any(
        len(root) >= _SHORTEST_ROOT and (_is_listed(root) or _is_listed(f"{root}e"))
        for root in _roots(word)
    )


def _roots(word: str) -> Iterator[str]:
    yield from (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    yield from (word.removeprefix(start) for start in _PREFIXES if word.startswith(start))


def _is_listed(word: str) -> bool:
    hashes = _hashes()
    wanted = np.uint32(crc32(word.encode("utf-8")))
    place = int(np.searchsorted(hashes, wanted))
    return place < len(hashes) and bool(hashes[place] == wanted)


@lru_cache(maxsize=1)
def _hashes() -> npt.NDArray[np.uint32]:
    text = files("symspellpy").joinpath(_DICTIONARY).read_text("utf-8-sig")
    words = (line.partition(" ")[0] for line in text.splitlines())
    return np.sort(np.fromiter((crc32(word.encode("utf-8")) for word in words), np.uint32))
