"""Values of schema.org's properties: a text, an object with a name, `{"@value": ...}`, or a list of these."""

from collections.abc import Sequence
from typing import Any

Node = dict[str, Any]

_NAMES = ("@value", "name", "headline", "alternateName")
_ADDRESSES = ("@value", "url", "contentUrl", "@id")
_MAX_DEPTH = 4


def listed(value: Any) -> list[Any]:
    """Return a property's values, of which there may be one, several or none."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and "@list" in value:
        return listed(value["@list"])
    return [] if value is None else [value]


def text_of(value: Any) -> str:
    """Return the first text of a property: itself, or the name of an object; "" if there is none."""
    return _first(value, _NAMES)


def address_of(value: Any) -> str:
    """Return the first address of a property: itself, or that of an object; "" if there is none."""
    return _first(value, _ADDRESSES)


def texts_of(value: Any) -> list[str]:
    """Return the texts of all of a property's values."""
    return [text for item in listed(value) if (text := text_of(item))]


def _first(value: Any, keys: Sequence[str], depth: int = 0) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or depth > _MAX_DEPTH:
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    is_object = isinstance(value, dict)
    inner = [value[key] for key in keys if key in value] if is_object else listed(value)
    return next(filter(None, (_first(item, keys, depth + 1) for item in inner)), "")
