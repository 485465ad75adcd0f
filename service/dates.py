"""Parsing and formatting of days and time zones."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo


def parse_day(text: str) -> date:
    """Return the day that YYYY-MM-DD names. Raises ValueError if there is none."""
    return datetime.strptime(text, "%Y-%m-%d").date()


def parse_zone(name: str) -> tzinfo:
    """Return the zone of an IANA name or of an offset such as +02:00. Raises ValueError if there is none."""
    if name in ("UTC", "Z"):
        return UTC
    if name[:1] in "+-" and len(name) == 6 and name[3] == ":":
        hours, minutes = int(name[1:3]), int(name[4:6])
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if name[0] == "-" else offset)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is called {name!r}") from error


def zone_name(moment: datetime) -> str:
    """Return the zone of an aware datetime as `parse_zone` reads it: an IANA name, UTC or an offset."""
    if isinstance(moment.tzinfo, ZoneInfo):
        return moment.tzinfo.key
    offset = moment.strftime("%z")
    return "UTC" if moment.tzinfo is UTC else f"{offset[:3]}:{offset[3:5]}"
