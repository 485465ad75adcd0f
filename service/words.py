"""Words of a text as search compares them: without case and accents, in any script."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ħ": "h",
}
"""Letters that Unicode does not take apart into a plain one and a mark."""

_UNSPACED = (
    r"\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3131-\u318f\u3400-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)
"""Scripts whose words stand together (Thai, Lao, Khmer, Japanese, Chinese) or carry endings (Korean)."""
_WORD = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_])+(?:\+\+|#(?!\w))?")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_VOICING = "\u3099\u309a"


def folded(text: str) -> str:
    """Return text without case and accents, for comparing what people type with what is stored."""
    if text.isascii():
        return text.lower().strip()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    for sign in set(decomposed):  # a text has few different signs, and far fewer marks
        if sign in _LETTERS:
            decomposed = decomposed.replace(sign, _LETTERS[sign])
        elif unicodedata.combining(sign) and sign not in _VOICING:
            decomposed = decomposed.replace(sign, "")
    return unicodedata.normalize("NFC", decomposed).strip()


def is_unspaced(word: str) -> bool:
    """Return whether a folded word is of a script that `split_words` takes apart."""
    return _IS_UNSPACED.match(word) is not None


def split_words(text: str) -> list[str]:
    """Return the words of `text`, folded and in order; C++ and C# are words.

    Where a script puts no spaces between words, every two neighbouring signs are one "word": the overlapping
    bigrams that search engines index Chinese, Japanese and Korean by.
    """
    found: list[str] = []
    for word in _WORD.findall(folded(text)):
        if len(word) > 2 and is_unspaced(word):
            found += [word[start : start + 2] for start in range(len(word) - 1)]
        else:
            found.append(word)
    return found


@lru_cache(maxsize=10_000)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a short text that is met again and again: a title, or a word with its signs."""
    return tuple(split_words(text))
