"""Extract sessions from an HTML page: schema.org in JSON-LD, microdata or RDFa, else its tables."""

import re
from collections.abc import Iterator

from loaders.json_objects.values import no_sessions
from loaders.pages.events import Events, find_events
from loaders.pages.page import Page, read_page
from loaders.pages.records import read_records
from loaders.pages.tables import read_tables
from loaders.pages.values import text_of
from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile
from loaders.tables.programme import read_programme

_ABOUT_EVENT = re.compile(r'"@type"\s*:\s*"[^"]{0,60}Event"')
_REMEDY = "Look on the site for an export (schedule.json, schedule.xml, .ics, CSV) and load that."


def read_page_sessions(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each session found in JSON-LD, else in microdata and RDFa, else in tables.

    Tables are read only of a page that was named itself.
    """
    page = read_page(source)
    for block in page.damaged:
        yield Diagnostic(
            f"{source.name}#json-ld {block.number}",
            f"JSON-LD that cannot be read: {block.reason}",
            skipped=_ABOUT_EVENT.search(block.text) is not None,
            row=block.text,
        )
    events = _find(page, options)
    if not events.sessions:
        if source.is_named and (tables := read_tables(source, options)):
            yield from read_programme(source, tables, options)
            return
        yield no_sessions(source, ". ".join((_what_it_is(events), *source.notes, _REMEDY)))
        return
    for node in events.conferences:
        yield Diagnostic(
            source.name, f"the conference itself, no session: {text_of(node)}", skipped=False
        )
    yield from read_records(events.sessions, page, source.name)


def _find(page: Page, options: Options) -> Events:
    events = find_events(page.blocks, options.event)
    return events if events.sessions or not page.items else find_events(page.items, options.event)


def _what_it_is(events: Events) -> str:
    if events.conferences:
        name = text_of(events.conferences[0])
        return f"tells of a conference ({name}), and of none of its sessions"
    return (
        "is a web page without data on events (schema.org, in JSON-LD, microdata or RDFa) "
        "and without a table of talks below a header row"
    )
