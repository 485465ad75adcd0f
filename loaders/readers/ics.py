"""iCalendar: one session per VEVENT, or one for each time at which it takes place."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from loaders.calendars.calendar import Calendar, survey
from loaders.calendars.components import (
    all_of,
    first_of,
    key_of,
    list_components,
    parse_component,
    text_of,
)
from loaders.calendars.labels import take_labels
from loaders.calendars.moments import read_duration, read_moment, write_moment
from loaders.calendars.people import KEYS, Naming, choose_people, list_people, split_title
from loaders.calendars.repetitions import REPEATS, repeat, split_before
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.speakers import speaker_names
from loaders.sources.source_file import SourceFile
from service.errors import InputError

NAME = "ics"
MAX_REPEATED = 10_000
"""Sessions of a calendar that come of repetitions; of later ones, only the first time is kept."""
_CHANGED_ON = (
    "later times, which another event changes as a whole (RANGE=THISANDFUTURE), are left out: give each of "
    "them an event of its own"
)
_DROPPED = {"VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"}
_USED = {
    "BEGIN", "END", "UID", "SUMMARY", "DESCRIPTION", "LOCATION", "DTSTART", "DTEND", "DURATION", "STATUS",
    "CATEGORIES", "URL", "RECURRENCE-ID", "EXDATE", *REPEATS,
}  # fmt: skip


def matches(source: SourceFile, options: Options) -> bool:
    """Whether the file begins with a calendar, comments aside."""
    return "BEGIN:VCALENDAR" in source.head_text[:4096].upper()


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each time of each event, and a Diagnostic for what else there is."""
    calendar = survey(source)
    dropped: Counter[str] = Counter()
    repeated = 0
    for number, name, lines in list_components(source):
        location = f"{source.name}:{number}"
        if name in _DROPPED:
            dropped[name] += 1
        elif name == "VEVENT":
            for item in _event(lines, location, calendar, is_repeated=repeated < MAX_REPEATED):
                repeated += isinstance(item, Record) and bool(item.slot)
                yield item
    for name, times in dropped.items():
        yield Diagnostic(source.name, f"{times} {name} dropped: not sessions", skipped=False)
    for note in _people_notes(calendar.naming):
        yield Diagnostic(source.name, note, skipped=False)
    if not calendar.naming.events:
        raise InputError(f"{source.name} holds no VEVENT. Export the calendar again.")


def _people_notes(naming: Naming) -> Iterator[str]:
    for key in KEYS:
        if naming.is_of_speakers(key):
            yield f"people of {key} are taken for speakers where no other are named"
        elif naming.named[key]:
            yield f"people of {key} are mostly the same ones, and no speakers"
    if sign := naming.sign():
        yield f'titles end with the names of their speakers: "Title{sign}Name"'


def _event(
    lines: list[str], location: str, calendar: Calendar, *, is_repeated: bool
) -> Iterator[Record | Diagnostic]:
    event = parse_component([line for line in lines if key_of(line) in _USED])
    if event is None:
        yield Diagnostic(location, "an event that cannot be read", row="\n".join(lines)[:1000])
        return
    record = _record(event, lines, location, calendar)
    changed = calendar.changed.get(record.source_id, [])
    ranges = calendar.ranges.get(record.source_id, [])
    if calendar.ids[record.source_id] > 1 and not record.slot:
        record.source_id = ""  # one id for several events is none
    if event.errors:
        names = ", ".join(sorted({str(name) for name, _ in event.errors}))
        record.warnings.append(f"properties not understood: {names}")
    if not is_repeated and any(key in event for key in REPEATS):
        record.warnings.append(
            f"repeats: after {MAX_REPEATED:,} repeated sessions, it is kept once"
        )
        yield record
        return
    yield from _times(event, record, calendar, changed, ranges)


def _times(
    event: Any, record: Record, calendar: Calendar, changed: list[Any], ranges: list[Any]
) -> Iterator[Record | Diagnostic]:
    """Yield the record for each time of its event: each has the time by the rule as its slot.

    `changed` are times that other events replace, `ranges` those from which on one replaces all.
    """
    repetition = repeat(event, changed, calendar.last_day)
    if repetition is None:
        yield record
        return
    record.warnings.append(repetition.note)
    start, end = (first_of(event, key) for key in ("DTSTART", "DTEND"))
    if start is None or (len(repetition.times) == 1 and not changed):
        yield record
        return
    if not repetition.times:
        yield Diagnostic(record.location, "an event that is left out at all of its times", False)
    times, later = split_before(repetition.times, ranges, start.dt)
    if later:
        yield Diagnostic(record.location, f"{later} {_CHANGED_ON}", row=record.title)
    named = str(start.params.get("TZID", ""))
    for moment in times:
        text, zone = write_moment(moment, named, calendar.zones)
        last = _shifted(end, start, moment)
        until, _ = write_moment(last, named, calendar.zones) if last else ("", "")
        yield replace(
            record,
            slot=str(text),
            start=text,
            end=until,
            zone=zone or calendar.zone,
            warnings=[*record.warnings],
            values={**record.values},
        )


def _shifted(end: Any, start: Any, moment: Any) -> Any:
    """Return the end of an event that starts at another time; None if it has none."""
    try:
        return moment + (end.dt - start.dt)
    except (AttributeError, TypeError, OverflowError):
        return None


def _record(event: Any, lines: list[str], location: str, calendar: Calendar) -> Record:
    start, zone = read_moment(event, "DTSTART", calendar.zones)
    end, _ = read_moment(event, "DTEND", calendar.zones)
    categories = _categories(event)
    abstract, labels = take_labels(text_of(event, "DESCRIPTION"))
    title, speakers = _title_and_speakers(event, lines, calendar, labels.get("speakers", ""))
    taken = [f"taken from the description: {', '.join(labels)}"] if labels else []
    return Record(
        location=location,
        event=calendar.event,
        year=calendar.year,
        source_id=text_of(event, "UID"),
        slot=str(read_moment(event, "RECURRENCE-ID", calendar.zones)[0]),
        title=title,
        abstract=abstract,
        speakers=speakers,
        track=labels.get("track") or next(iter(categories), ""),
        tags=categories if "track" in labels else categories[1:],
        level=labels.get("level", ""),
        kind=labels.get("kind", ""),
        language=labels.get("language", ""),
        room=text_of(event, "LOCATION").removeprefix(calendar.prefix) or labels.get("room", ""),
        start=start,
        end=end,
        duration=read_duration(event),
        zone=zone or calendar.zone,
        url=text_of(event, "URL"),
        cancelled=text_of(event, "STATUS").upper() == "CANCELLED",
        warnings=taken,
    )


def _title_and_speakers(
    event: Any, lines: list[str], calendar: Calendar, labelled: str
) -> tuple[str, list[str]]:
    """Return the title without names, and the speakers: of a label, the title, ATTENDEE or ORGANIZER."""
    title = text_of(event, "SUMMARY")
    if calendar.is_pretalx and " - " in title:
        title, _, names = title.rpartition(" - ")
        return title, speaker_names(names)
    people = list_people(lines)
    speakers = speaker_names(labelled)
    known = [*speakers, *(name for names in people.values() for name in names)]
    title, named = split_title(title, calendar.naming.sign(), known)
    return title, speakers or named or choose_people(people, calendar.naming)


def _categories(event: Any) -> list[str]:
    parts = all_of(event, "CATEGORIES")
    return [str(text) for part in parts for text in getattr(part, "cats", ()) if str(text).strip()]
