"""Dates, times and durations as sources write them: day and month order, time zones, Excel serial numbers."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from functools import lru_cache, partial
from zoneinfo import available_timezones

from dateutil import parser as dateutil_parser

from loaders.records.clocks import MAX_LENGTH
from loaders.records.time_words import (
    ENGLISH_WEEKDAY,
    MONTHS,
    WEEKDAYS,
    UnknownZone,
    resolve_zone,
    to_english,
)
from service.dates import parse_zone
from service.words import folded

_NUMERIC_DATE = re.compile(
    r"(?<![\d.:/-])(\d{1,2})\s?([./-]|\s)\s?(\d{1,2})\s?\2\s?(?!00\b)(\d{4}(?!\d)|\d\d(?!\d|[:.h]\d))"
)
_NUMERIC_DAY_AND_MONTH = re.compile(
    r"(?<![\d.:/-])(\d{1,2})(/|\.\s?(?=\d{1,2}\.))(\d{1,2})(?:\.(?!\d)|(?![\d./]))()"
)
_DOTTED_CLOCK = re.compile(r"(?<![\d.])([1-9]|[01]\d|2[0-4])\.([0-5]\d)(?:\.([0-5]\d))?(?!\.?\d)")
_FRACTIONAL_HOURS = re.compile(r"[T ]\d\d[.,]")
_TRAILING_FRACTION = re.compile(r"(?<!\S)0?(\.\d+)$")
_CLOCK_DURATION = re.compile(r"^(\d{1,3}):(\d\d)(?::(\d\d))?$")
_WORDED_DURATION = re.compile(
    r"(?:(\d{1,3}(?:[.,]\d{1,3})?)\s?(?:h|hrs?|hours?|std|stunden?|horas?|heures?|or[ae])(?![a-z])\.?)?"
    r"(?:\s*(?:,|and|und|y|et|e)?\s*(\d{1,4})(?:\.0)?\s*(?:m|mins?|minut(?:en?|es|os?|i)|'|′)?\.?)?",
    re.ASCII,
)
_FRACTION_OF_DAY = re.compile(r"0?\.\d{3,}")
_ISO_DURATION = re.compile(r"^PT(?=\d)(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?$", re.I)
_SERIAL = re.compile(r"^(\d{5})(?:\.0)?(\.\d+| 0?\.\d+)?$")
_EPOCH = re.compile(r"^(\d{10})(?:\d{3})?$")
_CLOCKS_IN_ENGLISH = re.compile(r"(?<![\d:.+-])\d{1,2}(?::\d\d|\s?H\b)")
_MONTH = "(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*"
_SEVERAL_DAYS = re.compile(  # "12-14 MAY", "MAY 12-14"
    rf"(?<![\d/.-])\d{{1,2}}\.?\s*(?:[-–—/&+]|TO|BIS|UND|AND|AU|AL|Y|E)\s*\d{{1,2}}\.?\s+{_MONTH}"
    rf"|{_MONTH}\.?\s+\d{{1,2}}\s*[-–—/&+]\s*\d{{1,2}}(?![-/.:\d])"
)
_SHORT_OFFSET = re.compile(r"(?:GMT|UTC)?\s?([+-])(\d{1,2})(?::?(\d\d))?", re.I)
_SERIAL_START = datetime(1899, 12, 30)
_DEFAULT = datetime(4, 1, 1)  # leap years, so that 29 February fits
_OTHER_DEFAULT = datetime(8, 2, 2)
_NOT_A_DATETIME = "it is no date and time such as 2026-05-12 10:30"
YEARS = range(1900, 2200)


class AmbiguousDate(ValueError):
    """A date whose numbers could be day/month or month/day."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:40]!r} may be day/month or month/day. "
            "Say which it is: --date-order dmy or --date-order mdy"
        )


def find_date_order(texts: Iterable[str]) -> str:
    """Return "dmy" or "mdy" if only that order fits a column's dates, else ""."""
    orders = set()
    for text in texts:
        if match := _NUMERIC_DATE.search(text) or _NUMERIC_DAY_AND_MONTH.search(text):
            first, second = int(match[1]), int(match[3])
            if first > 12 >= second:
                orders.add("dmy")
            elif second > 12 >= first:
                orders.add("mdy")
    return orders.pop() if len(orders) == 1 else ""


def parse_datetime(
    text: str, date_order: str = "", year: int | None = None, day: datetime | None = None
) -> datetime | None:
    """Return the date and time that `text` gives, aware only if it has an offset; None if it is blank.

    Reads ISO 8601, seconds since 1970, Excel serial numbers, and dates with months as numbers or as
    names in six languages; `year` completes dates without one, `day` times without a date.
    Raises AmbiguousDate if the numbers could be day/month or month/day and neither `date_order` nor a weekday
    decides, ValueError if it is no date and time.
    """
    text = text.strip()
    if not text:
        return None
    try:
        if not _FRACTIONAL_HOURS.search(text):  # which fromisoformat takes for parts of a second
            return check_year(datetime.fromisoformat(text))
    except ValueError:
        pass
    if len(text) > MAX_LENGTH:
        raise ValueError(_NOT_A_DATETIME)
    if match := _EPOCH.match(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    if match := _SERIAL.match(text):
        days = float(match[1]) + float((match[2] or "0").strip())
        return check_year(_SERIAL_START + _days(days))
    english = to_english(text)
    if len(_CLOCKS_IN_ENGLISH.findall(english)) > 1:
        raise ValueError("it names two times: give a start and an end, such as 10:30 - 11:15")
    if _SEVERAL_DAYS.search(english):
        raise ValueError("it names several days: give one, such as 2026-05-12 10:30")
    return check_year(
        _parse_unambiguous(english, text, date_order, partial(_parse_english, year=year, day=day))
    )


def localise(moment: datetime | None, zones: Iterable[str]) -> datetime | None:
    """Return `moment` as an aware datetime: by its own offset, else in the first zone that is not empty.

    Without either it stays naive. Raises ValueError if the zone does not exist.
    """
    if moment is None:
        return None
    named = next((zone for zone in zones if zone), "")
    if moment.utcoffset() is not None:
        return _in_named_zone(moment, named)
    return moment.replace(tzinfo=_zone(named)) if named else moment


def parse_duration(text: str) -> timedelta | None:
    """Return the duration that HH:MM, HH:MM:SS, PT45M or a number gives; None if it is blank.

    Numbers are minutes unless they say hours, as "1.5 h" and "1h30" do; 0.03125 is a fraction of a day, as
    spreadsheets hold times.
    Raises ValueError if it is none of these.
    """
    text = text.strip()
    if not text:
        return None
    if match := _CLOCK_DURATION.match(text) or _ISO_DURATION.match(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if text.isascii() and _FRACTION_OF_DAY.fullmatch(text):
        return _days(float(text))
    if len(text) <= MAX_LENGTH and (match := _WORDED_DURATION.fullmatch(folded(text))):
        length = [float((part or "0").replace(",", ".")) for part in match.groups()]
        return timedelta(hours=length[0], minutes=length[1])
    raise ValueError("it is no duration such as 00:45 or 45 min")


def _days(number: float) -> timedelta:
    """Return a spreadsheet's number of days as a timedelta, rounded to seconds."""
    return timedelta(seconds=round(number * 86_400))


def check_year(moment: datetime) -> datetime:
    """Return a time as it is. Raises ValueError if its year is none of a conference."""
    if moment.year not in YEARS:
        raise ValueError("its year is not between 1900 and 2199")
    return moment


def _zone(name: str) -> tzinfo:
    try:
        return parse_zone(name)
    except ValueError as error:
        raise ValueError(f"{error}: give one such as {_suggest_zones(name)}") from error


@lru_cache(maxsize=1_000)
def _suggest_zones(name: str) -> str:
    """Return examples of zones for a message: the nearest to a name, a city or an offset, else common ones."""
    if match := _SHORT_OFFSET.fullmatch(name):
        return f"Europe/Brussels or {match[1]}{int(match[2]):02}:{match[3] or '00'}"
    named = sorted(zone for zone in available_timezones() if not zone.startswith("Etc/"))
    zones = {zone.rpartition("/")[2].casefold(): zone for zone in named}
    zones |= {zone.casefold(): zone for zone in named}
    nearest = get_close_matches(name.casefold()[:50].replace(" ", "_"), zones, 1, 0.9)
    return f"{zones[nearest[0]] if nearest else 'Europe/Brussels'} or +02:00"


def _in_named_zone(moment: datetime, name: str) -> datetime:
    """Return the moment in the named zone if its offset is the zone's or UTC's, else as it is."""
    if not name:
        return moment
    local = moment.astimezone(_zone(name))
    return local if moment.utcoffset() in (timedelta(0), local.utcoffset()) else moment


def _parse_unambiguous(
    text: str, original: str, date_order: str, read: Callable[[str], datetime]
) -> datetime:
    """Return what `read` makes of the only interpretation, or of the one that fits the weekday.

    Raises AmbiguousDate, with the original text, if several are left.
    """
    moments = [read(reading) for reading in _interpretations(text, date_order)]
    if len(moments) > 1 and (named := ENGLISH_WEEKDAY.search(text)):
        weekday = list(WEEKDAYS).index(named[1].lower())
        moments = [moment for moment in moments if moment.weekday() == weekday] or moments
    if len(moments) > 1:
        raise AmbiguousDate(original)
    return moments[0]


def _interpretations(text: str, date_order: str) -> list[str]:
    """Return `text` with its month as a word, once for each order of day and month that `date_order` allows."""
    match = _NUMERIC_DATE.search(text) or _NUMERIC_DAY_AND_MONTH.search(text)
    if not match:
        return [_with_colons(text)]
    first, second = int(match[1]), int(match[3])
    ways = {"dmy": (first, second), "mdy": (second, first)}
    ways = {order: way for order, way in ways.items() if 1 <= way[1] <= 12}
    wanted = {ways[date_order]} if date_order in ways else set(ways.values())
    if not wanted:
        raise ValueError(_NOT_A_DATETIME)
    before, after = text[: match.start()], text[match.end() :]
    return [
        _with_colons(f"{before} {day} {list(MONTHS)[month - 1].upper()} {match[4]} {after}")
        for day, month in wanted
    ]


def _with_colons(text: str) -> str:
    """Return `text`, whose month is a word, with 10.30 as 10:30 and the fraction 0.5 of a day as 12:00."""
    if ":" in text:
        return text
    text = _TRAILING_FRACTION.sub(lambda m: f"{_SERIAL_START + _days(float(m[1])):%H:%M:%S}", text)
    return _DOTTED_CLOCK.sub(lambda m: f"{m[1]}:{m[2]}:{m[3] or '00'}", text)


def _parse_english(text: str, *, year: int | None, day: datetime | None) -> datetime:
    """Parse with dateutil, with two defaults: where the results differ, the text left something out."""
    try:
        moment, other = (
            dateutil_parser.parse(text, default=default, tzinfos=resolve_zone)
            for default in (_DEFAULT, _OTHER_DEFAULT)
        )
    except UnknownZone:
        raise
    except (ValueError, OverflowError, TypeError, ArithmeticError) as error:
        raise ValueError(_NOT_A_DATETIME) from error
    if (moment.month, moment.day) != (other.month, other.day):
        if day is None or ENGLISH_WEEKDAY.search(text):
            raise ValueError("it names no day: give one, such as 2026-05-12 10:30")
        return moment.replace(year=day.year, month=day.month, day=day.day)
    if moment.year == other.year:
        return moment
    if year is None:
        raise ValueError("it names no year: pass --year YEAR")
    return moment.replace(year=year)
