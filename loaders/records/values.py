"""Values of rows and JSON objects, whatever their type, as text, lists of texts and years."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_FORMULA_SIGNS = {"=", "+", "-", "@"}
_MAX_DEPTH = 6  # of values inside values
_MAX_EXCERPT = 1_000  # characters


def as_text(value: Any, depth: int = 0) -> str:
    """Return a value as text: names inside lists and objects, numbers without a needless .0."""
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
        named = (value.get(key) for key in ("en", "name", "title", "label", "fullName"))
        texts = (as_text(item, depth + 1) for item in (*named, *value.values()))
        return next((text for text in texts if text), "")
    if isinstance(value, (list, tuple)):
        return "; ".join(text for item in value if (text := as_text(item, depth + 1)))
    return str(value)


def as_list(value: Any) -> list[str]:
    """Return a list's items, or the parts of a text split at ; | , or line ends."""
    if isinstance(value, (list, tuple)):
        return [text for item in value if (text := as_text(item))]
    return [part for part in re.split(r"\s*[|;,\n]\s*", as_text(value)) if part]


def as_year(text: str) -> int | None:
    """Return the year that a text is, None if it is none."""
    match = re.fullmatch(r"((?:19|2[01])\d\d)(?:\.0+)?", text)
    return int(match[1]) if match else None


def join_paragraphs(texts: Iterable[str]) -> str:
    """Return the texts one after the other, a text that another already holds left out."""
    parts: list[str] = []
    for text in texts:
        if text and not any(text in part for part in parts):
            parts = [part for part in parts if part not in text] + [text]
    return "\n\n".join(parts)


def excerpt(value: Any) -> str:
    """Return a row as text for people, not too long and whatever it holds."""
    try:
        return repr(value)[:_MAX_EXCERPT]
    except RecursionError:
        return "(nested too deeply)"
