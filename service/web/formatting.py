"""Template filters: times, links and what decided."""

from datetime import datetime
from urllib.parse import urlsplit

from service.dates import format_day
from service.search.snippets import FOUND_BY, Part
from service.session import Session

MODE_NAMES = {
    "hybrid": "Meaning and words",
    "semantic": "Meaning alone",
    "keyword": "Words alone",
}
"""The page's labels of the modes."""


def safe_url(url: str) -> str:
    """Return the URL if it is an absolute one of http or https, else nothing: javascript: would be a script."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def format_time(session: Session) -> str:
    """Return the session's start and end in its own zone; empty if they are unknown."""
    starts = session.starts_at
    if starts is None:
        return ""
    if session.start_minute is None:
        return format_day(starts)
    return f"{format_day(starts)}, {format_hours(session)}"


def format_hours(session: Session) -> str:
    """Return the time of day of the session's start and end; empty if it is unknown."""
    starts, ends = session.starts_at, session.ends_at
    if starts is None or session.start_minute is None:
        return ""
    return f"{_clock(starts)}{_format_end(starts, ends) if ends else ''}"


def format_until(session: Session) -> str:
    """Return when a session ends, with the day if that is another one; empty if it is unknown."""
    starts, ends = session.starts_at, session.ends_at
    if starts is None or ends is None:
        return ""
    other_day = "" if ends.date() == starts.date() else f" on {ends:%A}"
    return f"{_clock(ends)}{other_day}"


def format_zone(session: Session) -> str:
    """Return the zone of the session's times: Europe/Vienna time, UTC+02:00, local time where it is unknown."""
    zone = session.timezone
    return "local time" if zone is None else name_zone(zone)


def name_zone(zone: str) -> str:
    """Return what people call a zone; empty for an empty name."""
    if zone[:1] in ("+", "-"):
        return f"UTC{zone}"
    return f"{zone.replace('_', ' ')} time" if zone else ""


def shorten(text: str, length: int) -> str:
    """Return a text, cut at a word where it is longer than `length` characters."""
    if len(text) <= length:
        return text
    head = text[:length]
    return (head.rpartition(" ")[0] or head) + "…"


def found_by(part: Part) -> str:
    """Return what people read of what decided a result's rank."""
    return FOUND_BY[part]


def _format_end(starts: datetime, ends: datetime) -> str:
    if ends.date() == starts.date():
        return f"–{_clock(ends)}"
    return f" to {format_day(ends)}, {_clock(ends)}"


def _clock(moment: datetime) -> str:
    """Return HH:MM, in a fifth of the time that strftime takes."""
    return f"{moment.hour:02}:{moment.minute:02}"
