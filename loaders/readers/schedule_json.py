"""schedule.json of frab and pretalx: days with rooms with events."""

from collections.abc import Iterator
from typing import Any

from loaders.json_objects.values import member, objects, parse
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


def matches(source: SourceFile, options: Options) -> bool:
    """Whether it is a JSON object with a schedule of a conference in it."""
    head = source.head_text
    is_schedule = head.startswith("{") and '"schedule"' in head and '"conference"' in head
    return is_schedule and "json-schema.org" not in head


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each event of each room of each day."""
    conference = member(parse(source), "schedule", "conference")
    if not isinstance(conference, dict):
        raise InputError(f"{source.name} holds no schedule of a conference. Export it again.")
    name = as_text(conference.get("title")) or as_text(conference.get("acronym"))
    series, title_year = split_year(name)
    year = title_year or as_year(as_text(conference.get("start"))[:4])
    zone = as_text(conference.get("time_zone_name"))
    for room, date, event in _events(conference):
        if isinstance(event, dict):
            yield _record(event, source.name, series, year, room, date, zone)
        else:
            yield Diagnostic(f"{source.name}#{room}", "not a JSON object", row=str(event)[:1000])


def _events(conference: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for day in objects(conference.get("days")):
        rooms = day.get("rooms")
        if isinstance(rooms, dict):
            named = list(rooms.items())
        else:
            named = [(as_text(room.get("name")), room.get("events")) for room in objects(rooms)]
        for room, events in named:
            for event in events if isinstance(events, list) else ():
                yield room, as_text(day.get("date")), event


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
        duration=as_text(event.get("duration")),
        zone=zone,
        url=as_text(event.get("url")),
        states=[as_text(event.get("state"))],
        cancelled=is_cancelled(as_text(event.get("status")))
        or any(is_said(as_text(event.get(key))) for key in ("cancelled", "canceled")),
        links=[link for key in ("attachments", "links") for link in list_links(event.get(key))],
    )
