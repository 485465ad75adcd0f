"""Reader for web pages: schema.org events, or a programme in HTML tables."""

from collections.abc import Iterator

from loaders.pages.detection import is_page
from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile

NAME = "html"


def matches(source: SourceFile, options: Options) -> bool:
    """Whether it is HTML, with or without data on events."""
    return is_page(source)


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each session of a page (see `read_page_sessions`)."""
    from loaders.pages.programme import read_page_sessions  # its parser for pages alone: 1 MB

    return read_page_sessions(source, options)
