"""Conversions of a row's or a JSON object's values, of any type, to text, lists of texts and years."""

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from loaders.records.printed import parse_printed

_FORMULA_SIGNS = {"=", "+", "-", "@"}
_MAX_DEPTH = 6  # of values inside values
_MAX_EXCERPT = 1_000  # characters
_SEPARATORS = re.compile(r"[|;,\n]")
_YEAR = re.compile(r"((?:19|2[01])\d\d)(?:\.0+)?")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.I)


def as_text(value: Any, depth: int = 0) -> str:
    """Return a value as text: an object's first text, a list joined with ";", whole numbers without ".0"."""
    if value is None or depth > _MAX_DEPTH:
        return ""
    if isinstance(value, str):
        text = value.strip()
        if (
            text[:1] == "'" and text[1:2] in _FORMULA_SIGNS
        ):  # how spreadsheets keep such a text a text
            text = text[1:]
        return "" if len(text) < 5 and text.casefold() in ("nan", "null", "none", "~") else text
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if value != value else (str(int(value)) if value.is_integer() else str(value))
    if isinstance(value, Mapping):
        named = (value.get(key) for key in ("en", "name", "title", "label", "fullName", "tag"))
        texts = (as_text(item, depth + 1) for item in (*named, *value.values()))
        return next((text for text in texts if text), "")
    if isinstance(value, (list, tuple)):
        return "; ".join(text for item in value if (text := as_text(item, depth + 1)))
    return str(value)


def as_list(value: Any) -> list[str]:
    """Return a list's items, or the parts of a text split at ; | , or line ends."""
    if isinstance(value, str):
        value = unprinted(value)
    if isinstance(value, (list, tuple)):
        return [text for item in value if (text := as_text(item))]
    parts = _SEPARATORS.split(decoded(as_text(value)))
    return [text for part in parts if (text := part.strip())]


def decoded(text: str) -> str:
    """Return a text with its HTML references as characters: they end with the sign at which texts are split.

    Some exports escape twice ("&amp;#39;").
    """
    for _ in range(2):
        if "&" not in text:
            break
        text = _REFERENCE.sub(lambda match: html.unescape(match[0]), text)
    return text


def unprinted(text: str) -> Any:
    """Return the list that a text is when a program printed it, as "['a', 'b']"; any other text as it is."""
    if text.lstrip()[:2].strip("c")[:1] not in ("[", "{", "(", "&"):
        return text
    value = parse_printed(decoded(text))
    return text if value is None else value


def as_year(text: str) -> int | None:
    """Return a text that is a year (1900 to 2199) as a number, else None."""
    match = _YEAR.fullmatch(text)
    return int(match[1]) if match else None


def join_paragraphs(texts: Iterable[str]) -> str:
    """Return the texts as paragraphs, without those that others contain."""
    parts: list[str] = []
    for text in texts:
        if text and not any(text in part for part in parts):
            parts = [part for part in parts if part not in text] + [text]
    return "\n\n".join(parts)


def excerpt(value: Any) -> str:
    """Return the start of a row's repr, for messages."""
    try:
        return repr(value)[:_MAX_EXCERPT]
    except RecursionError:
        return "(nested too deeply)"
