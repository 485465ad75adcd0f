"""The export of this program: JSON Lines as `loaders.export` writes them."""

from collections.abc import Iterator
from typing import Any

from loaders.export import EXPORT_VERSION, VERSION_KEY
from loaders.json_objects.values import member, parse_lines
from loaders.records.record import Diagnostic, LinkText, Options, Record
from loaders.records.values import excerpt
from loaders.sources.source_file import SourceFile
from service.errors import StoreError
from service.stores.payload import decode_payload

NAME = "export"


def matches(source: SourceFile, options: Options) -> bool:
    """Whether the first line says that it is an export."""
    head = source.head_text
    return head.startswith("{") and f'"{VERSION_KEY}"' in head.partition("\n")[0]


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each line, from which the same session is made that was exported."""
    for location, item in parse_lines(source):
        yield item if isinstance(item, Diagnostic) else _record(item, location)


def _record(item: Any, location: str) -> Record | Diagnostic:
    version, payload = member(item, VERSION_KEY), member(item, "session")
    if version != EXPORT_VERSION:
        return Diagnostic(
            location, f"not a line of an export of version {EXPORT_VERSION}", row=excerpt(item)
        )
    if not isinstance(payload, dict):
        return Diagnostic(location, "a line of an export without a session", row=excerpt(item))
    try:
        session = decode_payload(payload)
    except StoreError:
        return Diagnostic(
            location, "a line of an export whose session is damaged", row=excerpt(item)
        )
    return Record(
        location=location,
        event=session.event,
        year=session.year,
        source_id=session.source_id,
        slot=session.slot,
        title=session.title,
        abstract=session.abstract,
        markup="plain",
        speakers=session.speakers,
        track=session.track,
        level=session.level,
        kind=session.kind,
        language=session.language,
        room=session.room,
        start=session.starts_at or "",
        end=session.ends_at or "",
        zone=session.timezone or "",
        url=session.url,
        links=[LinkText(link.url, link.label, link.kind) for link in session.links],
        cancelled=session.cancelled,
        tags=session.tags,
        service=False,
    )
