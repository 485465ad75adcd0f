"""Text fields as plain text: without markup, personal data, control characters and needless white space."""

import re
import unicodedata
from functools import lru_cache

from loaders.records.markup import strip_markup

_EMAIL = re.compile(
    r"(?<![\w.+-])<?(?:mailto:)?[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-zA-Z][\w-]{1,62}>?"
)
_PHONE = re.compile(
    r"(?:\b(?:tel|phone|mobile|fax|call)\w{0,4}\.?:?\s{0,3})?"
    r"(?<![\w+])\+\d{1,3}[ ()./-]{0,3}(?:\d[ ()./-]{0,2}){7,12}\d",
    re.I,
)
_LABELS = ("tel", "phone", "fon", "fono", "fone", "mobile", "handy", "fax")
_LABELLED = re.compile(
    r"\b(?:tel|\w{0,9}phone|telefono?|tel[eé]fono|telefone|mobile|handy|fax)\.?:"
    r"\s{0,3}[\d(](?:[ ()./-]{0,3}\d){6,14}",
    re.I,
)
_MAX_PASSES = 10
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_ZERO_WIDTH = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_ASCII_SPACES = re.compile("  +")
_EDGES = re.compile(r" *\n *")
_BLANK_LINES = re.compile(r"\n{3,}")
_MAX_CACHED = 64  # characters: names, tracks, rooms and tags recur

_PLACEHOLDERS = {
    "", "tba", "tbd", "tbc", "t.b.a.", "t.b.d.", "to be announced", "to be determined", "to be confirmed",
    "n/a", "none", "null", "nan", "-", "--", "–", "—", "…", "...", "?", ".",
}  # fmt: skip


def plain_text(text: str, markup: str = "") -> str:
    """Return `text` without markup, its paragraphs kept as blank lines.

    `markup` is "html", "markdown", "rst" or "plain"; when empty, HTML and Markdown are found by their looks.
    E-mail addresses and telephone numbers are personal data and dropped.
    """
    if not text:
        return ""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if markup != "plain":
        text = strip_markup(text, markup)
    return normalise(_drop_contacts(text))


def plain_line(text: str, markup: str = "") -> str:
    """Return `text` as `plain_text` does, on one line; "TBA" and the like are empty."""
    if not text:
        return ""
    return _cached_line(text, markup) if len(text) < _MAX_CACHED else _line(text, markup)


def has_email(text: str) -> bool:
    """Return whether a text holds an e-mail address."""
    return "@" in text and _EMAIL.search(text) is not None


def is_placeholder(text: str) -> bool:
    """Return whether a text is blank or stands for a missing one: "TBA", "n/a", "-"."""
    return not text or (len(text) < 20 and text.strip().casefold() in _PLACEHOLDERS)


def normalise(text: str) -> str:
    """Return `text` in Unicode NFC without control characters and lone surrogates, its white space collapsed.

    Single line ends and blank lines are kept.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", drop_surrogates(text))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\xa0", " ").replace("\t", " ")  # the usual ones; the patterns cost more
    if not text.replace("\n", "").isprintable():
        text = text.replace("\u2028", "\n").replace("\u2029", "\n\n")
        text = _SPACES.sub(" ", _CONTROL.sub(" ", _ZERO_WIDTH.sub("", text)))
    elif "  " in text:  # all others are not printable
        text = _ASCII_SPACES.sub(" ", text)
    if "\n" in text:
        if " \n" in text or "\n " in text:
            text = _EDGES.sub("\n", text)
        if "\n\n\n" in text:
            text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()


def drop_surrogates(text: str) -> str:
    """Return `text` without lone surrogates, which no file and no database takes."""
    return text if text.isascii() else text.encode("utf-8", "ignore").decode("utf-8")


def _line(text: str, markup: str) -> str:
    result = " ".join(plain_text(text, markup).split())
    return "" if is_placeholder(result) else result


_cached_line = lru_cache(maxsize=8192)(_line)


def _drop_contacts(text: str) -> str:
    """Return `text` without e-mail addresses and telephone numbers.

    It takes several passes where removing one makes another of what stood around it.
    """
    for _ in range(_MAX_PASSES):
        start = text
        if "@" in text:
            text = _EMAIL.sub("", text)
        if "+" in text:
            text = _PHONE.sub("", text)
        if ":" in text and any(
            before[-10:].lower().rstrip(" .").endswith(_LABELS) for before in text.split(":")
        ):
            text = _LABELLED.sub("", text)
        if text == start:
            break
    return text
