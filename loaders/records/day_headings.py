"""Lines that say which day the rows below them are of: "Day 2", "Tuesday, 12 May 2026", "13 May - Talks"."""

import re
from collections.abc import Iterator

from loaders.records import times
from loaders.records.clocks import has_clock
from loaders.records.time_words import NAMED_DAY, WEEKDAY, in_english

_DAY = re.compile(
    r"\d{4}-\d\d-\d\d|\b(?:[^\W\d_]{2,10}[.,]*\s+)?\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?\.?\s+(?:de\s+)?[^\W\d_]{3,10}\.?(?:\s+(?:de\s+)?\d{4})?\b"
    r"|\b[^\W\d_]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?\b(?:,?\s+\d{4})?"
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|[º°ª])(?!\w)", re.I)
_DAY_WORD = r"(?:day|tag|jour|d[ií]a|giorno|dag)"
_NUMBERED = re.compile(
    rf"{_DAY_WORD}\s?\d{{1,2}}\s*(?:$|[:(|,.–—-]\s*|(?=\d)|(?=[^\W\d_]+\.?\s\d))", re.I
)
_SAYS_DAY = re.compile(rf"\b{_DAY_WORD}\b|\d{{1,2}}[./]\d{{1,2}}\b|\d{{4}}-\d\d-\d\d", re.I)
_LABEL = re.compile(r"\s+[-–—|]\s+|\s*[:(|]|,\s*(?=\d{1,2}[:.]\d\d)")
_EDGES = re.compile(r"^[^\w(]+|[^\w.]+$")
_WRITTEN = re.compile(r"[^\W\d_]|\d[./-]\d")
_LONGEST = 60
_LOOKED_AT = 200
_SOME_YEAR = 2000


def read_day_line(text: str, *, is_title: bool = False) -> str | None:
    """Return the date that a line gives to the rows below it, as it is written; None if it is no such line.

    It is empty where only a number or a weekday tells that another day begins. What could be a title as well
    (`is_title`) may follow a date, not a weekday.
    """
    if len(text) > _LONGEST:
        return None
    text = _EDGES.sub("", text)
    numbered = _NUMBERED.match(text)
    rest = text[numbered.end() :] if numbered else text
    head, *labels = _LABEL.split(rest)
    if date := as_date(rest) or as_date(head) or (numbered and labels and as_date(labels[-1])):
        return date
    weekday = WEEKDAY.fullmatch(in_english(rest if is_title else head).strip(" .,"))
    return "" if numbered or weekday else None


def as_date(text: str) -> str:
    """Return a text that is a date and nothing else, without what makes its numbers ordinals; else empty."""
    date = _ORDINAL.sub("", text).strip(" ,()")
    if len(date) > _LONGEST or not _WRITTEN.search(date):
        return ""
    if has_clock(date):
        return ""
    try:
        return date if times.parse_moment(date, "dmy", _SOME_YEAR) else ""
    except ValueError:
        return ""


def is_no_date(text: str) -> bool:
    """Return whether what stands in a column of dates is none: "Tuesday", "Day 2", "TBA"."""
    return bool(text) and (not any(map(str.isdigit, text)) or read_day_line(text) == "")


def mentions_day(text: str) -> bool:
    """Return whether a text names a weekday, a month or a day, whatever else it says."""
    text = text[:_LONGEST]
    return bool(_SAYS_DAY.search(text) or NAMED_DAY.search(in_english(text)))


def day_in(text: str, year: int | None, order: str) -> str:
    """Return the date that a line names, as YYYY-MM-DD; empty if it names none.

    Raises AmbiguousDate if its day and month could be either way round.
    """
    for found in _dates(text[:_LOOKED_AT]):
        try:
            moment = times.parse_moment(found, order, year)
        except times.AmbiguousDate:
            raise
        except ValueError:
            continue
        if moment:
            return moment.date().isoformat()
    return ""


def _dates(text: str) -> Iterator[str]:
    """What looks like a date, each place of a line tried."""
    position = 0
    while match := _DAY.search(text, position):
        yield _ORDINAL.sub("", match[0])
        position = match.start() + 1
