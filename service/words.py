"""Words of a text as search compares them: without case and accents, in any script."""

import re
import unicodedata
from collections.abc import Iterator
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
_SIGNED = r"\u0900-\u0963\u0966-\u0dff"
"""Scripts of India and Sri Lanka: their vowel signs are no letters to `re`, and no accents."""
_MARKS = r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
"""Accents, vowel points and the like, as long as they are not folded away."""
_WORD = re.compile(
    rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])(?:[^\W_]|[{_SIGNED}])[{_MARKS}]*)+(?:\+\+|#(?!\w))?"
)
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_IS_SIGNED = re.compile(f"[{_SIGNED}]")
_VOICING = "\u3099\u309a"


def folded(text: str) -> str:
    """Return text without case and accents, for comparing what people type with what is stored."""
    if text.isascii():
        return text.lower().strip()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    for sign in set(decomposed):  # a text has few different signs, and far fewer marks
        if sign in _LETTERS:
            decomposed = decomposed.replace(sign, _LETTERS[sign])
        elif unicodedata.combining(sign) and sign not in _VOICING and not _IS_SIGNED.match(sign):
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


def place_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of `text` as `split_words` gives them, each with its start and end in the text."""
    for found in _WORD.finditer(text):
        words = words_of(found[0])
        if (
            len(words) == len(found[0]) - 1 > 1
        ):  # every two neighbouring signs, none of which folding changed
            yield from ((word, start, start + 2) for start, word in enumerate(words, found.start()))
        else:
            yield from ((word, *found.span()) for word in words)


def word_at(text: str, place: int) -> str:
    """Return the word of a folded text that starts at a place, empty if none does."""
    before = text[place - 1] if place else " "
    if (before.isalnum() and not is_unspaced(before)) or _IS_SIGNED.match(before):
        return ""
    found = _WORD.match(text, place)
    return found[0] if found else ""


@lru_cache(maxsize=10_000)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a short text that is met again and again: a title, or a word with its signs."""
    return tuple(split_words(text))
