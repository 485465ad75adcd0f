"""Rows of loosely named values (a spreadsheet's columns, a JSON object's keys) to Records."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from loaders.records.day_headings import mentions_day
from loaders.records.record import Record
from loaders.records.text import has_email
from loaders.records.times import has_clock, split_range
from service.words import folded

_LIST = re.compile(r"\s*[|;\n、]\s*")
_SLASH = re.compile(r"\s+/\s+")
_AND = re.compile(r"\s+(?:and|und)\s+|\s*&\s*|\s+\+\s+")
_SHORT_AND = re.compile(r"\s+(?:y|et|e)\s+")
_BRACKETS = re.compile(r"\([^()]*\)")
_FORMULA = {"=", "+", "-", "@"}
_DEPTH = 6  # of values inside values
_COMPANY = re.compile(
    r"\b(inc|ltd|llc|gmbh|corp|co|ag|sa|srl|university|universit\w*|universidad|institute|institut\w*|"
    r"foundation|group|labs?|college|ministry|department|company|bank|school|hospital|center|centre|"
    r"phd|mba|msc|bsc|et al|md|dr|jr|sr|ceo|cto|director|manager|engineer|professor)\b",
    re.I,
)


def to_record(
    row: Mapping[Any, Any], columns: Mapping[str, Sequence[Any]], location: str, day: str = ""
) -> Record:
    """Return the Record that a row holds; the first column of a field that has a value counts.

    Start and end may have a column for the day and another for the time; a time that names no day is on `day`.
    """

    def first(field: str) -> str:
        for header in columns.get(field, ()):
            if text := as_text(row.get(header)):
                return text
        return ""

    def joint(field: str) -> str:
        return _together(
            [text for header in columns.get(field, ()) if (text := as_text(row.get(header)))]
        )

    speakers = [
        name for header in columns.get("speakers", ()) for name in as_names(row.get(header))
    ]
    if whole := " ".join(part for part in (first("first_name"), first("last_name")) if part):
        speakers = speakers or [whole]
    date, start = first("date"), joint("start")
    if day and start and not mentions_day(start):
        date = day
    start, end = _times(date, start, joint("end"))
    return Record(
        location=location,
        event=first("event"),
        year=as_year(first("year")),
        source_id=_own_id(first("source_id")),
        title=first("title"),
        abstract=joined(as_text(row.get(header)) for header in columns.get("abstract", ())),
        speakers=speakers,
        track=first("track"),
        level=first("level"),
        kind=first("kind"),
        language=first("language"),
        room=first("room"),
        start=start,
        end=end,
        duration=first("duration"),
        zone=first("zone"),
        url=first("url"),
        tags=[tag for header in columns.get("tags", ()) for tag in as_list(row.get(header))],
        states=[as_text(row.get(header)) for header in columns.get("state", ())],
    )


def _own_id(text: str) -> str:
    """An id as it is, a digest of one that is somebody's e-mail address."""
    if not has_email(text):
        return text
    return (
        "id-" + hashlib.blake2b(folded(text).encode("utf-8", "replace"), digest_size=8).hexdigest()
    )


def as_text(value: Any, depth: int = 0) -> str:
    """Return a value as text: names inside lists and objects, numbers without a needless .0."""
    if value is None or depth > _DEPTH:
        return ""
    if isinstance(value, str):
        text = value.strip()
        if text[:1] == "'" and text[1:2] in _FORMULA:  # how spreadsheets keep such a text a text
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


def shown(value: Any) -> str:
    """Return a row as text for people, not too long and whatever it holds."""
    try:
        return repr(value)[:1000]
    except RecursionError:
        return "(nested too deeply)"


def as_list(value: Any) -> list[str]:
    """Return a list's items, or the parts of a text split at ; | , or line ends."""
    if isinstance(value, (list, tuple)):
        return [text for item in value if (text := as_text(item))]
    return [part for part in re.split(r"\s*[|;,\n]\s*", as_text(value)) if part]


def as_names(value: Any) -> list[str]:
    """Return the people that a list or a text names, without what follows a comma after a name.

    A text is split at | ; 、 line ends, "and" and a slash between two people; at commas only where every part
    looks like a person's name, since a comma also stands in "Name, Company" and "Family, Given". Who stands in
    a list or an object of their own keeps what follows a comma, unless it is a company or a degree.
    """
    if isinstance(value, (list, tuple)):
        return [name for item in value for name in _names_in(_person(item), is_one=True)]
    return list(_names_in(_person(value), is_one=isinstance(value, Mapping)))


@lru_cache(maxsize=8192)
def _names_in(text: str, *, is_one: bool) -> tuple[str, ...]:
    parts = _LIST.split(_BRACKETS.sub("", text))
    names = [
        name
        for part in parts
        for piece in _without_companies(part, is_one=is_one)
        for name in _apart(piece)
    ]
    return tuple(name for name in names if any(sign.isalnum() for sign in name))


def _without_companies(text: str, *, is_one: bool) -> list[str]:
    """The names in a text with commas: all of it, every other part of it, or the first alone."""
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    people = [_is_person(piece) for piece in pieces]
    if len(pieces) == 1 and not is_one:  # a slash in a name of its own parts it from a nickname
        parts = _SLASH.split(pieces[0])
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
    found = as_names(tail) if sign else []
    return head if found and all(folded(name) in names for name in found) else title


_LEADING_AND = re.compile(r"^(?:and|und|y|et|e|&)\s+", re.I)


def _person(value: Any) -> str:
    """The name of a person who is given as a text or as an object."""
    if not isinstance(value, Mapping):
        return as_text(value)
    for key in ("fullName", "full_name", "public_name", "full_public_name", "name"):
        if text := as_text(value.get(key)):
            return text
    keys = (("firstName", "first_name"), ("lastName", "last_name"))
    parts = [as_text(value.get(a)) or as_text(value.get(b)) for a, b in keys]
    return " ".join(part for part in parts if part) or as_text(value)


def _apart(text: str) -> list[str]:
    """The names on either side of an "and"; of a short one, which names may hold, only if both are whole."""
    names = []
    for part in _AND.split(text):
        pieces = _SHORT_AND.split(part)
        names.extend(pieces if all(len(piece.split()) > 1 for piece in pieces) else [part])
    return [name.strip() for name in names if name.strip()]


def _is_person(text: str) -> bool:
    words = _LEADING_AND.sub("", text).split()
    return 2 <= len(words) <= 9 and not _COMPANY.search(text) and not any(c.isdigit() for c in text)


def as_year(text: str) -> int | None:
    """Return the year that a text is, None if it is none."""
    match = re.fullmatch(r"((?:19|2[01])\d\d)(?:\.0+)?", text)
    return int(match[1]) if match else None


def joined(texts: Iterable[str]) -> str:
    """Return the texts one after the other, a text that another already holds left out."""
    parts: list[str] = []
    for text in texts:
        if text and not any(text in part for part in parts):
            parts = [part for part in parts if part not in text] + [text]
    return "\n\n".join(parts)


def _times(date: str, start: str, end: str) -> tuple[str, str]:
    """Start and end with their date: from columns of their own, or from a range in one of them."""
    if start:
        start, until = split_range(start)
    else:
        date, until = split_range(date)
    end = end or until
    return _with_date(date, start), _with_date(date, end) if end else ""


def _together(texts: Sequence[str]) -> str:
    """The first text, and with it the day or the time that it lacks and a later one has."""
    if not texts:
        return ""
    first, *others = texts
    if _CLOCK.match(first):
        return _with_date(next(filter(_HAS_DATE.search, others), ""), first)
    clock = "" if has_clock(_MIDNIGHT.sub("", first)) else next(filter(_CLOCK.match, others), "")
    return _with_date(first, clock) if clock else first


_CLOCK = re.compile(
    r"(?:\d{1,2}[:.h]\d\d(?![.\d])|\d{1,2}:\d\d|\d{1,2}\s?(?:[ap]\.?m|uhr|h)\b|0?\.\d)", re.I
)
_MIDNIGHT = re.compile(r"[T ]00:00(:00)?$")
_ANY_CLOCK = re.compile(r"[T ]\d{1,2}:\d\d(:\d\d)?$")
_HAS_DATE = re.compile(r"(?<![.\d])\d{4}(?!\d)|\d[./]\d{1,2}[./](?!00\b)\d|^\d{5}(?:\.|$)|^\d{10}")


def _with_date(date: str, time: str) -> str:
    if date and re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", time):
        time = f"{time[:2]}:{time[2:]}"
    if not date or _HAS_DATE.search(time):
        return time
    date = (_ANY_CLOCK if time else _MIDNIGHT).sub(
        "", date
    )  # midnight is how spreadsheets end a day
    return f"{date} {time}".strip()
