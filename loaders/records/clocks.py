"""Clock times and ranges of them, as sources write them: 10:30, 10.30 Uhr, 10h30, 9am, 1:00 - 2:30 PM."""

import re

MAX_LENGTH = 100
"""Characters: a longer text is no date and time, and would take long to search."""

_HALF = r"\s*[ap]\.?m\b\.?"
_CLOCK = (
    rf"\d{{1,2}}(?:[:.h]\d\d(?::\d\d)?(?:{_HALF}|\s?(?:uhr|uur|hrs)\b)?|{_HALF}|\s?(?:uhr|uur|h)\b)"
)
_PARTS = r"(\d{1,2})(?:[.:h](\d\d))?(?::\d\d)?:?\s*([ap]\.?m(?=\b|UTC|GMT)|noon|uhr|uur)?"
_NO_DATE = r"(?!\d{1,2}[.h]\d\d[.\d])"  # such as 5.06.2026
_PART_OF_DAY = r"0?\.\d"  # how spreadsheets hold a time
_FRACTION = re.compile(r"0?\.(?!9997)\d+", re.ASCII)
_STARTS_WITH_CLOCK = re.compile(rf"{_NO_DATE}{_CLOCK}|{_PART_OF_DAY}", re.I)
_LEADING_CLOCK = re.compile(rf"\W*{_PARTS}", re.I)
_UTC_CLOCK = re.compile(rf"(?<![\d.:]){_PARTS}\s*(?:UTC|GMT)\b", re.I)
_ANY_CLOCK = re.compile(
    r"\d[:h]\s?\d\d|T\d\d|\d\s*(?:[ap]\.?\s?m\b|uhr|uur|h\b)|\bnoon|\bmid(?:day|night)|(?:^|\s)\d\d?\.\d\d(?![.\d])"
    rf"|^\d{{5}}\.0*[1-9]|\s{_PART_OF_DAY}|^\d{{10}}(?:\d{{3}})?$",
    re.I,
)
_TO = r"\s*(?:-|–|—|~|\b(?:to|bis|till|until|à|a|au|al|alle|as|às)\b)\s*"
_RANGE = re.compile(rf"(.*{_CLOCK}){_TO}((?:\d{{4}}-\d\d-\d\d )?{_CLOCK})", re.I)
_HOUR_TO_CLOCK = re.compile(rf"(\d{{1,2}}){_TO}(\d{{1,2}}[:.]\d\d)", re.I)  # "10-10:45"
_NO_DAY = r"(?<![^\W\d_]\s\d)(?<![^\W\d_]\s\d\d)"  # as the number in "June 5" may be
_HALF_AT_END = re.compile(  # "1:00 - 2:30 PM"
    rf"(.*?(?<![\d.:/-])(\d{{1,2}})(?:[:.](\d\d)|{_NO_DAY})){_TO}"
    r"((\d{1,2})(?:[:.](\d\d))?\s*([ap])\.?m\b\.?)",
    re.I,
)
_MINUS = re.compile(  # an ISO date and time before an offset, or a start before an end
    r"\d{4}-\d\d-\d\d(?P<iso>T)?\s?(?P<clock>\d\d:\d\d)(?P<seconds>:\d\d(?:[.,]\d+)?)?"
    r"-(?P<offset>(?:0\d|1[0-2]):[03]0)"
)


def has_clock(text: str) -> bool:
    """Return whether a date is followed by a clock time."""
    return bool(_ANY_CLOCK.search(text))


def starts_with_clock(text: str) -> bool:
    """Return whether a text starts with a clock time, or a spreadsheet's fraction of a day."""
    return bool(_STARTS_WITH_CLOCK.match(text))


def leading_clock(text: str) -> tuple[str, str] | None:
    """Return the clock time that a text starts with, as HH:MM, and its zone: "UTC" if it says that, else "".

    Of a text that gives both ("10:30 EDT / 14:30 UTC") it is the time in UTC; None where that is the earlier
    one, since it may be of the next day. None too for a text that starts with no clock time.
    """
    if len(text) < MAX_LENGTH and _FRACTION.fullmatch(text):
        minutes = round(float(text) * 24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}", ""
    local = _LEADING_CLOCK.match(split_range(text)[0])
    if local is None or not (local[2] or local[3]):
        return None
    utc = _UTC_CLOCK.search(text)
    clock, local_clock = _on_24_hours(utc or local), _on_24_hours(local)
    if not clock or (utc and local_clock and clock < local_clock):
        return None
    return clock, "UTC" if utc else ""


def split_range(text: str) -> tuple[str, str]:
    """Return start and end of a text such as "2026-05-12 10:30 - 11:15"; the end is empty if it has none."""
    if len(text) > MAX_LENGTH or _has_offset(text):
        return text, ""
    if match := _HALF_AT_END.fullmatch(text):
        return f"{match[1]} {_half_of_start(match)}m", match[4]
    if match := _HOUR_TO_CLOCK.fullmatch(text):
        return f"{match[1]}:00", match[2]
    match = _RANGE.fullmatch(text)
    return (match[1], match[2]) if match else (text, "")


def _on_24_hours(match: re.Match[str]) -> str:
    """Return hours, minutes and half of the day as HH:MM; empty if there is no such time."""
    hours, minutes, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half.startswith("p") and hours < 12:
        hours += 12
    if half.startswith("a") and hours == 12:
        hours = 0
    return f"{hours:02}:{minutes:02}" if hours < 24 and minutes < 60 else ""


def _half_of_start(match: re.Match[str]) -> str:
    """Return "a" or "p" for a start that says neither: as its end does, the other if it were after its end."""
    start, end = (
        (int(hours) % 12, int(minutes or 0))
        for hours, minutes in (match.group(2, 3), match.group(5, 6))
    )
    half = match[7].lower()
    return half if start <= end else "p" if half == "a" else "a"


def _has_offset(text: str) -> bool:
    """Return whether what follows the last minus is an offset from UTC and no end.

    Without ISO's T and without seconds it is an end where it is later than the time before it.
    """
    match = _MINUS.fullmatch(text)
    if not match:
        return False
    return bool(match["iso"] or match["seconds"] or "00:30" < match["offset"] <= match["clock"])
