"""Resolve 12-hour clock times without am or pm from the order of a day's rows."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from loaders.records.clocks import has_clock
from loaders.records.record import Diagnostic, Record
from loaders.records.schedule import start_year

ASK = "its time may be at night or in the afternoon, so it is left out: write am or pm, or 13:00"
_NOON, _MORNING = 12 * 60, 7 * 60  # minutes: what starts earlier than 7:00 may be an afternoon's
_DAY = 2 * _NOON
_CLOCK = re.compile(
    r"(?P<day>.*?)(?P<space>^|T|\s)(?P<hour>\d{1,2})(?P<sign>:|(?<=\s\d)\.|(?<=\s\d\d)\.)(?P<minute>[0-5]\d)"
    r"(?P<seconds>:\d\d)?"
)
_WITH_HALF = re.compile(
    r"(?P<day>.*?)(?:^|T|\s)(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?(?::\d\d)?\s*(?P<half>[ap])\.?\s?m\b\.?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Start and end of a row in minutes, with its day and room; on a clock of twelve hours, or of 24.

    `is_certain` says that its start says am or pm.
    """

    day: str
    start: int
    end: int | None = None
    room: str = ""
    is_certain: bool = False


def settle_clocks(clocks: Sequence[Clock]) -> list[int | None]:
    """Return the starts of rows, in their order, on a clock of 24 hours; None for those that nothing tells.

    Times that run 9, 10, 11, 12, 1, 2 are those of one day's morning and afternoon.
    """
    if not any(_is_early(clock) or _ends_before(clock) for clock in clocks):
        return [clock.start for clock in clocks]
    days: dict[str, list[int]] = {}
    for number, clock in enumerate(clocks):
        days.setdefault(clock.day, []).append(number)
    is_told = any(map(_ends_before, clocks))
    settled: list[int | None] = [None] * len(clocks)
    for numbers in days.values():
        starts, day_tells = _settle_day([clocks[number] for number in numbers])
        is_told = is_told or day_tells
        for number, start in zip(numbers, starts, strict=True):
            settled[number] = start
    if is_told:
        return settled
    return [None if _is_early(clock) else clock.start for clock in clocks]


def settle_halves(items: Iterator[Record | Diagnostic]) -> Iterator[Record | Diagnostic]:
    """Yield the items of a file, the times of its records on a clock of 24 hours.

    One time of a file that only a clock of 24 hours has leaves all others as they are. Those that say am or pm
    tell of the others.
    """
    certain: list[Clock] = []
    held: list[Record | Diagnostic] = []
    for item in items:
        if isinstance(item, Record) and (_is_of_24_hours(item.start) or _is_of_24_hours(item.end)):
            yield from held
            yield item
            yield from items
            return
        clock = _clock(item) if isinstance(item, Record) else None
        if held or (clock and (not clock.is_certain or _ends_before(clock))):
            held.append(item)
            continue
        if clock:
            certain.append(clock)
        yield item
    _settle(certain, [item for item in held if isinstance(item, Record)])
    yield from held


def _settle(before: Sequence[Clock], records: Sequence[Record]) -> None:
    """Settle the times of records; `before` are those of the records before them."""
    found = [(record, clock) for record in records if (clock := _clock(record))]
    starts = settle_clocks([*before, *(clock for _, clock in found)])[len(before) :]
    for (record, clock), start in zip(found, starts, strict=True):
        if start is None:
            if "T" in str(record.start):
                continue  # ISO 8601 has a clock of 24 hours
            record.year = record.year or start_year(record)
            record.warn(ASK, record.start)
            record.start = record.end = ""
        elif start != clock.start or _ends_before(clock):
            if not clock.is_certain:
                record.start = _written(record.start, start)
            if clock.end is not None and _parse(record.end):
                after = clock.end + (_NOON if clock.end < start else 0)
                record.end = _written(record.end, after) if start <= after < _DAY else record.end


def _settle_day(clocks: Sequence[Clock]) -> tuple[list[int], bool]:
    """Return a day's starts with those before 7:00 in the afternoon, and whether their order tells that."""
    plain = [clock.start for clock in clocks]
    sorted_whole = _promote(clocks, lambda before, clock: before.room == clock.room)
    drops = _drops(plain)
    if drops and not _drops(sorted_whole) and max(sorted_whole) < _DAY:
        return sorted_whole, True
    morning = [clock.start for clock in clocks if not _is_early(clock)]
    earliest = min(morning[:1], default=0)
    starts = _promote(clocks, lambda before, clock: clock.start < earliest)
    return starts, bool(drops) and 2 * _drops(starts) <= drops


def _promote(clocks: Sequence[Clock], is_evening: Callable[[Clock, Clock], bool]) -> list[int]:
    """Return starts with those before 7:00 in the afternoon, and what `is_evening` says in the evening."""
    starts: list[int] = []
    before: Clock | None = None
    for clock in clocks:
        is_after = before is not None and starts[-1] > _NOON
        may_be = is_after and clock.start < _NOON and not clock.is_certain
        late = may_be and before and is_evening(before, clock)
        starts.append(clock.start + (_NOON if late or _is_early(clock) else 0))
        before = clock
    return starts


def _drops(starts: Sequence[int]) -> int:
    return sum(later < earlier for earlier, later in pairwise(starts))


def _is_early(clock: Clock) -> bool:
    return clock.start < _MORNING and not clock.is_certain


def _ends_before(clock: Clock) -> bool:
    """Return whether a session ends in the half of the day after that in which it starts: 11:30 to 1:00."""
    return clock.end is not None and not _is_early(clock) and clock.end < clock.start


def _clock(record: Record) -> Clock | None:
    """Return a record's times if its start is a 12-hour clock time, else None."""
    with_half = _with_half(record.start)
    start = with_half or _parse(record.start)
    if start is None:
        return None
    day = start["day"].strip()
    end = _with_half(record.end) or _parse(record.end)
    same_day = end and end["day"].strip() in ("", day)
    until = _minutes(end) if end and same_day else None
    return Clock(day, _minutes(start), until, record.room, with_half is not None)


def _parse(value: str | datetime) -> re.Match[str] | None:
    """Return the match of a text that ends with a time that a clock of twelve hours has."""
    match = _CLOCK.fullmatch(value) if isinstance(value, str) and len(value) < 100 else None
    return match if match and 1 <= int(match["hour"]) <= 12 else None


def _with_half(value: str | datetime) -> re.Match[str] | None:
    """Return the match of a text that ends with a time that says am or pm."""
    match = _WITH_HALF.fullmatch(value) if isinstance(value, str) and len(value) < 100 else None
    return match if match and 1 <= int(match["hour"]) <= 12 else None


def _minutes(match: re.Match[str]) -> int:
    hour = int(match["hour"])
    if half := match.groupdict().get("half"):
        hour = hour % 12 + (12 if half in "pP" else 0)
    return hour * 60 + int(match["minute"] or 0)


def _is_of_24_hours(value: str | datetime) -> bool:
    """Return whether a time is none of a clock of twelve hours."""
    if isinstance(value, datetime):
        return True
    return bool(value) and has_clock(value) and not (_parse(value) or _with_half(value))


def _written(text: str | datetime, minutes: int) -> str:
    match = _CLOCK.fullmatch(str(text))
    if match is None:
        raise ValueError(text)
    clock = f"{minutes // 60:02}{match['sign']}{minutes % 60:02}{match['seconds'] or ''}"
    return f"{match['day']}{match['space']}{clock}"
