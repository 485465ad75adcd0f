"""Expand recurring events: RRULE, RDATE, EXDATE and RECURRENCE-ID.

dateutil says the days of a rule. No rule is followed for longer than a year or for more than 100 times. None is
followed that may have no day at all, as the 30th of February: dateutil would look for it until the year 9999.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr

from loaders.calendars.components import all_of, first_of

MAX_TIMES = 100
REPEATS = ("RRULE", "RDATE")
_MAX_SPAN = timedelta(days=366)
_DAYS = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_NTH_DAY = rf"(?:[1-4]|-1){_DAYS}"
_ANY = (
    rf"INTERVAL=[1-9]\d?|COUNT=\d{{1,6}}|UNTIL=[\dTZ]+|WKST={_DAYS}|BYHOUR=\d\d?(?:,\d\d?){{0,7}}"
)
_MONTH_DAY = r"-?(?:[1-9]|1\d|2[0-8])"  # which each month has
_OF_MONTH = rf"BYDAY={_NTH_DAY}(?:,{_NTH_DAY})*|BYMONTHDAY={_MONTH_DAY}(?:,{_MONTH_DAY})*"
_FOLLOWED = {
    freq: re.compile(f"FREQ={freq}|{_ANY}|{parts}")
    for freq, parts in {
        "DAILY": f"BYDAY={_DAYS}(?:,{_DAYS})*",
        "WEEKLY": f"BYDAY={_DAYS}(?:,{_DAYS})*",
        "MONTHLY": rf"{_OF_MONTH}|BYDAY={_DAYS}(?:,{_DAYS})*|BYSETPOS=(?:[1-4]|-1)",
        "YEARLY": rf"{_OF_MONTH}|BYMONTH=(?:[1-9]|1[0-2])",
    }.items()
}
_END = re.compile(r";?(?:UNTIL|COUNT)=[^;]*", re.I)

_NOT_FOLLOWED = "repeats by a rule that is not followed: only the first time is kept"


@dataclass(frozen=True, slots=True)
class Repetition:
    """The times of a repeating event, its own among them unless it is left out, and what to say of them."""

    times: list[Any]
    note: str = ""


def repeat(event: Any, changed: Collection[Any], last_day: date | None) -> Repetition | None:
    """Return the dates or times at which an event takes place, None if it does not repeat.

    `changed` are those that events of their own replace. A rule without an end goes on until `last_day`, the
    last one of the calendar's other events. Times are local to the event's DTSTART.
    """
    start = getattr(first_of(event, "DTSTART"), "dt", None)
    if not any(key in event for key in REPEATS):
        return None
    if not isinstance(start, date):
        return Repetition([start], "repeats, but has no start: it is kept once")
    rules = [(rule, _written(rule)) for rule in all_of(event, "RRULE")]
    if not all(_is_followed(text) for _, text in rules) or not (rules or all_of(event, "RDATE")):
        return Repetition([start], _NOT_FOLLOWED)
    is_endless = any(not _END.search(text) for _, text in rules)
    limit = _limit(start, last_day if is_endless else None)
    found, is_cut = {_key(start): start}, False
    for recur, text in rules:
        moments, goes_on = _follow(text, recur, start, limit)
        found |= {_key(moment): moment for moment in moments}
        is_cut |= goes_on and not is_endless
    added = islice(_moments(event, "RDATE", start), MAX_TIMES)
    found |= {_key(moment): moment for moment in added}
    replaced = (_in_zone_of(moment, start) for moment in changed)
    out = {*map(_key, replaced), *map(_key, _moments(event, "EXDATE", start))}
    times = [found[key] for key in sorted(found) if key not in out and key[:8] not in out]
    note = _note(len(found), is_endless=is_endless, is_cut=is_cut)
    return Repetition(times[:MAX_TIMES], note)


def split_before(times: list[Any], moments: Collection[Any], start: Any) -> tuple[list[Any], int]:
    """Return the occurrences before the earliest of `moments`, and the number of those left out."""
    first = min((_key(_in_zone_of(moment, start)) for moment in moments), default="~")
    before = [moment for moment in times if _key(moment) < first]
    return before, len(times) - len(before)


def _note(count: int, *, is_endless: bool, is_cut: bool) -> str:
    if is_cut:
        return "repeats: times that are more than a year after the first are left out"
    if count > MAX_TIMES:
        return f"repeats: the first {MAX_TIMES} times are kept"
    if is_endless:
        return "repeats without an end: kept as long as the calendar's other events last, or for a year"
    return "repeats: each time is a session"


def _written(rule: Any) -> str:
    """Return a rule as a line; empty for one of parts that icalendar reads and cannot write."""
    try:
        return str(rule.to_ical().decode())
    except (TypeError, ValueError, AttributeError):
        return ""


def _is_followed(rule: str) -> bool:
    parts = rule.upper().split(";")
    fields = dict(part.partition("=")[::2] for part in parts)
    freq = fields.get("FREQ", "")
    if freq not in _FOLLOWED or not all(map(_FOLLOWED[freq].fullmatch, parts)):
        return False
    days = {"BYDAY", "BYMONTHDAY"} & fields.keys()
    if freq == "DAILY":  # every seventh day is never another weekday
        return not (days and int(fields.get("INTERVAL", "1")) % 7 == 0)
    if "BYSETPOS" in fields and any(map(str.isdigit, fields.get("BYDAY", "1"))):
        return False  # of a first Friday, a month has no fourth
    # Of a start on the 31st, a year's other months may have no such day.
    return len(days) == 1 or not (days or {"BYSETPOS", "BYMONTH"} & fields.keys())


def _limit(start: date, last_day: date | None) -> datetime:
    first = _naive(start)
    longest = first + _MAX_SPAN if first.year < 9000 else first
    if last_day is None or last_day < first.date():
        return longest
    return min(longest, datetime.combine(last_day, time.max))


def _follow(rule: str, recur: Any, start: date, limit: datetime) -> tuple[list[Any], bool]:
    """Return the occurrences of a rule up to the limit, and whether there are later ones."""
    found: list[Any] = []
    counts, ends = recur.get("COUNT") or [None], recur.get("UNTIL") or [None]
    days = rrulestr(_END.sub("", rule).lstrip(";"), dtstart=_naive(start))
    count = counts[0] if isinstance(counts[0], int) else MAX_TIMES + 1
    for moment in islice(days, min(count, MAX_TIMES + 1)):
        local = _like(moment, start)
        if ends[0] is not None and _is_after(local, ends[0]):
            break
        if moment > limit:
            return found, True
        found.append(local)
    return found, False


def _is_after(moment: Any, end: Any) -> bool:
    """Return whether a time is after a rule's UNTIL, which may be a date or in UTC."""
    if not isinstance(end, datetime) or not isinstance(moment, datetime):
        return _naive(moment).date() > _naive(end).date()
    if moment.tzinfo and end.tzinfo:
        return moment > end
    return _naive(moment) > _naive(end)


def _moments(event: Any, key: str, start: date) -> Iterator[Any]:
    """Yield the dates and times of RDATE or EXDATE, in the zone of the start."""
    for values in all_of(event, key):
        for value in getattr(values, "dts", ()):
            moment = getattr(value, "dt", None)
            moment = moment[0] if isinstance(moment, tuple) else moment  # a period
            if isinstance(moment, date):
                yield _in_zone_of(moment, start)


def _in_zone_of(moment: Any, start: Any) -> Any:
    """Convert a time to the zone of DTSTART; dates are returned unchanged."""
    zone = getattr(start, "tzinfo", None)
    if not isinstance(moment, datetime) or not zone or not moment.tzinfo:
        return moment
    try:
        return moment.astimezone(zone)
    except (ValueError, OverflowError):
        return moment


def _like(moment: datetime, start: date) -> Any:
    """Return a local time as a date or in the zone of DTSTART, whichever DTSTART is."""
    return moment.replace(tzinfo=start.tzinfo) if isinstance(start, datetime) else moment.date()


def _naive(moment: date) -> datetime:
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, time())


def _key(moment: date) -> str:
    """Return a key by which times are the same and sort: 20260501, or 20260501T100000."""
    return moment.strftime("%Y%m%dT%H%M%S" if isinstance(moment, datetime) else "%Y%m%d")
