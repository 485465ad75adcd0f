"""Clock times as people write them: 10:30, 2 pm, 14h30, 14 Uhr."""

import re

_FIRST_MORNING_HOUR = 8
"""Hours below it, said without am or pm, are of the afternoon: no conference starts at two in the night."""
_CLOCK = (
    r"(?P<hour{n}>\d\d?)(?: uhr(?: (?P<uhr{n}>\d\d))?| (?P<h{n}>h|heures?|hs|hrs|uur)(?: (?P<hmin{n}>\d\d))?|"
    r"(?: [:.] (?P<minute{n}>\d\d))?"
    r"(?: (?P<half{n}>am(?! [a-z]+(?:tag|abend|morgen|mittag))|pm|a \. m \.|p \. m \.|o ' clock|uhr|uur|h))?)"
)


def clock_pattern(number: int) -> str:
    """Return the pattern of a clock time; the names of its groups end with `number`."""
    return _CLOCK.replace("{n}", str(number))


def is_clear(match: re.Match[str], number: int) -> bool:
    """Return whether a number can only be a time: it has minutes, am, Uhr or the like."""
    hour_and_more = match[0][match.start(f"hour{number}") - match.start() :].split()
    return bool(match[f"minute{number}"] or match[f"half{number}"] or match[f"h{number}"]) or (
        hour_and_more[1:2] == ["uhr"]
    )


def parse_time(match: re.Match[str], number: int, half: str | None = None, before: str = "") -> str:
    """Return a clock time as HH:MM, empty if there is none such.

    `half` is the am or pm of the other end of a range, which ends at `before`.
    """
    hour = int(match[f"hour{number}"])
    minute = int(match[f"minute{number}"] or match[f"uhr{number}"] or match[f"hmin{number}"] or 0)
    own = match[f"half{number}"] or ""
    said = own or half or ""
    if said[:1] in ("a", "p") and hour > 12:
        said = ""
    if said.startswith("p"):
        hour = hour % 12 + 12
        if not own and before and f"{hour:02d}:{minute:02d}" >= before:
            hour -= 12
    elif said.startswith("a"):
        hour %= 12
    elif hour < _FIRST_MORNING_HOUR and len(match[f"hour{number}"]) == 1:
        hour += 12
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else ""
