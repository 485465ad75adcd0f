"""Languages: their ISO 639-1 codes, their names, and which of them Qdrant has a stemmer for."""

import re
from functools import lru_cache

from service.words import folded

_NAMES = {
    "ar": "Arabic ara",
    "ca": "Catalan cat",
    "cs": "Czech ces cze",
    "da": "Danish dan",
    "de": "German deu ger deutsch allemand aleman tedesco alemao",
    "el": "Greek ell",
    "en": "English eng englisch anglais ingles inglese",
    "es": "Spanish spa espanol castellano spanisch espagnol spagnolo espanhol",
    "fi": "Finnish fin",
    "fr": "French fra fre francais franzosisch frances francese",
    "he": "Hebrew heb",
    "hi": "Hindi hin",
    "hu": "Hungarian hun",
    "id": "Indonesian ind",
    "it": "Italian ita italiano italienisch italien",
    "ja": "Japanese jpn",
    "ko": "Korean kor",
    "nl": "Dutch nld dut",
    "no": "Norwegian nor",
    "pl": "Polish pol",
    "pt": "Portuguese por portugues portugiesisch portugais portoghese",
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
_STEMMED = {
    "ar", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv", "tr",
}  # fmt: skip
_CODES = {name: code for code, names in _NAMES.items() for name in folded(names).split()}
_CODES["und"] = ""  # undetermined
_ENGLISH_NAMES = {code: names.partition(" ")[0] for code, names in _NAMES.items()}


@lru_cache(maxsize=1024)
def language_code(name: str) -> str:
    """Return the two-letter code of a language given as a code (ISO 639-1, -2 or -3) or by its name.

    Of several languages it is that of the first. A name that is not known is returned folded.
    """
    key = folded(name).replace("_", "-")
    if key in _CODES:
        return _CODES[key]
    if re.fullmatch(r"[a-z]{2}(-.*|\s*[,;/|+&].*)?", key):
        return key[:2]
    first = re.split(r"[^\w]", key, maxsplit=1)[0]  # "english / ingles", "german (de)"
    return _CODES.get(first, key[:20].strip())


def language_name(code: str) -> str:
    """Return the English name of a two-letter code; any other text as it is."""
    return _ENGLISH_NAMES.get(code.lower(), code)


def stemmer_name(code: str) -> str:
    """Return what Qdrant calls the stemmer of a language, "english" for one that it has none for."""
    primary = code.casefold().partition("-")[0]
    return _ENGLISH_NAMES[primary if primary in _STEMMED else "en"].lower()
