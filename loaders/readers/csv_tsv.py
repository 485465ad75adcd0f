"""CSV and TSV: a header row, then one session per row."""

from collections.abc import Iterator

from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile
from loaders.tables.delimited import is_text, text_head, text_table
from loaders.tables.header import find_header
from loaders.tables.programme import read_programme
from loaders.tables.timetable import is_timetable

NAME = "csv"
_DEFAULTS = Options()
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


def first_cells(source: SourceFile) -> list[str]:
    """Return the cells of the first row if there are several, else none: it is no row of a table."""
    rows = text_head(source, _DEFAULTS).rows() if is_text(source) else iter(())
    row = next(rows, None)
    cells = row[1] if isinstance(row, tuple) else []
    return cells if len(cells) > 1 else []


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each row below the header."""
    yield from read_programme(source, [text_table(source, options)], options)
