"""Sched: the export of an event's sessions, as CSV or as JSON whatever the name says."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from loaders.json_objects.values import member, parse
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.speakers import speaker_names, without_speakers
from loaders.records.times import parse_datetime
from loaders.records.values import as_list, as_text, excerpt
from loaders.sources.source_file import SourceFile
from loaders.tables.delimited import is_text, text_table
from service.errors import InputError

NAME = "sched"
_MARKS = ("event_key", "event_start", "event_type")
_MAX_OFFSET = timedelta(hours=14)
_QUARTER_HOUR = timedelta(minutes=15)  # every zone's offset is a multiple


def matches(source: SourceFile, options: Options) -> bool:
    """Whether the keys or headers are those of Sched."""
    return is_text(source) and all(mark in source.head_text for mark in _MARKS)


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each session that is active."""
    for location, item in _rows(source):
        if isinstance(item, Diagnostic):
            yield item
        elif not isinstance(item, Mapping):
            yield Diagnostic(location, "not a JSON object", row=excerpt(item))
        elif as_text(item.get("active")).upper() in ("N", "NO", "0", "FALSE"):
            yield Diagnostic(location, "hidden (active: N)", row=excerpt(item), unwanted=True)
        else:
            yield _record(item, location)


def _rows(source: SourceFile) -> Iterator[tuple[str, Any]]:
    if source.head_text.startswith(("[", "{")):
        value = parse(source)
        items = value if isinstance(value, list) else member(value, "sessions")
        if not isinstance(items, list):
            raise InputError(f"{source.name} holds no list of sessions. Export it again.")
        for number, item in enumerate(items, 1):
            yield f"{source.name}#{number}", item
        return
    headers: list[str] = []
    for row in text_table(source).rows():
        if isinstance(row, Diagnostic):
            yield row.location, row
        elif not headers:
            headers = [cell.strip() for cell in row[1]]
        elif any(cell.strip() for cell in row[1]):
            yield f"{source.name}:{row[0]}", dict(zip(headers, row[1], strict=False))


def _record(row: Mapping[str, Any], location: str) -> Record:
    people = row.get("speakers")
    speakers = speaker_names(people)
    start, end = as_text(row.get("event_start")), as_text(row.get("event_end"))
    offset = _offset(start, as_text(row.get("start_time_ts")))
    title = as_text(row.get("name"))
    return Record(
        location=location,
        source_id=as_text(row.get("event_key")) or as_text(row.get("id")),
        title=without_speakers(title, speakers),
        abstract=as_text(row.get("description")),
        speakers=speakers,
        track=as_text(row.get("event_type")),
        kind=as_text(row.get("event_subtype")),
        level=as_text(row.get("audience")),
        room=as_text(row.get("venue")),
        start=_with_offset(offset, start),
        end=_with_offset(offset, end),
        url=as_text(row.get("event_url")) or as_text(row.get("url")),
        tags=as_list(row.get("tags")),
    )


def _offset(start: str, epoch: str) -> timedelta | None:
    """Return the UTC offset between the local start and the same moment in seconds since 1970."""
    try:
        local = parse_datetime(start)
        moment = datetime.fromtimestamp(float(epoch), UTC) if epoch else None
    except (ValueError, OverflowError, OSError):
        return None
    if local is None or moment is None or local.tzinfo is not None:
        return None
    offset = local.replace(tzinfo=UTC) - moment
    return None if abs(offset) > _MAX_OFFSET or offset % _QUARTER_HOUR else offset


def _with_offset(offset: timedelta | None, text: str) -> str:
    """Return a local time with the offset, unchanged without one."""
    if offset is None or not text:
        return text
    try:
        local = parse_datetime(text)
    except ValueError:
        return text
    return local.replace(tzinfo=timezone(offset)).isoformat() if local else text
