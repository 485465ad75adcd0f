"""schedule.json of frab and pretalx: days with rooms with events; schedule2: one list of events."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from loaders.json_objects.shapes import Simplifier
from loaders.json_objects.values import member, no_sessions, objects, parse
from loaders.records.cancelled import is_cancelled
from loaders.records.cleaning import split_year
from loaders.records.links import list_links
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.speakers import speaker_names
from loaders.records.states import is_said
from loaders.records.values import as_text, as_year, join_paragraphs
from loaders.sources.source_file import SourceFile
from service.errors import InputError

NAME = "schedule.json"
_IS_SCHEDULE = re.compile(r'"schedule"\s*:\s*\{')
_ON_STAGE = {"", "speaker", "moderator", "host", "panelist", "presenter"}
_NO_SCHEDULE = "holds no schedule of a conference: days with rooms, or events. Export it again."


def matches(source: SourceFile, options: Options) -> bool:
    """Whether it is a JSON object with a conference whose days have rooms, or a schedule with events."""
    head = source.head_text
    if not head.startswith("{") or not _IS_SCHEDULE.search(head) or '"conference"' not in head:
        return False
    if "json-schema.org" in head:
        return False
    try:
        is_one = any(_events(_schedule(source)))
    except InputError:
        return True  # said where it is damaged when it is read
    if not is_one:
        _schedule.cache_clear()
    return is_one


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each event of each room of each day, or of a schedule2's list of events."""
    simplifier = Simplifier(options)
    schedule = simplifier.simplify(_schedule(source))
    _schedule.cache_clear()
    conference = member(schedule, "conference")
    events = list(_events(schedule))
    if not isinstance(conference, dict) or not events:
        yield no_sessions(source, _NO_SCHEDULE)
        return
    yield from (Diagnostic(source.name, note, skipped=False) for note in simplifier.notes)
    name = as_text(conference.get("title")) or as_text(conference.get("acronym"))
    series, title_year = split_year(name)
    year = title_year or as_year(as_text(conference.get("start"))[:4])
    zone = as_text(conference.get("time_zone_name"))
    for room, date, event in events:
        if isinstance(event, dict):
            yield _record(event, source.name, series, year, room, date, zone)
        else:
            yield Diagnostic(f"{source.name}#{room}", "not a JSON object", row=str(event)[:1000])


@lru_cache(maxsize=1)  # until it is read, after it was told
def _schedule(source: SourceFile) -> Any:
    return member(parse(source), "schedule")


def _events(schedule: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield room, date and event of each event: in rooms of days, or in one list that names them by slugs."""
    conference = member(schedule, "conference")
    for day in objects(member(conference, "days")):
        rooms = day.get("rooms")
        if isinstance(rooms, dict):
            named = list(rooms.items())
        else:
            named = [(as_text(room.get("name")), room.get("events")) for room in objects(rooms)]
        for room, events in named:
            for event in events if isinstance(events, list) else ():
                yield room, as_text(day.get("date")), event
    events = member(schedule, "events")
    listed = list(events.values()) if isinstance(events, dict) else events
    for event in listed if isinstance(listed, list) else ():
        yield "", "", _with_names(event, conference) if isinstance(event, dict) else event


def _with_names(event: dict[str, Any], conference: Any) -> dict[str, Any]:
    """Return an event of a schedule2 with its room's and track's names, and its persons."""
    named = {key: _name(event.get(key), member(conference, f"{key}s")) for key in ("room", "track")}
    people = objects(event.get("participants"))
    speakers = [item for item in people if as_text(item.get("role")).lower() in _ON_STAGE]
    persons = speakers or event.get("persons") or people
    return {**event, **named, "persons": persons, "date": as_text(event.get("start"))}


def _name(value: Any, listed: Any) -> str:
    """Return the name of what is listed under a slug or guid; of anything else what it says itself."""
    given = as_text(value)
    named = (
        as_text(item)
        for item in objects(listed)
        if given and given in (as_text(item.get("slug")), as_text(item.get("guid")))
    )
    return next(named, given)


def _record(
    event: dict[str, Any], name: str, series: str, year: int | None, room: str, day: str, zone: str
) -> Record:
    id = next((text for key in ("id", "code", "guid") if (text := as_text(event.get(key)))), "")
    date = as_text(event.get("date"))
    start = date if "T" in date else f"{date or day} {as_text(event.get('start'))}".strip()
    texts = ("subtitle", "abstract", "description")
    return Record(
        location=f"{name}#event {id}",
        event=series,
        year=year,
        source_id=id,
        title=as_text(event.get("title")),
        abstract=join_paragraphs(as_text(event.get(key)) for key in texts),
        speakers=speaker_names(event.get("persons") or []),
        track=as_text(event.get("track")),
        kind=as_text(event.get("type")),
        language=as_text(event.get("language")),
        room=as_text(event.get("room")) or room,
        start=start,
        end=as_text(event.get("end")),
        duration=as_text(event.get("duration")),
        zone=zone,
        url=as_text(event.get("url")),
        states=[as_text(event.get("state"))],
        cancelled=is_cancelled(as_text(event.get("status")))
        or any(is_said(as_text(event[key])) for key in ("cancelled", "canceled") if key in event),
        links=[link for key in ("attachments", "links") for link in list_links(event.get(key))],
    )
