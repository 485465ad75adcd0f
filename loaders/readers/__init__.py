"""One module per source format, and the choice of the reader for a file.

A reader module has `NAME` (what `--format` calls it), `matches(source, options)`, which looks at the content
and not at the file's name alone, and `read(source, options)`, which yields Records and Diagnostics. The first
that matches, in the order below, reads. What several share is in loaders.json_objects and loaders.tables.
"""

from collections.abc import Iterator
from typing import Protocol, cast

from loaders.readers import (
    bibtex,
    csv_tsv,
    export,
    ics,
    json_lines,
    json_sessions,
    pyvideo,
    rubyevents,
    sched,
    schedule_json,
    schedule_xml,
    sessionize,
    site,
    spreadsheet,
    web_page,
)
from loaders.readers.refusals import foreign_kind, remedy
from loaders.records.record import Diagnostic, Options, Record
from loaders.sites.paths import is_markdown
from loaders.sources.source_file import SourceFile
from service.errors import InputError


class Reader(Protocol):
    """What a reader module offers."""

    NAME: str

    def matches(self, source: SourceFile, options: Options) -> bool:
        """Whether the content looks like this format."""
        ...

    def read(self, source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
        """Yield a Record for each session and a Diagnostic for each part that cannot be read.

        Raises InputError if the whole file is not what it claims to be.
        """
        ...


READERS = tuple(
    cast(Reader, module)
    for module in (
        pyvideo,  # the first two know their files by their paths, without opening them
        rubyevents,
        site,  # takes all files of a site's checkout, of whatever format
        web_page,
        schedule_xml,
        ics,
        bibtex,
        spreadsheet,
        export,
        schedule_json,
        sessionize,
        sched,
        json_sessions,
        json_lines,
        csv_tsv,
    )
)
_DEFAULTS = Options()
FORMATS = tuple(reader.NAME for reader in READERS)
_ALIASES = {
    "tsv": "csv", "xlsx": "spreadsheet", "ods": "spreadsheet", "xls": "spreadsheet", "ical": "ics",
    "icalendar": "ics", "ndjson": "jsonl", "json lines": "jsonl", "frab": "schedule.json",
    "pretalx": "schedule.json", "pentabarf": "schedule.xml", "xml": "schedule.xml", "yaml": "site",
    "markdown": "site", "jekyll": "site", "hugo": "site", "astro": "site", "eleventy": "site",
    "htm": "html", "json-ld": "html",
}  # fmt: skip


def find_reader(source: SourceFile, options: Options = _DEFAULTS) -> Reader | None:
    """Return the reader of the named format, or the first whose format the content looks like.

    None for a file in a folder or archive that no reader takes. Raises InputError for a format that does
    not exist and for a file that the caller named and no reader takes.
    """
    readers = [_reader_of_name(options.format)] if options.format else READERS
    if options.format and source.is_named:
        return readers[0]
    if is_markdown(source.path) and not source.is_named:
        readers = [
            reader for reader in readers if reader.NAME == site.NAME
        ]  # others take prose for data
    for reader in () if source.is_named and foreign_kind(source) else readers:
        if reader.matches(source, options):
            return reader
    if source.is_named:
        raise InputError(
            f"{source.name} is in no format this program reads. Formats: {', '.join(FORMATS)}. "
            + remedy(source)
        )
    return None


def _reader_of_name(format: str) -> Reader:
    name = format.strip().lower()
    name = _ALIASES.get(name, name)
    for reader in READERS:
        if name == reader.NAME:
            return reader
    raise InputError(f"There is no format {format!r}. Formats: {', '.join(FORMATS)}.")
