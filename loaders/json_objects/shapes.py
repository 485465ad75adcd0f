"""Normalise JSON: localised texts, `{"value": ...}` objects and wrapper objects."""

from collections.abc import Mapping
from functools import lru_cache
from operator import is_not
from typing import Any

from loaders.records.record import Options
from loaders.records.values import as_text
from service.words import language_code

_MAX_DEPTH = 60  # what nests deeper is left as it is
_LANGUAGES = {
    "ar", "bg", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl",
    "he", "hi", "hr", "hu", "it", "ja", "ko", "lt", "lv", "nb", "nl", "nn", "pl", "pt", "ro", "ru", "sk",
    "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh",
}  # fmt: skip
_MAX_CODE = len("pt-latn")
_ALSO_WORDS = {"id", "is", "no"}  # languages where others stand beside them
_TEXT_KEYS = ("value", "rendered", "stringValue", "integerValue", "doubleValue", "booleanValue",
              "timestampValue", "referenceValue", "@value", "#text")  # fmt: skip
_BESIDE_TEXT = {
    "protected",
    "readers",
    "writers",
    "signatures",
    "nonreaders",
    "order",
    "@language",
    "param",
}
_WRAPPERS = ("content", "fields", "attributes", "node", "data")
_CLOCKS = (("hh", "mm"), ("hour", "minute"), ("hours", "minutes"))
_TITLES = ("title", "name", "Title", "Name", "summary")
_BESIDE_LIST = {
    "meta",
    "links",
    "jsonapi",
    "pageInfo",
    "totalCount",
    "__typename",
    "data",
    "edges",
    "nodes",
}
_ARRANGED = frozenset(
    (*_TEXT_KEYS, *_WRAPPERS, *(hours for hours, _ in _CLOCKS), "edges", "nodes", "arrayValue", "mapValue",
     "seconds", "_seconds", "relationships")
)  # fmt: skip
"""Keys of wrapper objects: one without any of them is returned as it is."""


class Simplifier:
    """Simplifies the values of one file, and remembers the languages that its texts have."""

    def __init__(self, options: Options) -> None:
        """Take texts in the language of the options, else in English, else in the first one."""
        self._wanted = language_code(options.language)
        self._met: dict[str, None] = {}
        self._taken: dict[str, None] = {}
        self._missed = 0

    @property
    def notes(self) -> list[str]:
        """What the report says of languages: nothing where no text has several."""
        if len(self._met) < 2:
            return []
        hint = "" if self._wanted else "; --language names another"
        notes = [f"texts in {_listed(self._met)}: those in {_listed(self._taken)} are taken{hint}"]
        if self._missed:
            notes.append(
                f"{self._missed} texts are not in {self._wanted}: another language is taken"
            )
        return notes

    def simplify(self, value: Any, depth: int = 0) -> Any:
        """Return the value with plain texts and times, and what wrappers hold in their place.

        What needs no change is no copy.
        """
        if not value or depth > _MAX_DEPTH:
            return value
        if isinstance(value, list):
            items = [
                self.simplify(item, depth + 1) if isinstance(item, (dict, list)) else item
                for item in value
            ]
            return items if any(map(is_not, items, value)) else value
        if not isinstance(value, dict):
            return value
        if is_localised(value):
            return self.simplify(self._in_language(value), depth + 1)
        found = _by_type(value) if "included" in value else value
        changed = {
            key: simple
            for key, item in found.items()
            if isinstance(item, (dict, list))
            and (simple := self.simplify(item, depth + 1)) is not item
        }
        found = {**found, **changed} if changed else found
        return found if _ARRANGED.isdisjoint(found) else _plain(found)

    def _in_language(self, texts: Mapping[str, Any]) -> Any:
        there = {language_code(key): text for key, text in texts.items() if text} or {"": ""}
        self._met |= dict.fromkeys(filter(None, there))
        wanted = self._wanted or "en"
        taken = wanted if wanted in there else next(iter(there))
        self._taken |= dict.fromkeys(filter(None, [taken]))
        self._missed += bool(self._wanted and taken != self._wanted)
        return there[taken]


def is_localised(value: Mapping[str, Any]) -> bool:
    """Return whether an object holds one text for each of some languages: `{"en": ..., "de": ...}`."""
    if not 0 < len(value) <= len(_LANGUAGES) or not all(map(_language, value)):
        return False
    codes = list(map(_language, value))
    if _LANGUAGES.isdisjoint(codes):
        return False
    parts = [item for item in value.values() if item is not None]
    if all(isinstance(item, str) for item in parts):
        return True
    is_whole = all(isinstance(item, dict) for item in parts) or all(
        isinstance(item, list) for item in parts
    )
    return is_whole and "en" in codes


@lru_cache(maxsize=4096)  # objects of one file have the same keys
def _language(key: str) -> str:
    if len(key) > _MAX_CODE:
        return ""
    code, _, region = key.replace("_", "-").partition("-")
    is_code = code in _LANGUAGES or code in _ALSO_WORDS
    return code if is_code and len(region) < 5 else ""


def _plain(value: dict[str, Any]) -> Any:
    """Return what an object of one text, time or list stands for; any other with what its wrapper holds."""
    if len(value) <= 1 + len(_BESIDE_TEXT):
        for key in _TEXT_KEYS:
            if key in value and value.keys() - {key} <= _BESIDE_TEXT:
                return value[key]
    for key in ("data", "edges", "nodes"):
        if (
            isinstance(value.get(key), list) or _is_relation(value.get(key))
        ) and value.keys() <= _BESIDE_LIST:
            return value[key]
    if "arrayValue" in value or "mapValue" in value:  # of Firestore
        return _typed(value)
    if seconds := value.get("seconds", value.get("_seconds")):
        rest = value.keys() - {"seconds", "_seconds", "nanoseconds", "_nanoseconds", "nanos"}
        return value if rest else as_text(seconds)
    for hours, minutes in _CLOCKS:
        if value.keys() == {hours, minutes}:
            return f"{as_text(value[hours])}:{as_text(value[minutes]):0>2}"
    return _unwrapped(value)


def _is_relation(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"id", "type"}


def _typed(value: Mapping[str, Any]) -> Any:
    if "mapValue" in value:
        inner = value["mapValue"]
        return inner.get("fields", inner) if isinstance(inner, dict) else inner
    inner = value["arrayValue"]
    return inner.get("values", []) if isinstance(inner, dict) else inner


def _unwrapped(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object with what its wrapper holds: the id of Airtable's record, the rest of its `fields`."""
    if value.get(_TITLES[0]):
        return _related(value)
    for wrapper in _WRAPPERS:
        inner = value.get(wrapper)
        if isinstance(inner, dict) and any(inner.get(title) for title in _TITLES):
            outer = {
                key: item for key, item in value.items() if key not in (wrapper, "type", "name")
            }
            return _related({**outer, **inner})
    return value


def _related(value: dict[str, Any]) -> dict[str, Any]:
    """Return a resource of JSON:API with its relationships as keys of its own."""
    relations = value.get("relationships")
    if not isinstance(relations, dict):
        return value
    own = {key: item for key, item in value.items() if key != "relationships"}
    return {**{key: item for key, item in relations.items() if item}, **own}


def _by_type(value: dict[str, Any]) -> dict[str, Any]:
    """Return a document of JSON:API with what it includes as one list for each type."""
    included = value.get("included")
    if not isinstance(included, list) or "data" not in value:
        return value
    lists: dict[str, list[Any]] = {}
    for item in included:
        if isinstance(item, dict):
            lists.setdefault(as_text(item.get("type")), []).append(item)
    rest = {key: item for key, item in value.items() if key != "included"}
    return {**rest, **{key: items for key, items in lists.items() if key and key not in rest}}


def _listed(languages: Mapping[str, Any]) -> str:
    return ", ".join(languages)
