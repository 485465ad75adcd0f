"""Rules for now and next, in the zone of what runs today: of sessions known to take place then."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from service.query.constraints.days import local_today, relative_day
from service.query.constraints.known_values import Edition
from service.query.constraints.reading import Found, Reading
from service.query.constraints.times import add_each, running_at, starting
from service.query.constraints.words import one_of, pattern


def read_now(reading: Reading, editions: list[Edition]) -> None:
    """Add what "now" and "next" say: a day and a time, of sessions that are known to take place then."""
    zoned = [edition for edition in editions if edition.zone] or editions
    add_each(reading, zoned, (_now, _next))


def _scheduled(reading: Reading, found: Iterable[Found]) -> list[Found]:
    """Return the constraints, of sessions that take place at a time whose zone is known."""
    status = {"status": ("scheduled",)} if reading.known.has_status else {}
    return [replace(one, filters={**one.filters, **status}) for one in found]


@cache
def _now_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return pattern(one_of("now", "clear")), pattern(one_of("now", "alone"))


def _now(reading: Reading, editions: list[Edition]) -> Iterator[list[Found]]:
    clear, alone = _now_patterns()
    places = [found[1:] for found in reading.find(clear)]
    places += [found[1:] for found in reading.find(alone) if reading.is_alone(*found[1:])]
    editions = _in_one_zone(reading, editions)
    for first, last in places:
        day = relative_day(reading, editions, first, last, 0)
        time = _local_time(reading, editions)
        yield _scheduled(reading, [day, running_at(first, last, time)])


@cache
def _next_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return pattern(one_of("next", "clear")), pattern(one_of("next", "alone"))


def _next(reading: Reading, editions: list[Edition]) -> Iterator[list[Found]]:
    clear, alone = _next_patterns()
    places = [found[1:] for found in reading.find(clear)]
    places += [found[1:] for found in reading.find(alone) if reading.is_alone(*found[1:])]
    editions = _in_one_zone(reading, editions)
    for first, last in places:
        running = _running_today(reading, editions)
        if running:
            day = relative_day(reading, editions, first, last, 0)
            time = starting(first, last, _local_time(reading, editions), "")
            yield _scheduled(reading, [day, time])
            continue
        coming = [edition for edition in editions if not edition.is_over(reading.now)]
        if coming:
            days = tuple(sorted({edition.days[0] for edition in coming}))
            day = Found("day", first, last, ", ".join(days), {"day": days})
        else:
            day = relative_day(reading, editions, first, last, 0)
        yield _scheduled(reading, [day])


def _in_one_zone(reading: Reading, editions: list[Edition]) -> list[Edition]:
    """Return the editions in the zone of the largest that runs today: a time of day is of one zone."""
    running = _running_today(reading, editions)
    largest = max(running, key=lambda edition: edition.sessions, default=None)
    return [edition for edition in running if largest and edition.zone == largest.zone] or editions


def _running_today(reading: Reading, editions: list[Edition]) -> list[Edition]:
    return [
        edition
        for edition, today in local_today(reading, editions)
        if today.isoformat() in edition.days
    ]


def _local_time(reading: Reading, editions: list[Edition]) -> str:
    """Return the time of day in the zone of the largest edition that runs today, in UTC where none does."""
    running = sorted(_running_today(reading, editions), key=lambda edition: -edition.sessions)
    moment = running[0].local(reading.now) if running else reading.now
    return f"{moment:%H:%M}"
