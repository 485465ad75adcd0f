"""What can be asked: the question's text, limit, mode and filters, checked in words people understand."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from service.errors import QueryError
from service.filters import Filters
from service.session import parse_day

DEFAULT_LIMIT = 3
MAX_LIMIT = 50
MAX_QUERY = 2_000
"""Characters of a question: more than any window reads."""

MODES = ("hybrid", "semantic", "keyword")
DEFAULT_MODE = "hybrid"
"""By words and meaning together; by meaning alone; by words alone (see `evaluate` for how each does)."""
FILTER_NAMES = {
    "event": "event",
    "year": "year",
    "track": "track",
    "level": "level",
    "language": "language",
    "speaker": "speakers",
    "day": "day",
}
"""What people call each filter, and the payload field it looks at."""
_TO = ".."
"""Between the first and the last day of a range."""


def clean_question(text: str) -> str:
    """Return the question with its white space collapsed. Raises QueryError if it cannot be asked."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise QueryError("The question is not valid Unicode text. Type it again.") from error
    question = " ".join(
        "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).split()
    )
    if not question:
        raise QueryError("The question is empty. Ask in plain words, such as: health analytics")
    if len(question) > MAX_QUERY:
        raise QueryError(
            f"The question has {len(question)} characters; at most {MAX_QUERY} are read. Shorten it."
        )
    if not any(sign.isalnum() for sign in question):
        raise QueryError("The question has no letter or digit. Ask in words.")
    return question


def check_limit(limit: int | str, maximum: int = MAX_LIMIT) -> int:
    """Return the limit as a number from 1 to `maximum`. Raises QueryError if it is none."""
    text = str(limit).strip()
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= maximum and len(text) < 9:
        return int(text)
    raise QueryError(f"limit is {text[:40]!r}; give a number from 1 to {maximum}.")


def check_mode(mode: str | None) -> str:
    """Return the mode, the default one for none. Raises QueryError that lists the known ones."""
    if not mode:
        return DEFAULT_MODE
    if mode not in MODES:
        raise QueryError(f"There is no mode {mode[:40]!r}. Known modes: {', '.join(MODES)}.")
    return mode


def parse_filters(given: Mapping[str, Sequence[str]]) -> Filters:
    """Return the filters that people gave by name (see FILTER_NAMES), several values each; empty ones drop.

    Raises QueryError for an unknown name, a year that is no number or a day that is no date.
    """
    wanted: dict[str, Any] = {}
    for name, texts in given.items():
        if name not in FILTER_NAMES:
            raise QueryError(
                f"There is no filter {name[:40]!r}. Known filters: {', '.join(FILTER_NAMES)}."
            )
        values = [text.strip() for text in texts if text.strip()]
        wanted[FILTER_NAMES[name]] = tuple(_filter_value(name, value) for value in values)
    return Filters(**wanted)


def _filter_value(name: str, value: str) -> str | int:
    if name == "year":
        if not (value.isascii() and value.isdigit() and len(value) <= 4):
            raise QueryError(f"year is {value[:40]!r}; give a year such as 2026.")
        return int(value)
    return _days(value) if name == "day" else value


def _days(text: str) -> str:
    """One day, or a range of days of which one end may be open, as ISO dates."""
    try:
        ends = [parse_day(end).isoformat() if end else "" for end in text.split(_TO)]
    except ValueError as error:
        raise QueryError(
            f"day is {text[:40]!r}; give a day such as 2026-05-12, or a range such as "
            "2026-05-12..2026-05-14."
        ) from error
    if len(ends) > 2 or not any(ends):
        raise QueryError(f"day is {text[:40]!r}; a range has one start and one end.")
    if all(ends) and ends[0] > ends[-1]:
        raise QueryError(f"day is {text[:40]!r}; the range ends before it starts.")
    return _TO.join(ends)


def split_days(text: str) -> tuple[str, str]:
    """Return the first and last day of a day filter, the same for one day; an open end is empty."""
    start, _, end = text.partition(_TO) if _TO in text else (text, "", text)
    return start, end


def in_day_range(day: str, text: str) -> bool:
    """Return whether a day (YYYY-MM-DD; empty: unknown, in none) is the day or in the range of a filter."""
    start, end = split_days(text)
    return bool(day) and start <= day and (not end or day <= end)


def check_diversity(text: float | str | None) -> float:
    """Return the diversity as a number from 0 to 1, 0 for none. Raises QueryError if it is none."""
    if text in (None, ""):
        return 0.0
    try:
        diversity = float(text)
    except ValueError:
        diversity = -1.0
    if not 0 <= diversity <= 1:
        raise QueryError(f"diversity is {str(text)[:40]!r}; give a number from 0 to 1.")
    return diversity


def check_switch(name: str, text: str | None, default: bool) -> bool:
    """Return what `true` or `false` says, the default for nothing. Raises QueryError for another word."""
    if not text:
        return default
    if text.casefold() not in ("true", "false"):
        raise QueryError(f"{name} is {text[:40]!r}; give true or false.")
    return text.casefold() == "true"
