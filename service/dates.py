"""Parsing and formatting of days, times of day, durations and time zones."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_MAX_ZONE_NAME = 100


def days_pattern(years: str, leap_years: str, zero: str = "0") -> str:
    """Return the pattern of all days of some years, as YYYY-MM-DD; `zero` is what stands before one digit."""
    return (
        f"(?:(?:{years})-(?:"
        f"(?:{zero}[13578]|1[02])-(?:{zero}[1-9]|[12][0-9]|3[01])"
        f"|(?:{zero}[469]|11)-(?:{zero}[1-9]|[12][0-9]|30)"
        f"|{zero}2-(?:{zero}[1-9]|1[0-9]|2[0-8]))"
        f"|(?:{leap_years})-{zero}2-29)"
    )


LEAP_IN_CENTURY = "(?:0[48]|[2468][048]|[13579][26])"
DAY_PATTERN = days_pattern(
    "[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9]",
    f"[0-9]{{2}}{LEAP_IN_CENTURY}|{LEAP_IN_CENTURY}00",
    "0?",
)
"""Every day that there is, as YYYY-MM-DD, and no other text."""
TIME_PATTERN = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def parse_day(text: str) -> date:
    """Return the day that YYYY-MM-DD names. Raises ValueError if there is none."""
    return datetime.strptime(text, "%Y-%m-%d").date()


def format_day(day: date) -> str:
    """Return a day as in Tuesday 12 May 2026."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def format_days(first: str, last: str) -> str:
    """Return a day, or a range of days; `first` and `last` are YYYY-MM-DD, or empty for an open end."""
    start, end = (format_day(parse_day(day)) if day else "" for day in (first, last))
    if start == end:
        return start
    return f"{start} to {end}" if start and end else f"from {start}" if start else f"until {end}"


def format_times(start: str, end: str) -> str:
    """Return a range of times of day, as in 12:00 to 17:00; `start` and `end` are HH:MM, or empty if open."""
    if start and end:
        return f"{start} to {end}"
    return f"from {start}" if start else f"before {end}"


def format_minutes(least: str, most: str) -> str:
    """Return a range of durations, as in up to 20 minutes; `least` and `most` are empty for an open end."""
    unit = "minute" if (most or least) == "1" else "minutes"
    if least and most:
        return f"{least} {unit}" if least == most else f"{least} to {most} {unit}"
    return f"at least {least} {unit}" if least else f"up to {most} {unit}"


def parse_time(text: str) -> int:
    """Return the minutes since midnight of a time of day, HH:MM. Raises ValueError if it is none."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no time of day")
    return 60 * int(match[1]) + int(match[2])


def parse_zone(name: str) -> tzinfo:
    """Return the zone of an IANA name or of an offset such as +02:00. Raises ValueError if there is none."""
    if name in ("UTC", "Z"):
        return UTC
    if name[:1] in "+-" and len(name) == 6 and name[3] == ":":
        hours, minutes = int(name[1:3]), int(name[4:6])
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if name[0] == "-" else offset)
    if len(name) > _MAX_ZONE_NAME:  # the library calls itself for each of a name's parts
        raise ValueError(f"no time zone is called {name[:_MAX_ZONE_NAME]!r}...")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is called {name!r}") from error


def in_order(moment: datetime) -> datetime:
    """Return a moment in UTC, as stores order it; a local time whose zone is unknown as if it were UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def zone_name(moment: datetime) -> str:
    """Return the zone of an aware datetime as `parse_zone` reads it: an IANA name, UTC or an offset."""
    if isinstance(moment.tzinfo, ZoneInfo):
        return moment.tzinfo.key
    offset = moment.strftime("%z")
    return "UTC" if moment.tzinfo is UTC else f"{offset[:3]}:{offset[3:5]}"
