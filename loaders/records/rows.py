"""Rows of loosely named values (a spreadsheet's columns, a JSON object's keys) to Records."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from loaders.records.clocks import has_clock, split_range, starts_with_clock
from loaders.records.day_headings import mentions_day, parse_day_heading
from loaders.records.links import list_links
from loaders.records.record import LinkText, Record
from loaders.records.speakers import speaker_names
from loaders.records.states import is_said
from loaders.records.text import has_email
from loaders.records.values import as_list, as_text, as_year, join_paragraphs, unprinted
from service.words import folded

_WITHDRAWN = "withdrawn or hidden"
_MIDNIGHT = re.compile(r"[T ]00:00(:00)?$")
_HOUR = re.compile(r"[01]?\d|2[0-4]")
_TRAILING_CLOCK = re.compile(r"[T ]\d{1,2}:\d\d(:\d\d)?$")
_DIGITS_ONLY_CLOCK = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_DIGITS_ONLY_RANGE = re.compile(
    r"^([01]\d|2[0-3])([0-5]\d)\s*[-–—]\s*([01]\d|2[0-3])([0-5]\d)(?:\s?hrs?)?$"
)
_HAS_DATE = re.compile(r"(?<![.\d])\d{4}(?!\d)|\d[./]\d{1,2}[./](?!00\b)\d|^\d{5}(?:\.|$)|^\d{10}")


def to_record(
    row: Mapping[Any, Any], columns: Mapping[str, Sequence[Any]], location: str, day: str = ""
) -> Record:
    """Return the Record of a row; of several columns of a field, the first that has a value counts.

    Start and end may have one column for the date and one for the time; a time without a date is on `day`.
    """

    def texts(field: str) -> list[str]:
        return [text for header in columns.get(field, ()) if (text := as_text(row.get(header)))]

    def first(field: str) -> str:
        for header in columns.get(field, ()):
            if text := as_text(row.get(header)):
                return text
        return ""

    def listed(field: str, split: Callable[[Any], list[str]]) -> list[str]:
        return [text for header in columns.get(field, ()) for text in split(row.get(header))]

    def label(field: str) -> str:
        text = first(field)
        value = unprinted(text) if text else text
        return text if value is text else as_text(value)

    date = _without_number(first("date"))
    start = _date_and_clock(texts("start")) or _clock(first("start_hour"), first("start_minute"))
    end = _date_and_clock(texts("end")) or _clock(first("end_hour"), first("end_minute"))
    if day and start and not mentions_day(start):
        date = day
    start, end = _start_and_end(date, start, end)
    return Record(
        location=location,
        event=first("event"),
        year=as_year(first("year")),
        source_id=_without_email(first("source_id")),
        title=first("title"),
        abstract=join_paragraphs(texts("abstract")),
        speakers=[
            *(listed("speakers", speaker_names) or _names_of_parts(row, columns)),
            *listed("co_speakers", speaker_names),
        ],
        track=label("track"),
        level=label("level"),
        kind=label("kind"),
        language=label("language"),
        room=label("room"),
        start=start,
        end=end,
        duration=first("duration"),
        zone=first("zone"),
        url=first("url"),
        links=_links(row, columns),
        tags=listed("tags", as_list),
        states=[*texts("state"), *(_WITHDRAWN for it in texts("withdrawn") if is_said(it))],
        cancelled=any(map(is_said, texts("cancelled"))),
    )


def _without_number(date: str) -> str:
    """Return the date of a day that has a number too: "Day 2 - May 13"; any other text as it is."""
    return (parse_day_heading(date) or date) if date[:1].isalpha() else date


def _names_of_parts(row: Mapping[Any, Any], columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """Return the names whose first and last parts have columns: a pair for each person, or one for all."""
    given, family = (
        [as_text(row.get(header)) for header in columns.get(field, ())]
        for field in ("first_name", "last_name")
    )
    if len(given) != len(family):
        given, family = ([next(filter(None, texts), "")] for texts in (given, family))
    names = (" ".join(filter(None, pair)) for pair in zip(given, family, strict=True))
    return [name for name in names if name]


def _links(row: Mapping[Any, Any], columns: Mapping[str, Sequence[Any]]) -> list[LinkText]:
    """Return the links of columns of any, of slides, of recordings; cells without an address have none."""
    kinds = {"links": "", "slides": "slides", "recording": "recording"}
    return [
        link
        for field, kind in kinds.items()
        for header in columns.get(field, ())
        for link in list_links(row.get(header), kind)
    ]


def _without_email(source_id: str) -> str:
    """Return a source id as it is, or a digest of one that is an e-mail address."""
    if not has_email(source_id):
        return source_id
    key = folded(source_id).encode("utf-8", "replace")
    return "id-" + hashlib.blake2b(key, digest_size=8).hexdigest()


def _start_and_end(date: str, start: str, end: str) -> tuple[str, str]:
    """Return start and end, each with its date; either column may hold a range such as 10:30 - 11:15."""
    if start:
        start, range_end = split_range(_DIGITS_ONLY_RANGE.sub(r"\1:\2-\3:\4", start))
    else:
        date, range_end = split_range(date)
    end = end or range_end
    return _with_date(date, start), _with_date(date, end) if end else ""


def _clock(hour: str, minute: str) -> str:
    """Return the clock time of hours and minutes that have columns of their own: 9 and 5 are 9:05."""
    if not _HOUR.fullmatch(hour):
        return hour  # a whole time, or what will be told as none
    return f"{hour}:{minute:0>2}" if minute else f"{hour}:00"


def _date_and_clock(texts: Sequence[str]) -> str:
    """Return the first text, completed by a later one that has the date or the clock time it lacks."""
    if not texts:
        return ""
    first, *others = texts
    if starts_with_clock(first):
        return _with_date(next(filter(_HAS_DATE.search, others), ""), first)
    clock = (
        "" if has_clock(_MIDNIGHT.sub("", first)) else next(filter(starts_with_clock, others), "")
    )
    return _with_date(first, clock) if clock else first


def _with_date(date: str, clock: str) -> str:
    """Return a clock time after its date, as it is if it has a date of its own or there is none."""
    if date and (digits := _DIGITS_ONLY_CLOCK.fullmatch(clock)):
        clock = f"{digits[1]}:{digits[2]}"
    if not date or _HAS_DATE.search(clock):
        return clock
    # Spreadsheets write a day as its midnight.
    day = (_TRAILING_CLOCK if clock else _MIDNIGHT).sub("", date)
    return f"{day} {clock}".strip()
