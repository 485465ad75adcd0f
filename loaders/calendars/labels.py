"""Labelled lines in event descriptions: "Speaker: Jane Doe", "Track: Rigging", "Room: Quay"."""

import re
from collections.abc import Iterator
from functools import lru_cache

from loaders.calendars.people import is_full_name
from loaders.records.speakers import speaker_names
from loaders.records.text import is_placeholder, plain_line
from loaders.tables.columns import field_of, header_key

FIELDS = ("speakers", "track", "room", "level", "kind", "language")
_LABEL = re.compile(r"^[\s*_•–-]*([^:\n]{2,30}?)[*_\s]*:[*_\s]*(.*)$")
_SEPARATORS = re.compile(
    r"(\r?\n|<br\s*/?>|</?p\b[^>]*>|</?div\b[^>]*>|</?[uo]l\b[^>]*>|</?li\b[^>]*>)", re.I
)
_TAG = re.compile(r"<[^<>]{1,200}>")
_BULLET = re.compile(r"^[\s*•·–-]+")
_MAX_VALUE = 80
_MAX_NAMES = 400
_MAX_LISTED = 12
_ENDS_SENTENCE = re.compile(r"[.!?]$")
_VAGUE = {  # words that begin a line of prose as well
    "area", "art", "audience", "from", "hall", "local", "name", "names", "people", "person", "persons", "place",
    "publico", "stage", "submission", "tema", "text", "theme", "thema", "tipo", "topic", "topico", "type",
    "where",
}  # fmt: skip

Labels = dict[str, str]


def take_labels(description: str) -> tuple[str, Labels]:
    """Return a description without the lines that are fields, and the value of each field.

    Names may follow "Speakers:" on lines of their own. A line whose value is a sentence stays.
    """
    if ":" not in description:
        return description, {}
    pieces = _SEPARATORS.split(description)
    found: Labels = {}
    taken: set[int] = set()
    lines = range(0, len(pieces), 2)  # separators stand between them
    for number in lines:
        label = _LABEL.match(_TAG.sub("", pieces[number]))
        field = _field(label[1].strip()) if label else ""
        if not label or not field or field in found or number in taken:
            continue
        value = label[2].strip()
        listed = [] if value or field != "speakers" else list(_names_below(pieces, number))
        if listed:
            found[field] = "; ".join(
                pieces[below].strip() and _plain(pieces[below]) for below in listed
            )
        elif value and _is_value(field, value):
            found[field] = "" if is_placeholder(value) else plain_line(value)
        else:
            continue
        taken.update((number, *listed))
    if not taken:
        return description, {}
    kept = ["" if number in taken else piece for number, piece in enumerate(pieces)]
    return "".join(kept).strip(), {field: value for field, value in found.items() if value}


@lru_cache(maxsize=4096)
def _field(label: str) -> str:
    field = field_of(label)
    return field if field in FIELDS and header_key(label) not in _VAGUE else ""


def _is_value(field: str, value: str) -> bool:
    if is_placeholder(value):
        return True
    if field == "speakers":
        names = speaker_names(value) if len(value) <= _MAX_NAMES else []
        return bool(names) and all(len(name.split()) <= 5 for name in names)
    return len(value) <= _MAX_VALUE and not _ENDS_SENTENCE.search(value)


def _names_below(pieces: list[str], number: int) -> Iterator[int]:
    """Yield the numbers of the lines below a label that hold a name each."""
    is_first = True
    for below in range(number + 2, min(number + 2 + 2 * _MAX_LISTED, len(pieces)), 2):
        text = _plain(pieces[below])
        if not text and is_first:
            continue
        names = speaker_names(text)
        if len(names) != 1 or not is_full_name(names[0]):
            return
        is_first = False
        yield below


def _plain(line: str) -> str:
    return _BULLET.sub("", _TAG.sub("", line)).strip()
