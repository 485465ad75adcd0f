"""Speakers' names from lists, objects and texts."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from loaders.records.affiliations import (
    is_acronym,
    is_degree,
    is_employer,
    is_office,
    without_titles,
)
from loaders.records.text import has_email
from loaders.records.values import as_text, decoded, unprinted
from service.words import folded

MAX_NAME = 300
"""Characters: a longer part of a text is no name, and could take long to look at."""
_MAX_TEXT = 500_000  # characters: the names after it are left out
_MAX_CACHED = 1_000

_LIST = re.compile(r"[|;\n、]")
_AND = re.compile(r" (?:and|und) | ?& ?| \+ ")
_SHORT_AND = re.compile(r" (?:y|et|e|en|og|och) ")
_BRACKETS = re.compile(r"\([^()]*\)")
_LEADING_AND = re.compile(r"^(?:and|und|y|et|e|&)\s+", re.I)
_AND_OTHERS = re.compile(
    r"(?:et\.? al|u\. ?a|etc|others|and others|and more|usw|y otros|et autres)\.?", re.I
)
_MARKS = re.compile(r"^[\s*†‡§¶]+|[\s*†‡§¶^⁰¹²³⁴-⁹]+$")
_FOOTNOTE = re.compile(r"(?<=[^\W\d_]{2})\d{1,2}$")  # Jane Doe1
_NICKNAME = re.compile(r"@\w[\w.-]*|[a-z][a-z0-9_.-]*|\w*[\d_]\w*")
_INITIAL = re.compile(r".*\b\w\.?")
_PARTICLES = {
    "van", "der", "den", "de", "la", "von", "zu", "di", "da", "del", "della", "dos", "do", "ten", "ter", "le",
    "el", "al", "bin", "ibn",
}  # fmt: skip

_KEY_WORD = re.compile(r"[A-Z]?[^\W_A-Z]+|[A-Z]+")
_WHOLE = (
    "full name", "fullname", "full public name", "public name", "publicname", "display name", "displayname",
    "preferred name", "name", "speaker name", "author name", "speaker", "author", "label",
)  # fmt: skip
_GIVEN = (
    "first name",
    "firstname",
    "first",
    "given name",
    "givenname",
    "given",
    "given names",
    "forename",
)
_FAMILY = ("last name", "lastname", "last", "family name", "familyname", "family", "surname")
_PARTS = frozenset((*_GIVEN, *_FAMILY))
_NESTED = ("person", "user", "profile", "speaker", "author", "attributes", "fields", "node", "data")
_NO_NAME = re.compile(
    r"\b(?:id|uuid|guid|code|e ?mail|mail|affiliation|institution|organi[sz]ation|company|employer|title|role|"
    r"bio|biography|position|job|country|city|phone|url|link|website|avatar|image|photo|picture|type|hash|slug|"
    r"orcid|order|twitter|github|linkedin|pronouns)\b"
)


def speaker_names(value: Any) -> list[str]:
    """Return the people that a list or a text names, without what follows a comma after a name.

    A text is split at | ; 、 line ends, "and" and a slash between two people; at commas where the parts look
    like names, since a comma may also be that of "Name, Company" or "Family, Given", which becomes "Given
    Family". An item of a list, or an object, is one person, who keeps what follows a comma unless it is a
    company or a degree.
    """
    if isinstance(value, str):
        value = unprinted(value)
    if isinstance(value, (list, tuple)):
        return [name for item in value for name in _names_in(_person(item), is_one=True)]
    return list(_names_in(_person(value), is_one=isinstance(value, Mapping)))


def _names_in(text: str, *, is_one: bool) -> tuple[str, ...]:
    names = _cached_names if len(text) < _MAX_CACHED else _split_names
    return names(text[:_MAX_TEXT], is_one)


def _split_names(text: str, is_one: bool) -> tuple[str, ...]:
    parts = [" ".join(part.split()) for part in _LIST.split(_BRACKETS.sub("", decoded(text)))]
    filled = [part for part in parts if part]
    if len(filled) > 1 and all(part.count(",") == 1 and part[-1] != "," for part in filled):
        # A semicolon stands between people, so that a comma does not.
        filled = [_alone(part) for part in filled]
    names = [
        _without_marks(name)
        for part in filled
        for piece in _people_in(part, is_one=is_one)
        for name in _apart(piece)
    ]
    return tuple(
        name for name in names if any(map(str.isalnum, name)) and not _AND_OTHERS.fullmatch(name)
    )


_cached_names = lru_cache(maxsize=8192)(_split_names)


def _alone(text: str) -> str:
    """Return the only person of a text with one comma: before it a name, or "Family, Given"."""
    name, _, rest = (part.strip() for part in text.partition(","))
    return text if _is_family(name) and not _is_other(rest) else name


def _people_in(text: str, *, is_one: bool) -> list[str]:
    """Return the names in a text with commas, without employers, offices and degrees."""
    pieces = [
        piece for part in text.split(",") if (piece := _without_marks(part.strip()[:MAX_NAME]))
    ]
    if len(pieces) == 1 and not is_one:  # in a name of its own, a slash precedes a nickname
        parts = pieces[0].split(" / ")
        return parts if all(map(_is_person, parts)) else pieces
    if len(pieces) < 2:
        return pieces
    pieces = [it for it in pieces if any(map(str.isalpha, it)) and not is_degree(it)] or pieces[:1]
    if len(pieces) < 2:
        return pieces
    pieces = [_LEADING_AND.sub("", piece) for piece in pieces]
    if sum(_FOOTNOTE.search(piece) is not None for piece in pieces) > 1:
        pieces = [_FOOTNOTE.sub("", piece) for piece in pieces]
    people = [_is_person(piece) for piece in pieces]
    if all(people):
        return pieces
    if len(pieces) > 3 and people == [True, False] * (len(pieces) // 2):
        return pieces[::2]
    others = [_is_other(it) or (is_acronym(it) and not text.isupper()) for it in pieces]
    if any(others[1:]):
        return _without_others(pieces, others.index(True, 1))
    return _people_of_few_words(pieces, people, is_one=is_one)


def _without_others(pieces: list[str], other: int) -> list[str]:
    """Return the people among pieces of which some are employers or offices, the first one at `other`."""
    if other == 2 and _is_family(pieces[0]) and len(pieces[1].split()) == 1:
        return [_given_first(*pieces[:2])]
    return pieces[:1] + [
        piece for before, piece in pairwise(pieces) if _is_person(piece) and not is_office(before)
    ]


def _people_of_few_words(pieces: list[str], people: list[bool], *, is_one: bool) -> list[str]:
    """Return the people among pieces that may be employers, given names, or names of one word."""
    first, *others = pieces
    if len(pieces) == 2:
        (other,) = others
        nicknames = [_NICKNAME.fullmatch(piece) for piece in pieces]
        is_given = is_one or not people[1] or _INITIAL.fullmatch(other)
        if any(nicknames) and not is_one:
            return pieces
        if _is_family(first) and is_given and len(other.split()) < 4:
            return [_given_first(first, other)]
        if is_one:
            return [", ".join(pieces)]
        return pieces if people[1] else pieces[:1]
    if not any(people) and len(pieces) % 2 == 0 and all(map(_is_family, pieces)):
        return [_given_first(*pair) for pair in zip(pieces[::2], pieces[1::2], strict=True)]
    return pieces if not any(people) or 2 * sum(people) > len(people) else pieces[:1]


def _is_family(text: str) -> bool:
    """Return whether a text may be a family name: one word, or one after particles ("van der Berg")."""
    *particles, last = text.split() or [""]
    return all(word.lower() in _PARTICLES for word in particles) and last[:1].isalpha()


def _given_first(family: str, given: str) -> str:
    return f"{given} {family}"


def _without_marks(text: str) -> str:
    """Return a name without the signs of footnotes: "Jane Doe *", "Joe Roe²"."""
    if text[:1].isalpha() and text[-1:].isalpha():
        return text  # as most names
    return _MARKS.sub("", text)


def _is_other(text: str) -> bool:
    """Return whether a text after a comma is an employer or an office, and no person."""
    bare = without_titles(text)
    return is_employer(bare) or is_office(bare)


def without_speakers(title: str, speakers: Sequence[str]) -> str:
    """Return a title without the names that some exports repeat after it: "Title - Jane Doe, Joe Roe"."""
    head, sign, tail = title.rpartition(" - ")
    names = {folded(name) for name in speakers}
    found = speaker_names(tail) if sign else []
    return head if found and all(folded(name) in names for name in found) else title


def _person(value: Any) -> str:
    """Return the name of a person given as a text or an object; empty if an object holds none."""
    if not isinstance(value, Mapping):
        return as_text(value)
    found = {
        _key(str(key)): _in_order(item) if isinstance(item, list) else item
        for key, item in value.items()
    }
    names = ["", ""]
    if not _PARTS.isdisjoint(found):
        names = [_first_text(found, keys) for keys in (_GIVEN, _FAMILY)]
    whole = _first_text(found, _WHOLE)
    if all(names) and (not whole or "," in whole):
        return " ".join(names)
    if whole := whole or " ".join(name for name in names if name):
        return whole
    nested = next((found[key] for key in _NESTED if isinstance(found.get(key), Mapping)), None)
    return _person(nested) if nested is not None else _any_name(found)


def _in_order(name: list[Any]) -> Any:
    """Return KonOpas' parts of a name (given, family, prefix, suffix) as one; any other list as it is."""
    if not 1 < len(name) <= 4 or not all(isinstance(it, str) for it in name):
        return name
    given, family, prefix, suffix = (*name, "", "")[:4]
    return " ".join(" ".join((prefix, given, family, suffix)).split())


@lru_cache(maxsize=1024)
def _key(key: str) -> str:
    """Return an object's key as words in lower case: "first name" for firstName and first_name."""
    return " ".join(_KEY_WORD.findall(key)).lower()


def _first_text(value: Mapping[str, Any], keys: Sequence[str]) -> str:
    for key in keys:
        if key in value and (text := as_text(value[key])):
            return text
    return ""


def _any_name(value: Mapping[str, Any]) -> str:
    """Return the first text of an object that may be a name; none is an id, an address or an affiliation."""
    texts = (as_text(item) for key, item in value.items() if not _NO_NAME.search(key))
    return next((text for text in texts if text and not has_email(text) and "://" not in text), "")


def _apart(text: str) -> list[str]:
    """Return the names on either side of an "and"; of "y", "et" and the like only if both are full names."""
    names = []
    for part in _AND.split(text):
        pieces = _SHORT_AND.split(part)
        names.extend(pieces if all(len(piece.split()) > 1 for piece in pieces) else [part])
    return [name.strip() for name in names if name.strip()]


def _is_person(text: str) -> bool:
    words = without_titles(_LEADING_AND.sub("", text)).split()
    return 2 <= len(words) <= 9 and not _is_other(text) and not any(c.isdigit() for c in text)
