"""One file a source format. A reader knows its format and nothing else: it gives Records and Complaints.

Each reader module has `NAME` (what `--format` calls it), `matches(source)`, which looks at the content and
not at the file's name alone, and `read(source, options)`. The first that matches, in the order below, reads.
"""

from collections.abc import Iterator
from typing import Protocol, cast

from loaders.readers import json_lines, json_sessions, schedule_xml, table
from loaders.record import Complaint, Options, Record
from loaders.sources import SourceFile
from service.errors import InputError


class Reader(Protocol):
    """What a reader module offers."""

    NAME: str

    def matches(self, source: SourceFile) -> bool:
        """Whether the content looks like this format."""
        ...

    def read(self, source: SourceFile, options: Options) -> Iterator[Record | Complaint]:
        """Yield a Record for each session and a Complaint for each part that cannot be read.

        Raises InputError if the whole file is not what it claims to be.
        """
        ...


READERS = tuple(cast(Reader, module) for module in (schedule_xml, json_sessions, json_lines, table))
FORMATS = tuple(reader.NAME for reader in READERS)


def find_reader(source: SourceFile, format: str = "") -> Reader | None:
    """Return the reader of the named format, or the first whose format the content looks like.

    Raises InputError for a format that does not exist.
    """
    if format:
        named = next((reader for reader in READERS if format == reader.NAME), None)
        if named is None:
            raise InputError(f"There is no format {format!r}. Formats: {', '.join(FORMATS)}.")
        return named
    return next((reader for reader in READERS if reader.matches(source)), None)
