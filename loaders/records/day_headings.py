"""Day headings, which date the rows below them: "Day 2", "Tuesday, 12 May 2026", "13 May - Talks"."""

import re
from collections.abc import Iterator
from functools import lru_cache

from loaders.records import times
from loaders.records.clocks import has_clock, starts_with_clock
from loaders.records.time_words import ENGLISH_WEEKDAY, WEEKDAY_OR_MONTH, to_english

_DATE_LIKE = re.compile(
    r"\d{4}-\d\d-\d\d|\b(?:[^\W\d_]{2,10}[.,]*\s+)?\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?\.?\s+(?:de\s+)?[^\W\d_]{3,10}\.?(?:\s+(?:de\s+)?\d{4})?\b"
    r"|\b[^\W\d_]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?\b(?:,?\s+\d{4})?"
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|[º°ª])(?!\w)", re.I)
_DAY_WORD = r"(?:day|tag|jour|d[ií]a|giorno|dag)"
_NUMBERED = re.compile(
    rf"{_DAY_WORD}\s?\d{{1,2}}\s*(?:$|[:(|,.–—-]\s*|(?=\d)|(?=[^\W\d_]+\.?\s\d))", re.I
)
_DAY_LIKE = re.compile(rf"\b{_DAY_WORD}\b|\d{{1,2}}[./]\d{{1,2}}\b|\d{{4}}-\d\d-\d\d", re.I)
_DOTTED_CLOCK = re.compile(r"(?<![\d.])\d{1,2}\.[0-5]\d(?![.\d])")
_LABEL = re.compile(r"\s+[-–—|]\s+|\s*[:(|]|,\s*(?=\d{1,2}[:.]\d\d)")
_EDGES = re.compile(r"^[^\w(]+|[^\w.]+$")
_HAS_MONTH = re.compile(r"[^\W\d_]|\d[./-]\d")
_MAX_HEADING = 60
_MAX_SEARCHED = 200
_ANY_YEAR = 2000


def parse_day_heading(text: str, *, is_title: bool = False) -> str | None:
    """Return the date of a day heading, as it is written; None if the text is no day heading.

    The date is empty where the heading has only a number or a weekday ("Day 2", "Tuesday"). In a column of
    titles (`is_title`), text may follow a date but not a weekday.
    """
    return None if len(text) > _MAX_HEADING else _parse_short(text, is_title)


@lru_cache(maxsize=1024)
def _parse_short(text: str, is_title: bool) -> str | None:
    text = _EDGES.sub("", text)
    numbered = _NUMBERED.match(text)
    rest = text[numbered.end() :] if numbered else text
    head, *labels = _LABEL.split(rest)
    if date := as_date(rest) or as_date(head) or (numbered and labels and as_date(labels[-1])):
        return date
    weekday = ENGLISH_WEEKDAY.fullmatch(to_english(rest if is_title else head).strip(" .,"))
    return "" if numbered or weekday else None


def as_date(text: str) -> str:
    """Return a text that is only a date, without ordinal suffixes (12th, 1er); any other gives an empty one."""
    date = _ORDINAL.sub("", text).strip(" ,()")
    if len(date) > _MAX_HEADING or not _HAS_MONTH.search(date):
        return ""
    if has_clock(date):
        return ""
    try:
        return date if times.parse_datetime(date, "dmy", _ANY_YEAR) else ""
    except ValueError:
        return ""


def is_not_a_date(text: str) -> bool:
    """Return whether a cell in a column of dates holds none: "Tuesday", "Day 2", "TBA"."""
    return bool(text) and (not any(map(str.isdigit, text)) or parse_day_heading(text) == "")


def mentions_day(text: str) -> bool:
    """Return whether a text contains a weekday, a month or a day."""
    text = text[:_MAX_HEADING]
    if starts_with_clock(text):
        text = _DOTTED_CLOCK.sub("", text)
    return bool(_DAY_LIKE.search(text) or WEEKDAY_OR_MONTH.search(to_english(text)))


def find_date(text: str, year: int | None, order: str) -> str:
    """Return the first date in a text, as YYYY-MM-DD; empty if there is none.

    Raises AmbiguousDate if its numbers could be day/month or month/day.
    """
    for found in _date_candidates(text[:_MAX_SEARCHED]):
        try:
            moment = times.parse_datetime(found, order, year)
        except times.AmbiguousDate:
            raise
        except ValueError:
            continue
        if moment:
            return moment.date().isoformat()
    return ""


def _date_candidates(text: str) -> Iterator[str]:
    """Yield each part of a text that looks like a date; parts may overlap."""
    position = 0
    while match := _DATE_LIKE.search(text, position):
        yield _ORDINAL.sub("", match[0])
        position = match.start() + 1
