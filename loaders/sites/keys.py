"""What the keys of a site's sessions and schedules mean, where their names differ from a table's headers."""

import re
from typing import Any

from loaders.records.day_headings import as_date
from loaders.records.values import as_text
from loaders.sites.paths import BACKING, PEOPLE, role_of, words_of
from loaders.tables.columns import field_of

_OF_TALKS = r"(?:(?:talk|session|event|slot) )?"
_PATTERNS = {
    "date": re.compile(rf"{_OF_TALKS}(?:date|day|jour|dia|fecha|datum)"),
    "start": re.compile(
        rf"{_OF_TALKS}(?:(?:time )?starts?(?: (?:time|at|date|datetime))?|begin|from|times?|when|hour|hora)"
    ),
    "end": re.compile(
        rf"{_OF_TALKS}(?:(?:time )?ends?(?: (?:time|at|date|datetime))?|until|finish|to)"
    ),
    "duration": re.compile(rf"{_OF_TALKS}(?:duration|length|minutes)(?: min(?:ute)?s?)?"),
}
_SPEAKERS = re.compile(
    r"(?:main |co |session |talk )?(?:speaker|presenter|author|facilitator|panelist|instructor|host|"
    r"moderator|ponente|"
    r"palestrante)s?(?: ?(?:ids?|slugs?|keys?|names?|refs?|list|\d{1,2}))*"
)
_TITLES = (
    "title",
    "name",
    "session title",
    "talk title",
    "talktitle",
    "header",
    "topic",
    "label",
    "what",
    "event",
)
_REFERENCE = re.compile(
    r"(?:talks?|sessions?|presentations?|workshops?|keynotes?|papers?|events?|proposals?|items|slug|ref|key)"
    r"(?: ?(?:ids?|slugs?|keys?|refs?|names?))?"
)
_HOLD_NONE = {
    "abstract", "tags", "links", "slides", "recording", "url", "source_id", "level", "language", "cancelled",
    "state",
}  # fmt: skip
_NO_SESSIONS = {
    "social", "socials", "buttons", "resources", "image", "images", "photo", "photos", "hero", "seo", "meta",
    "menu",
    "menus", "css", "style", "params", "cascade", "bio", "questions", "tickets", "fields", "media", "videos",
    "live",
    "location", "address",
}  # fmt: skip
_LEFT_OUT = re.compile(
    r"layout|permalink|images?|image alt|photos?|photo url|sitemap|weight|alias(?:es)?|draft|"
    r"published|colou?rs?|icons?|"
    r"hide\w*|redirect from|schedule layout|talk slot|featured?|order|css|class|type of page|menu|toc|"
    r"comments|excerpt|"
    r"thumbnail|banner|cover|og image|output|cascade|background colou?r|backgroud color|sharing|"
    r"hashtags?|group|link"
    r"|in ?active|show\w*|break|plenary|accepted on|header|footer|body ?class|date readable|"
    r"last modified at|extend|service|public|index|linktitle"
)
_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}


def key_words(key: Any) -> str:
    """Return a key as words in lower case: "start time" for startTime and start_time."""
    return " ".join(words_of(str(key)))


def title_of(item: dict[str, Any]) -> str:
    """Return an object's title, or its name where it has none."""
    found: dict[str, str] = {}
    for key, value in item.items():
        words = key_words(key)
        if words in _TITLES and isinstance(value, (str, int)) and (text := as_text(value)):
            found.setdefault(words, text)
    return next((found[name] for name in _TITLES if name in found), "")


def time_field(key: Any) -> str:
    """Return which of date, start, end and duration a key means; empty for others."""
    words = key_words(key)
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(words)), "")


def time_fields(item: dict[str, Any]) -> dict[str, str]:
    """Return an object's own date, start, end and duration, as texts."""
    found: dict[str, str] = {}
    for key, value in item.items():
        name = time_field(key) if isinstance(value, (str, int, float)) else ""
        is_free = name not in found or (name == "date" and not date_of(found[name]))  # "day: 1"
        if name and is_free and (text := as_text(value)):
            found[name] = text
    return found


def date_of(text: str) -> str:
    """Return a text if it is a date, or a date and a time; empty for others ("Day 1")."""
    return (
        text
        if any(map(str.isdigit, text)) and (as_date(text) or re.match(r"\d{4}-\d\d?-\d\d?", text))
        else ""
    )


def is_speakers(key: Any) -> bool:
    """Return whether a key holds the people of a session, by name or by id."""
    return _SPEAKERS.fullmatch(key_words(key)) is not None


def is_reference(key: Any) -> bool:
    """Return whether a key of a schedule names sessions by their ids."""
    return _REFERENCE.fullmatch(key_words(key)) is not None


def may_hold_sessions(key: Any, value: Any) -> bool:
    """Return whether the value of a key may be a list or tree of sessions."""
    if not isinstance(value, (dict, list)) or not any(
        isinstance(part, (dict, list))
        for part in (value.values() if isinstance(value, dict) else value)
    ):
        return (
            isinstance(value, dict) and bool(title_of(value)) and key_words(key) not in _NO_SESSIONS
        )
    words = key_words(key)
    if words in _NO_SESSIONS or is_speakers(key) or role_of(str(key)) in (PEOPLE, BACKING):
        return False
    return field_of(str(key)) not in _HOLD_NONE or is_reference(key)


def is_left_out(key: Any) -> bool:
    """Return whether a key says how a page looks, and nothing about its session."""
    return _LEFT_OUT.fullmatch(key_words(key)) is not None


def is_true(item: dict[str, Any], *names: str) -> bool:
    """Return whether one of the keys says yes."""
    return any(as_text(item.get(name)).lower() in _TRUE for name in names)


def is_false(item: dict[str, Any], *names: str) -> bool:
    """Return whether one of the keys says no."""
    return any(as_text(item.get(name)).lower() in _FALSE for name in names)
