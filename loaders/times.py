"""Times as sources write them: which zone they are in, and which number is the month."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from dateutil import parser as dateutil_parser

from service.session import zone_of

_ORDERED = re.compile(r"^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?!\d)")
_GLUED = re.compile(r"^(\d{4}-\d\d-\d\d)(?=\d{1,2}:)")
_HALF_DAY = re.compile(r"(?<=\d)\s*([ap])\.?m\.?\b", re.I)
_DURATION = re.compile(r"^\s*(\d+):(\d\d)(?::(\d\d))?\s*$")
_SERIAL_START = datetime(1899, 12, 30)

DATE_ORDERS = ("dmy", "mdy")


class AmbiguousDate(ValueError):
    """A date whose day and month could be either way round."""


def find_date_order(texts: Iterable[str]) -> str:
    """Return "dmy" or "mdy" if any of a column's dates can only be read one way, else ""."""
    for text in texts:
        if match := _ORDERED.match(text):
            first, second = int(match[1]), int(match[2])
            if first > 12 >= second:
                return "dmy"
            if second > 12 >= first:
                return "mdy"
    return ""


def parse_moment(text: str, date_order: str = "") -> datetime | None:
    """Return the moment that `text` names, aware only if it carries an offset; None if it is blank.

    Reads ISO 8601, Excel serial numbers, and dates with months as names or numbers.
    Raises AmbiguousDate where day and month could be either and no order is given, ValueError if it is none.
    """
    text = _GLUED.sub(r"\1 ", _HALF_DAY.sub(r" \1m", text.strip()))
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _SERIAL_START + timedelta(seconds=round(float(text) * 86_400))
    if (match := _ORDERED.match(text)) and not date_order:
        if int(match[1]) <= 12 and int(match[2]) <= 12 and match[1] != match[2]:
            raise AmbiguousDate(f"{text[:40]!r} may be day/month or month/day")
        date_order = find_date_order([text])
    try:
        return dateutil_parser.parse(text, dayfirst=date_order == "dmy", default=_NO_DATE)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text[:40]!r} is no date and time") from error


_NO_DATE = datetime(1, 1, 1)


def in_zone(moment: datetime | None, zones: Iterable[str]) -> datetime | None:
    """Return `moment` as an aware datetime: its own offset, else the first zone that is named.

    None without either. Raises ValueError if the zone does not exist.
    """
    if moment is None or moment.year < 1900:
        return None
    named = next((zone for zone in zones if zone), "")
    if moment.tzinfo is not None:
        if moment.utcoffset() is None:
            return moment.replace(tzinfo=UTC)
        return _named(moment, named)
    return moment.replace(tzinfo=zone_of(named)) if named else None


def _named(moment: datetime, name: str) -> datetime:
    """Return the moment in the named zone if that agrees with its offset, else as it is."""
    zone: tzinfo | None = zone_of(name) if name else None
    if zone is not None and moment.astimezone(zone).utcoffset() == moment.utcoffset():
        return moment.astimezone(zone)
    return moment


def parse_duration(text: str) -> timedelta | None:
    """Return the length that HH:MM, HH:MM:SS or a number of minutes names; None if it is blank.

    Raises ValueError if it is none of these.
    """
    text = text.strip()
    if not text:
        return None
    if match := _DURATION.match(text):
        return timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3] or 0))
    if text.isascii() and text.isdigit() and len(text) < 5:
        return timedelta(minutes=int(text))
    raise ValueError(f"{text[:40]!r} is no duration such as 00:45")
