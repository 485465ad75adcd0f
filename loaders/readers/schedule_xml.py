"""schedule.xml of frab, pentabarf and pretalx, with rooms around events or without."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as safe
from defusedxml.common import DefusedXmlException

from loaders.record import Complaint, Options, Record, split_year
from loaders.sources import MAX_FILE_BYTES, SourceFile
from service.errors import InputError

NAME = "schedule.xml"


def matches(source: SourceFile) -> bool:
    """Whether it is XML with a <schedule> at its root."""
    head = source.head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"<schedule" in head


def read(source: SourceFile, options: Options) -> Iterator[Record | Complaint]:
    """Yield a Record for each event, in whatever depth: 2007 to 2012 have no room around it."""
    conference, day, count = Element("conference"), "", 0
    series, year = "", None
    for action, element in _elements(source):
        if action == "start":
            if element.tag == "day":
                day = element.get("date", "")
        elif element.tag == "conference":
            conference = element
            series, title_year = split_year(_text(element, "title") or _text(element, "acronym"))
            year = title_year or _year(_text(element, "start"))
        elif element.tag == "event":
            count += 1
            yield _record(
                element, source.name, series, year, day, _text(conference, "time_zone_name")
            )
            element.clear()
    if not count:
        raise InputError(f"{source.name} holds no event. Export the schedule again.")


def _record(
    event: Element, name: str, series: str, year: int | None, day: str, zone: str
) -> Record:
    id = event.get("id") or event.get("code") or event.get("guid") or ""
    date, start = _text(event, "date"), _text(event, "start")
    parts = [_text(event, "subtitle"), _text(event, "abstract"), _text(event, "description")]
    distinct = [part for index, part in enumerate(parts) if part and part not in parts[:index]]
    return Record(
        place=f"{name}#event {id}",
        event=series,
        year=year,
        source_id=id,
        title=_text(event, "title"),
        abstract="\n\n".join(distinct),
        speakers=[_text(person) or person.get("name", "") for person in event.iter("person")],
        track=_text(event, "track"),
        kind=_text(event, "type"),
        language=_text(event, "language"),
        room=_text(event, "room"),
        start=date if "T" in date else f"{date or day} {start}".strip(),
        duration=_text(event, "duration"),
        zone=zone,
        url=_text(event, "url"),
    )


def _elements(source: SourceFile) -> Iterator[tuple[str, Element]]:
    """The elements as they start and end; no document type, entities or external parts are let in."""
    if source.size > MAX_FILE_BYTES:
        raise InputError(f"{source.name} is larger than {MAX_FILE_BYTES // 2**20} MiB. Split it.")
    try:
        with source.open() as stream:
            yield from safe.iterparse(stream, events=("start", "end"), forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise InputError(
            f"{source.name}:{line}:{column}: not valid XML ({error}). Export the schedule again."
        ) from error
    except DefusedXmlException as error:
        raise InputError(
            f"{source.name} declares a document type or entities, which can expand without end. "
            "Remove the <!DOCTYPE ...> part and load it again."
        ) from error


def _text(element: Element, child: str = "") -> str:
    found = element.find(child) if child else element
    return "" if found is None else (found.text or "").strip()


def _year(date: str) -> int | None:
    return int(date[:4]) if date[:4].isdigit() else None
