"""iCalendar: one session per VEVENT."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

import icalendar
from icalendar.prop.broken import vBroken

from loaders.records.cleaning import split_year
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.speakers import speaker_names
from loaders.records.text import drop_surrogates
from loaders.sources.source_file import SourceFile
from service.dates import parse_zone
from service.errors import InputError

NAME = "ics"
MAX_COMPONENT = 2**20
_BEGIN = re.compile(r"BEGIN:([\w-]+)\s*$", re.I)
_DROPPED = {"VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"}
_MAX_ZONE = 2_000  # lines
_NOT_YEARLY = re.compile(
    r"RRULE(?!.*FREQ=YEARLY)|RRULE.*BY(?:HOUR|MINUTE|SECOND|YEARDAY|SETPOS)|RRULE.{200}", re.I
)
_REPEATS = ("RRULE", "RDATE")
_USED = {
    "BEGIN", "END", "UID", "SUMMARY", "DESCRIPTION", "LOCATION", "DTSTART", "DTEND", "DURATION", "STATUS",
    "CATEGORIES", "URL", "RECURRENCE-ID", *_REPEATS,
}  # fmt: skip


@dataclass(slots=True)
class _Calendar:
    """The properties of a calendar that hold for all of its events."""

    event: str = ""
    year: int | None = None
    zone: str = ""
    is_pretalx: bool = False
    prefix: str = ""
    zones: dict[str, tzinfo] = field(default_factory=dict)  # that the file defines, by TZID


def matches(source: SourceFile, options: Options) -> bool:
    """Whether the file begins with a calendar, comments aside."""
    return "BEGIN:VCALENDAR" in source.head_text[:4096].upper()


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each event, and a Diagnostic for other components and for repetitions."""
    calendar, ids = _survey(source)
    dropped: Counter[str] = Counter()
    count = 0
    for number, name, lines in _components(source):
        location = f"{source.name}:{number}"
        if name in _DROPPED:
            dropped[name] += 1
        elif name == "VEVENT":
            count += 1
            yield from _event(lines, location, calendar, ids)
    for name, times in dropped.items():
        yield Diagnostic(source.name, f"{times} {name} dropped: not sessions", skipped=False)
    if not count:
        raise InputError(f"{source.name} holds no VEVENT. Export the calendar again.")


def _survey(source: SourceFile) -> tuple[_Calendar, Counter[str]]:
    """Read the file once for its properties, its time zones, and how often each UID occurs."""
    calendar, ids = _Calendar(), Counter[str]()
    prefixes: set[str] = set()
    for _, name, lines in _components(source):
        if not name:
            _read_property(calendar, lines[0])
        elif name == "VTIMEZONE":
            _read_zone(calendar, lines)
        elif name == "VEVENT":
            if not _value(lines, "RECURRENCE-ID"):
                ids[_value(lines, "UID")] += 1
            if location := _value(lines, "LOCATION"):
                prefix, sign, _ = location.partition(" - ")
                prefixes.add(prefix + sign if sign else "")
    if len(prefixes) == 1 and ids.total() > 1:
        calendar.prefix = prefixes.pop()
    return calendar, ids


def _read_property(calendar: _Calendar, line: str) -> None:
    key, _, value = line.partition(":")
    key, value = key.partition(";")[0].upper(), _unescaped(value).strip()
    if key in ("X-WR-CALNAME", "NAME") and not calendar.event:
        calendar.event, calendar.year = split_year(value)
    elif key == "X-WR-TIMEZONE" and _is_zone(value):
        calendar.zone = value
    elif key == "PRODID":
        calendar.is_pretalx = "pretalx" in value.lower()


def _read_zone(calendar: _Calendar, lines: list[str]) -> None:
    """Keep a zone that the file defines; the library remembers it by its id, unless it knows that itself."""
    component = _component(lines)
    if len(lines) > _MAX_ZONE or any(map(_NOT_YEARLY.match, lines)):
        return  # it would take long to find out what it says
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            calendar.zones[_text(component, "TZID")] = component.to_tz(lookup_tzid=False)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return  # a damaged definition: what the zone is called counts


def _event(
    lines: list[str], location: str, calendar: _Calendar, ids: Counter[str]
) -> Iterator[Record | Diagnostic]:
    event = _component([line for line in lines if _key(line) in _USED])
    if event is None:
        yield Diagnostic(location, "an event that cannot be read", row="\n".join(lines)[:1000])
        return
    record = _record(event, location, calendar)
    if ids[record.source_id] > 1 and not record.slot:
        record.source_id = ""  # one id for several events is none
    if event.errors:
        names = ", ".join(sorted({str(name) for name, _ in event.errors}))
        record.warnings.append(f"properties not understood: {names}")
    record.warnings.extend(
        f"repeats ({key}): only the first time is kept" for key in _REPEATS if key in event
    )
    yield record


def _record(event: Any, location: str, calendar: _Calendar) -> Record:
    title = _text(event, "SUMMARY")
    names = ""
    if calendar.is_pretalx and " - " in title:
        title, _, names = title.rpartition(" - ")
    start, zone = _moment(event, "DTSTART", calendar)
    end, _ = _moment(event, "DTEND", calendar)
    categories = _categories(event)
    return Record(
        location=location,
        event=calendar.event,
        year=calendar.year,
        source_id=_text(event, "UID"),
        slot=str(_moment(event, "RECURRENCE-ID", calendar)[0]),
        title=title,
        abstract=_text(event, "DESCRIPTION"),
        speakers=speaker_names(names),
        track=next(iter(categories), ""),
        tags=categories[1:],
        room=_text(event, "LOCATION").removeprefix(calendar.prefix),
        start=start,
        end=end,
        duration=_duration(event),
        zone=zone or calendar.zone,
        url=_text(event, "URL"),
        cancelled=_text(event, "STATUS").upper() == "CANCELLED",
    )


def _moment(event: Any, key: str, calendar: _Calendar) -> tuple[str | datetime, str]:
    """Return a time and the name of its zone; where that name is unknown, an aware time and no name.

    The file's own definition says what an abbreviation such as GMT means, whatever it means elsewhere.
    """
    value = _first(event, key)
    moment = getattr(value, "dt", None)
    if not isinstance(moment, datetime):
        return (moment.isoformat() if isinstance(moment, date) else ""), ""
    named = str(value.params.get("TZID", ""))
    own = None if "/" in named else _own_offset(calendar, named, moment)
    if own is not None and own != moment.utcoffset():
        return moment.replace(tzinfo=timezone(own)), ""
    if moment.tzinfo is None:
        return moment.isoformat(), named
    key_of_zone = getattr(moment.tzinfo, "key", "")
    if named and _is_zone(key_of_zone or named):
        return moment.replace(tzinfo=None).isoformat(), key_of_zone or named
    offset = moment.utcoffset()
    return (moment.replace(tzinfo=timezone(offset)) if offset else moment.replace(tzinfo=UTC)), ""


def _own_offset(calendar: _Calendar, named: str, moment: datetime) -> timedelta | None:
    """Return the offset of a zone that the file defines at a local time; None if it defines none."""
    zone = calendar.zones.get(named)
    try:
        return zone.utcoffset(moment.replace(tzinfo=zone)) if zone else None
    except (ValueError, OverflowError):
        return None


def _duration(event: Any) -> str:
    length = getattr(_first(event, "DURATION"), "dt", None)
    if not isinstance(length, timedelta) or not timedelta(0) < length < timedelta(days=30):
        return ""
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def _categories(event: Any) -> list[str]:
    value = event.get("CATEGORIES")
    parts = value if isinstance(value, list) else [value]
    return [str(text) for part in parts for text in getattr(part, "cats", ()) if str(text).strip()]


def _first(event: Any, key: str) -> Any:
    value = event.get(key)
    value = value[0] if isinstance(value, list) and value else value
    return None if isinstance(value, vBroken) else value


def _text(event: Any, key: str) -> str:
    value = _first(event, key)
    return "" if value is None else str(value).strip()


def _component(lines: list[str]) -> Any:
    """Return the parsed component, None if icalendar cannot read it."""
    try:
        with warnings.catch_warnings():  # of zones whose names it guesses, in words for programmers
            warnings.simplefilter("ignore")
            return icalendar.Component.from_ical("\r\n".join([*lines, ""]).encode())
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return None


def _components(source: SourceFile) -> Iterator[tuple[int, str, list[str]]]:
    """Yield (line number, name, unfolded lines) of each component of the calendar, without those nested in it.

    A property of the calendar itself is a component without a name.
    """
    name, start, lines, inside, size = "", 0, list[str](), 0, 0
    for number, line in _unfolded(source):
        begins, ends = _BEGIN.match(line), line[:4].upper() == "END:"
        if begins and begins[1].upper() == "VCALENDAR":
            continue
        if begins and (not name or begins[1].upper() == "VEVENT"):
            if name:  # the one before never ended
                yield start, name, lines
            name, start, lines, inside, size = begins[1].upper(), number, [line], 0, 0
        elif not name:
            if not ends:
                yield number, "", [line]
        elif begins and name != "VTIMEZONE":
            inside += 1
        elif ends and inside:
            inside -= 1
        elif not inside:
            size += len(line)
            if size <= MAX_COMPONENT:
                lines.append(line)
            if ends and line[4:].strip().upper() == name:
                yield start, name, lines
                name = ""
    if name:
        yield start, name, lines


def _unfolded(source: SourceFile) -> Iterator[tuple[int, str]]:
    """Yield (line number, line), folded lines joined."""
    start, parts = 0, list[str]()
    for number, raw in enumerate(source.text_lines(), 1):
        line = drop_surrogates(raw.rstrip("\r\n")).replace("\0", "")
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield start, "".join(parts)
        start, parts = number, [line] if line.strip() else []
    if parts:
        yield start, "".join(parts)


def _key(line: str) -> str:
    return re.split("[;:]", line, maxsplit=1)[0].upper()


def _value(lines: list[str], key: str) -> str:
    return next((line.partition(":")[2].strip() for line in lines if _key(line) == key), "")


def _unescaped(text: str) -> str:
    return re.sub(r"\\([,;\\])", r"\1", text.replace("\\n", " ").replace("\\N", " "))


def _is_zone(name: str) -> bool:
    try:
        parse_zone(name)
    except ValueError:
        return False
    return True
