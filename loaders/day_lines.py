"""Lines that say which day the rows below them are of: "Day 2", "Tuesday, 12 May 2026"."""

import re
from collections.abc import Collection, Iterator, Sequence

from loaders import times
from loaders.time_words import WEEKDAY, in_english
from service.words import folded

_DAY = re.compile(
    r"\d{4}-\d\d-\d\d|\b(?:[^\W\d_]{2,10}[.,]*\s+)?\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?\.?\s+(?:de\s+)?[^\W\d_]{3,10}\.?(?:\s+(?:de\s+)?\d{4})?\b"
    r"|\b[^\W\d_]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?\b(?:,?\s+\d{4})?"
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_NUMBERED = re.compile(r"(?:day|tag|jour|dia|giorno|dag)\s?\d{1,2}\b")
_WRITTEN = re.compile(r"[^\W\d_]|\d[./-]\d")
_SOME_YEAR = 2000


def read_day_line(
    cells: Sequence[str], titles: Collection[int], year: int | None, order: str
) -> str | None:
    """Return the date that a row of one cell gives to those below, empty if none is told; None for other rows.

    `titles` are the columns of titles: a text there is a session's unless it says nothing but a day.
    """
    filled = [position for position, cell in enumerate(cells) if cell.strip()]
    if len(filled) != 1 or times.has_clock(text := cells[filled[0]].strip()):
        return None
    day = day_in(text, year, order)
    return day if names_day(text) or (day and filled[0] not in titles) else None


def day_in(text: str, year: int | None, order: str) -> str:
    """Return the date that a line names, as YYYY-MM-DD; empty if it names none.

    Raises AmbiguousDate if its day and month could be either way round.
    """
    for found in _dates(text):
        try:
            moment = times.parse_moment(found, order, year)
        except times.AmbiguousDate:
            raise
        except ValueError:
            continue
        if moment:
            return moment.date().isoformat()
    return ""


def names_day(text: str) -> bool:
    """Return whether a text says nothing but a day, by its number, its weekday or its date."""
    if _NUMBERED.match(folded(text)) or WEEKDAY.fullmatch(in_english(text).strip(" .,:")):
        return True
    date = _ORDINAL.sub("", text)
    if not _WRITTEN.search(date):
        return False
    try:
        return times.parse_moment(date, "dmy", _SOME_YEAR) is not None
    except ValueError:
        return False


def _dates(text: str) -> Iterator[str]:
    """What looks like a date, each place of a line tried."""
    position = 0
    while match := _DAY.search(text, position):
        yield _ORDINAL.sub("", match[0])
        position = match.start() + 1
