"""CSV and TSV: a header row, then one session per row."""

from collections.abc import Iterator
from itertools import islice

from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile
from loaders.tables.delimited import is_text, text_head, text_table
from loaders.tables.header import find_header
from loaders.tables.programme import read_programme
from loaders.tables.timetable import is_timetable

NAME = "csv"
_DEFAULTS = Options()
_SHOWN_ROWS = 20
_MARKUP = ("<?xml", "<!doctype", "<html")
_CODE = (
    ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".vue", ".svelte", ".css", ".scss", ".sh", ".rb", ".go",
    ".java", ".php", ".rs", ".c", ".h", ".cpp",
)  # fmt: skip


def matches(source: SourceFile, options: Options) -> bool:
    """Whether the text has a row of headers, one of which means a title, or is a timetable; code is neither."""
    if not source.is_named and source.path.lower().endswith(_CODE):
        return False
    return _is_table(source, _DEFAULTS) or (bool(options.columns) and _is_table(source, options))


def _is_table(source: SourceFile, options: Options) -> bool:
    if not is_text(source) or source.head_text[:20].lower().startswith(_MARKUP):
        return False
    head = text_head(source, options)
    return find_header(head, options) is not None or is_timetable(head)


def first_columns(source: SourceFile) -> Iterator[list[str]]:
    """Yield the first cells of each column of a text that may be a table."""
    rows = text_head(source, _DEFAULTS).rows() if is_text(source) else iter(())
    cells = [row[1] for row in islice(rows, _SHOWN_ROWS) if isinstance(row, tuple)]
    for position in range(len(cells[0]) if cells else 0):
        yield [row[position].strip() for row in cells if position < len(row)]


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each row below the header."""
    yield from read_programme(source, [text_table(source, options)], options)
