"""Start and end of a record's session: start, end and duration are parsed one by one."""

import re
from datetime import datetime, time, timedelta

from loaders.records import times
from loaders.records.clocks import has_clock
from loaders.records.record import Options, Record
from service.dates import in_order

NO_ZONE = "no time zone: kept as the event's local time; pass --timezone, such as Europe/Brussels"
DAY_ONLY = "a date without a time: it starts at 00:00"
_MIDNIGHT = re.compile(r"(?<!\d)24:00(?!\d)")
_YEAR = re.compile(r"(?<!\d)(19\d\d|2[01]\d\d)(?!\d)")


def read_times(record: Record, options: Options) -> tuple[datetime | None, datetime | None]:
    """Return start and end, None where unknown; an invalid end or duration is dropped and the start kept.

    Both are aware, or naive where neither the record nor the options name a zone.
    What cannot be parsed is added to the record's warnings. Raises AmbiguousDate.
    """
    starts_at = _start(record, options) if record.start else None
    if starts_at is None:
        return None, None
    ends_at = _end(record, options, starts_at) if record.end else None
    return starts_at, ends_at or _end_by_duration(record, starts_at)


def _start(record: Record, options: Options) -> datetime | None:
    try:
        moment = _moment(record.start, record, options)
        starts_at = _in_zone(moment, record, options)
    except times.AmbiguousDate:
        raise
    except ValueError as error:
        record.warn(f"time not understood: {error}", record.start)
        return None
    if starts_at and starts_at.tzinfo is None:
        record.warn(NO_ZONE)
    if moment and _is_day(record.start, moment):
        record.warn(DAY_ONLY, record.start)
    return starts_at


def _end(record: Record, options: Options, starts_at: datetime) -> datetime | None:
    """Return the stated end; a zone or day that it leaves out is the start's."""
    try:
        end = _MIDNIGHT.sub("00:00", record.end) if isinstance(record.end, str) else record.end
        ends_at = _moment(end, record, options, starts_at)
    except times.AmbiguousDate:
        raise
    except ValueError as error:
        record.warn(f"end not understood: {error}", record.end)
        return None
    if ends_at is None or (_is_day(record.end, ends_at) and starts_at.time() != time()):
        return None
    if ends_at.tzinfo and starts_at.tzinfo is None:
        record.warn("its end has a zone and its start none", record.end)
        return None
    if ends_at.tzinfo:
        ends_at = ends_at.astimezone(starts_at.tzinfo)
    else:
        ends_at = ends_at.replace(tzinfo=starts_at.tzinfo)
    if ends_at >= starts_at:
        return ends_at
    if starts_at - ends_at < timedelta(days=1):
        return ends_at + timedelta(days=1)
    record.warn("its end is before its start", record.end)
    return None


def _end_by_duration(record: Record, starts_at: datetime) -> datetime | None:
    """Return the start plus the duration, counted in UTC, so that daylight saving time does not change it."""
    try:
        duration = times.parse_duration(record.duration)
    except ValueError as error:
        record.warn(f"duration not understood: {error}", record.duration)
        return None
    if not duration:
        return None
    ends_at = in_order(starts_at) + duration
    return (
        ends_at.astimezone(starts_at.tzinfo) if starts_at.tzinfo else ends_at.replace(tzinfo=None)
    )


def _in_zone(moment: datetime | None, record: Record, options: Options) -> datetime | None:
    try:
        return times.localise(moment, (record.zone, options.timezone))
    except ValueError as error:
        if moment is None or moment.utcoffset() is None:
            raise
        record.warn(f"{error}; offsets are used")
        return moment


def _is_day(value: str | datetime, moment: datetime) -> bool:
    """Return whether a value is a date without a time, which is parsed as midnight."""
    return isinstance(value, str) and moment.time() == time() and not has_clock(value)


def _moment(
    value: str | datetime, record: Record, options: Options, day: datetime | None = None
) -> datetime | None:
    if isinstance(value, datetime):
        return times.check_year(value)
    order = options.date_order or record.date_order
    return times.parse_datetime(value, order, record.year or options.year, day)


def start_year(record: Record) -> int | None:
    """Return the year of a start whose zone is unknown: the zone may change its day, hardly its year."""
    start = record.start
    if isinstance(start, datetime):
        return start.year
    match = _YEAR.search(start)
    return int(match[1]) if match else None
