"""Words as search compares them (case and accents folded, in any script), and the languages they are in."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

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
"""Letters that Unicode does not decompose into a base letter and a mark."""

_UNSPACED = (
    r"\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3131-\u318f\u3400-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)
"""Scripts without spaces between words (Thai, Lao, Khmer, Japanese, Chinese) or with endings (Korean)."""
_INDIC = r"\u0900-\u0963\u0966-\u0dff"
"""Scripts of India and Sri Lanka: their vowel signs are neither letters to `re` nor accents."""
_MARKS = r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
"""Combining accents and vowel points, in text that is not folded yet."""
_WORD = re.compile(
    rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])(?:[^\W_]|[{_INDIC}])[{_MARKS}]*)+(?:\+\+|#(?!\w))?"
)
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_IS_INDIC = re.compile(f"[{_INDIC}]")
_VOICING = "\u3099\u309a"


def folded(text: str) -> str:
    """Return text with case and accents folded, to compare what people type with what is stored."""
    if text.isascii():
        return text.lower().strip()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    for char in set(decomposed):  # a text has few different characters, and far fewer marks
        if char in _LETTERS:
            decomposed = decomposed.replace(char, _LETTERS[char])
        elif unicodedata.combining(char) and char not in _VOICING and not _IS_INDIC.match(char):
            decomposed = decomposed.replace(char, "")
    return unicodedata.normalize("NFC", decomposed).strip()


def is_unspaced(word: str) -> bool:
    """Return whether a folded word is of a script that `split_words` splits into bigrams."""
    return _IS_UNSPACED.match(word) is not None


def split_words(text: str) -> list[str]:
    """Return the words of `text`, folded and in order; C++ and C# are words.

    Scripts without spaces between words give overlapping bigrams of characters, as search engines index
    Chinese, Japanese and Korean.
    """
    found: list[str] = []
    for word in _WORD.findall(folded(text)):
        if len(word) > 2 and is_unspaced(word):
            found += [word[start : start + 2] for start in range(len(word) - 1)]
        else:
            found.append(word)
    return found


def locate_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of `text` as `split_words` gives them, each with its start and end in the text."""
    for found in _WORD.finditer(text):
        words = words_of(found[0])
        if len(words) == len(found[0]) - 1 > 1:  # bigrams, and folding kept each character
            yield from ((word, start, start + 2) for start, word in enumerate(words, found.start()))
        else:
            yield from ((word, *found.span()) for word in words)


def word_at(text: str, index: int) -> str:
    """Return the word of a folded text that starts at `index`, empty if none does."""
    before = text[index - 1] if index else " "
    if (before.isalnum() and not is_unspaced(before)) or _IS_INDIC.match(before):
        return ""
    found = _WORD.match(text, index)
    return found[0] if found else ""


@lru_cache(maxsize=10_000)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a short text that recurs, such as a title: `split_words` with a cache."""
    return tuple(split_words(text))


_LANGUAGES = {
    "ar": "Arabic ara",
    "ca": "Catalan cat",
    "cs": "Czech ces cze",
    "da": "Danish dan",
    "de": "German deu ger deutsch allemand aleman tedesco alemao duits",
    "el": "Greek ell",
    "en": "English eng englisch anglais ingles inglese engels",
    "es": "Spanish spa espanol castellano spanisch espagnol spagnolo espanhol spaans",
    "fi": "Finnish fin",
    "fr": "French fra fre francais franzosisch frances francese frans",
    "he": "Hebrew heb",
    "hi": "Hindi hin",
    "hu": "Hungarian hun",
    "id": "Indonesian ind",
    "it": "Italian ita italiano italienisch italien italiaans",
    "ja": "Japanese jpn",
    "ko": "Korean kor",
    "nl": "Dutch nld dut nederlands niederlandisch neerlandais neerlandes olandese holandes",
    "no": "Norwegian nor",
    "pl": "Polish pol",
    "pt": "Portuguese por portugues portugiesisch portugais portoghese portugees",
    "ro": "Romanian ron",
    "ru": "Russian rus",
    "sk": "Slovak slk",
    "sv": "Swedish swe",
    "th": "Thai tha",
    "tr": "Turkish tur",
    "uk": "Ukrainian ukr",
    "zh": "Chinese zho chi",
}
"""For each code the English name, then ISO 639-2 and 639-3 codes and names in other languages, folded."""
_STEMMED_LANGUAGES = {
    "ar", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv", "tr",
}  # fmt: skip
_LANGUAGE_CODES = {
    name: code for code, names in _LANGUAGES.items() for name in folded(names).split()
}
_LANGUAGE_CODES["und"] = ""  # undetermined
_CODES = re.compile(r"[a-z]{2}(-.*|\s*[,;/|+&].*)?")
_ENGLISH_NAMES = {code: names.partition(" ")[0] for code, names in _LANGUAGES.items()}


@lru_cache(maxsize=1024)
def language_code(name: str) -> str:
    """Return the two-letter code of a language given as a code (ISO 639-1, -2 or -3) or by its name.

    Of several languages it is that of the first. A name that is not known is returned folded.
    """
    key = " ".join(folded(name).split()).replace("_", "-")
    if key in _LANGUAGE_CODES:
        return _LANGUAGE_CODES[key]
    if _CODES.fullmatch(key):
        return key[:2]
    first = re.split(r"[^\w]", key, maxsplit=1)[0]  # "english / ingles", "german (de)"
    return _LANGUAGE_CODES.get(first, key[:20].strip(" -"))


@cache
def language_names() -> tuple[str, ...]:
    """Return every name of a language that is known, folded, without the codes."""
    return tuple(name for name in _LANGUAGE_CODES if len(name) > 3)


def language_name(code: str) -> str:
    """Return the English name of a two-letter code; any other text as it is."""
    return _ENGLISH_NAMES.get(code.lower(), code)


def stemmer_name(code: str) -> str:
    """Return what Qdrant calls the stemmer of a language, "english" for one that it has none for."""
    primary = code.casefold().partition("-")[0]
    return _ENGLISH_NAMES[primary if primary in _STEMMED_LANGUAGES else "en"].lower()
