"""Speakers' names from lists, objects and texts."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from loaders.records.values import as_text, decoded
from service.words import folded

_LIST = re.compile(r"[|;\n、]")
_AND = re.compile(r" (?:and|und) | ?& ?| \+ ")
_SHORT_AND = re.compile(r" (?:y|et|e) ")
_BRACKETS = re.compile(r"\([^()]*\)")
_LEADING_AND = re.compile(r"^(?:and|und|y|et|e|&)\s+", re.I)
_COMPANY = re.compile(
    r"\b(inc|ltd|llc|gmbh|corp|co|ag|sa|srl|university|universit\w*|universidad|institute|institut\w*|"
    r"foundation|group|labs?|college|ministry|department|company|bank|school|hospital|center|centre|"
    r"phd|mba|msc|bsc|et al|md|dr|jr|sr|ceo|cto|director|manager|engineer|professor)\b",
    re.I,
)


def speaker_names(value: Any) -> list[str]:
    """Return the people that a list or a text names, without what follows a comma after a name.

    A text is split at | ; 、 line ends, "and" and a slash between two people; at commas only where every part
    looks like a person's name, since a comma may also be that of "Name, Company" or "Family, Given". An item of
    a list, or an object, is one person, who keeps what follows a comma unless it is a company or a degree.
    """
    if isinstance(value, (list, tuple)):
        return [name for item in value for name in _names_in(_person(item), is_one=True)]
    return list(_names_in(_person(value), is_one=isinstance(value, Mapping)))


@lru_cache(maxsize=8192)
def _names_in(text: str, *, is_one: bool) -> tuple[str, ...]:
    parts = (" ".join(part.split()) for part in _LIST.split(_BRACKETS.sub("", decoded(text))))
    names = [
        name
        for part in parts
        for piece in _without_companies(part, is_one=is_one)
        for name in _apart(piece)
    ]
    return tuple(name for name in names if any(character.isalnum() for character in name))


def _without_companies(text: str, *, is_one: bool) -> list[str]:
    """Return the names in a text with commas: every part, every other part, or only the first."""
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    people = [_is_person(piece) for piece in pieces]
    if len(pieces) == 1 and not is_one:  # in a name of its own, a slash precedes a nickname
        parts = pieces[0].split(" / ")
        return parts if all(map(_is_person, parts)) else pieces
    if len(pieces) < 2:
        return pieces
    if all(people):
        return [_LEADING_AND.sub("", piece) for piece in pieces]
    if len(pieces) > 3 and people == [True, False] * (len(pieces) // 2):
        return pieces[::2]
    if not _COMPANY.search(text) and (is_one or [len(piece.split()) for piece in pieces] == [1, 1]):
        return [", ".join(pieces)]  # "Doe, Jane"
    return pieces[:1]


def without_speakers(title: str, speakers: Sequence[str]) -> str:
    """Return a title without the names that some exports repeat after it: "Title - Jane Doe, Joe Roe"."""
    head, sign, tail = title.rpartition(" - ")
    names = {folded(name) for name in speakers}
    found = speaker_names(tail) if sign else []
    return head if found and all(folded(name) in names for name in found) else title


def _person(value: Any) -> str:
    """Return the name of a person given as a text or an object."""
    if not isinstance(value, Mapping):
        return as_text(value)
    for key in ("fullName", "full_name", "public_name", "full_public_name", "name"):
        if text := as_text(value.get(key)):
            return text
    keys = (("firstName", "first_name"), ("lastName", "last_name"))
    parts = [as_text(value.get(a)) or as_text(value.get(b)) for a, b in keys]
    return " ".join(part for part in parts if part) or as_text(value)


def _apart(text: str) -> list[str]:
    """Return the names on either side of an "and"; of "y", "et" and "e" only if both are full names."""
    names = []
    for part in _AND.split(text):
        pieces = _SHORT_AND.split(part)
        names.extend(pieces if all(len(piece.split()) > 1 for piece in pieces) else [part])
    return [name.strip() for name in names if name.strip()]


def _is_person(text: str) -> bool:
    words = _LEADING_AND.sub("", text).split()
    return 2 <= len(words) <= 9 and not _COMPANY.search(text) and not any(c.isdigit() for c in text)
