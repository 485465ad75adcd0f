"""Sessions in words for people: when they are, how their abstract unfolds, which link is safe."""

import re
from datetime import date, datetime
from urllib.parse import urlsplit

from service.dates import parse_day
from service.search.snippets import Snippet
from service.session import Session

WORDS_SHOWN = 60
SIGNS_SHOWN = 480
"""Characters of an abstract shown where its language puts no spaces between words."""
_WORTH_FOLDING = 80
NAMES_OF_MODES = {
    "hybrid": "Meaning and words",
    "semantic": "Meaning alone",
    "keyword": "Words alone",
}
"""What the page calls each mode."""


def safe_url(url: str) -> str:
    """Return the address if it is one of the web, else nothing: javascript: is no link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def tell_day(day: date) -> str:
    """Return the day as people say it: Tuesday 12 May 2026."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def tell_days(first: str, last: str) -> str:
    """Return a day, or a range of days of which one end may be open, as people say it."""
    start, end = (tell_day(parse_day(day)) if day else "" for day in (first, last))
    if start == end:
        return start
    return f"{start} to {end}" if start and end else f"from {start}" if start else f"until {end}"


def tell_when(session: Session) -> str:
    """Return when the session is, in its own zone; nothing when that is unknown."""
    starts, ends = session.starts_at, session.ends_at
    if starts is None:
        return ""
    if ends is None and (starts.hour, starts.minute) == (0, 0):  # a source that knows only the day
        return tell_day(starts)
    until = _until(starts, ends) if ends else ""
    return f"{tell_day(starts)}, {starts:%H:%M}{until}"


def tell_zone(session: Session) -> str:
    """Return whose time it is: Europe/Vienna time, UTC+02:00."""
    zone = session.timezone
    if zone[:1] in ("+", "-"):
        return f"UTC{zone}"
    return f"{zone.replace('_', ' ')} time" if zone else ""


def mark_words(snippet: Snippet) -> list[tuple[str, bool]]:
    """Return the parts of a sentence in order, each with whether it is a matched word."""
    parts, done = [], 0
    for start, end in snippet.marks:
        parts += [(snippet.text[done:start], False), (snippet.text[start:end], True)]
        done = end
    return [part for part in (*parts, (snippet.text[done:], False)) if part[0]]


def split_abstract(abstract: str) -> tuple[str, str]:
    """Return the first 60 words or so, and the rest; a short rest stays with them."""
    ends = (word.end() for word in re.finditer(r"\S+", abstract))
    cut = next((end for number, end in enumerate(ends, start=1) if number == WORDS_SHOWN), None)
    cut = min(cut or SIGNS_SHOWN, SIGNS_SHOWN)
    if len(abstract) - cut <= _WORTH_FOLDING:
        return abstract, ""
    return _split(abstract, cut)


def _split(text: str, cut: int) -> tuple[str, str]:
    """Cut before the word that `cut` is in, unless that loses most of what would be shown."""
    head = text[:cut]
    if not text[cut].isspace() and (words := re.search(r"^.*\s", head, re.DOTALL)):
        head = words[0] if len(words[0]) > cut // 2 else head
    return head.rstrip(), text[len(head) :].lstrip()


def _until(starts: datetime, ends: datetime) -> str:
    if ends.date() == starts.date():
        return f"–{ends:%H:%M}"
    return f" to {tell_day(ends)}, {ends:%H:%M}"
