"""Values of filters: what people type, by the type of the field that it is for."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from service.dates import DAY_PATTERN, parse_day, parse_time
from service.errors import QueryError

DAYS_TO = ".."
"""Between the first and the last day of a range."""
DAYS_PATTERN = rf"{DAY_PATTERN}(?:\.\.{DAY_PATTERN}?)?|\.\.{DAY_PATTERN}"
"""A day, or a range of days of which one end may be open. No pattern says which end is the later one."""


def _parse_time(name: str, text: str) -> str:
    """Return a time of day as HH:MM."""
    try:
        minutes = parse_time(text)
    except ValueError as error:
        raise QueryError(
            f"{name} is {text[:40]!r}; give a time of day from 00:00 to 23:59, such as 09:30."
        ) from error
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _parse_number(name: str, text: str, *, example: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise QueryError(f"{name} is {text[:40]!r}; give {example}.")
    return int(text)


def _parse_days(name: str, text: str) -> str:
    """Return one day, or a range of days of which one end may be open, as ISO dates."""
    if text.count(DAYS_TO) > 1 or text == DAYS_TO:
        raise QueryError(f"{name} is {text[:40]!r}; a range has one start and one end.")
    if not re.fullmatch(DAYS_PATTERN, text):
        raise QueryError(
            f"{name} is {text[:40]!r}; give a day such as 2026-05-12, or a range such as "
            "2026-05-12..2026-05-14."
        )
    ends = [parse_day(end).isoformat() if end else "" for end in text.split(DAYS_TO)]
    if all(ends) and ends[0] > ends[-1]:
        raise QueryError(f"{name} is {text[:40]!r}; the range ends before it starts.")
    return DAYS_TO.join(ends)


def _parse_id(name: str, text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise QueryError(
            f"{name} is {text[:40]!r}; give ids of sessions, joined by commas."
        ) from error


PARSERS: Mapping[str, Callable[[str, str], str | int]] = {
    "keyword": lambda _, text: text,
    "integer": partial(_parse_number, example="a year such as 2026"),
    "day": _parse_days,
    "time": _parse_time,
    "ids": _parse_id,
    "minutes": partial(_parse_number, example="a number of minutes such as 30"),
}
"""How a value of each type is read from what people type for the filter of a name."""
