"""Clock times on a clock of twelve hours that say neither am nor pm: the order of a day's rows tells."""

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


@dataclass(frozen=True, slots=True)
class Clock:
    """Start and end of a row in minutes, with its day and room; on a clock of twelve hours, or of 24."""

    day: str
    start: int
    end: int | None = None
    room: str = ""


def settle_clocks(clocks: Sequence[Clock]) -> list[int | None]:
    """Return the starts of rows, in their order, on a clock of 24 hours; None for those that nothing tells.

    Times that run 9, 10, 11, 12, 1, 2 are those of one day's morning and afternoon.
    """
    if not any(_is_early(clock.start) or _ends_before(clock) for clock in clocks):
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
    return [None if _is_early(clock.start) else clock.start for clock in clocks]


def settle_halves(items: Iterator[Record | Diagnostic]) -> Iterator[Record | Diagnostic]:
    """Yield the items of a file, the times of its records on a clock of 24 hours.

    One time of a file that says am or pm, or that only a clock of 24 hours has, leaves all others as they are.
    """
    held: list[Record | Diagnostic] = []
    for item in items:
        if isinstance(item, Record) and (_is_plain(item.start) or _is_plain(item.end)):
            yield from held
            yield item
            yield from items
            return
        if held or (isinstance(item, Record) and _parse(item.start)):
            held.append(item)
        else:
            yield item
    _settle([item for item in held if isinstance(item, Record) and _parse(item.start)])
    yield from held


def _settle(records: Sequence[Record]) -> None:
    clocks = [_clock(record) for record in records]
    for record, clock, start in zip(records, clocks, settle_clocks(clocks), strict=True):
        if start is None:
            if "T" in str(record.start):
                continue  # ISO 8601 has a clock of 24 hours
            record.year = record.year or start_year(record)
            record.warn(ASK, record.start)
            record.start = record.end = ""
        elif start != clock.start or _ends_before(clock):
            record.start = _written(record.start, start)
            if clock.end is not None:
                after = clock.end + (_NOON if clock.end < start else 0)
                record.end = _written(record.end, after) if after < _DAY else record.end


def _settle_day(clocks: Sequence[Clock]) -> tuple[list[int], bool]:
    """Return a day's starts with those before 7:00 in the afternoon, and whether their order tells that."""
    plain = [clock.start for clock in clocks]
    sorted_whole = _promote(clocks, lambda before, clock: before.room == clock.room)
    drops = _drops(plain)
    if drops and not _drops(sorted_whole) and max(sorted_whole) < _DAY:
        return sorted_whole, True
    morning = [start for start in plain if not _is_early(start)]
    earliest = min(morning[:1], default=0)
    starts = _promote(clocks, lambda before, clock: clock.start < earliest)
    return starts, bool(drops) and 2 * _drops(starts) <= drops


def _promote(clocks: Sequence[Clock], is_evening: Callable[[Clock, Clock], bool]) -> list[int]:
    """Return starts with those before 7:00 in the afternoon, and what `is_evening` says in the evening."""
    starts: list[int] = []
    before: Clock | None = None
    for clock in clocks:
        is_after = before is not None and starts[-1] > _NOON
        late = is_after and clock.start < _NOON and before and is_evening(before, clock)
        starts.append(clock.start + (_NOON if late or _is_early(clock.start) else 0))
        before = clock
    return starts


def _drops(starts: Sequence[int]) -> int:
    return sum(later < earlier for earlier, later in pairwise(starts))


def _is_early(start: int) -> bool:
    return start < _MORNING


def _ends_before(clock: Clock) -> bool:
    """Return whether a session ends in the half of the day after that in which it starts: 11:30 to 1:00."""
    return clock.end is not None and not _is_early(clock.start) and clock.end < clock.start


def _clock(record: Record) -> Clock:
    start, end = _parse(record.start), _parse(record.end)
    if start is None:
        raise ValueError(record.start)
    day = start["day"].strip()
    same_day = end and end["day"].strip() in ("", day)
    return Clock(day, _minutes(start), _minutes(end) if end and same_day else None, record.room)


def _parse(value: str | datetime) -> re.Match[str] | None:
    """Return the match of a text that ends with a time that a clock of twelve hours has."""
    match = _CLOCK.fullmatch(value) if isinstance(value, str) and len(value) < 100 else None
    return match if match and 1 <= int(match["hour"]) <= 12 else None


def _minutes(match: re.Match[str]) -> int:
    return int(match["hour"]) * 60 + int(match["minute"])


def _is_plain(value: str | datetime) -> bool:
    """Return whether a time says which half of the day it is in, or is of a clock of 24 hours."""
    if isinstance(value, datetime):
        return True
    return bool(value) and has_clock(value) and _parse(value) is None


def _written(text: str | datetime, minutes: int) -> str:
    match = _CLOCK.fullmatch(str(text))
    if match is None:
        raise ValueError(text)
    clock = f"{minutes // 60:02}{match['sign']}{minutes % 60:02}{match['seconds'] or ''}"
    return f"{match['day']}{match['space']}{clock}"
