"""CSV and TSV files as tables; a row that cannot be read costs no other row."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import islice

from loaders.records.record import Diagnostic, Options
from loaders.records.values import excerpt
from loaders.sources.source_file import SourceFile
from loaders.tables.header import HEADER_SEARCH_ROWS, find_header
from loaders.tables.table import Row, Table

DELIMITERS = ",;\t|"
_MAX_FIELD = 2**20
MAX_ROWS = 2**20  # as many as a spreadsheet holds
_MAX_CELLS = 20_000  # of a row, of which the first 1,000 are read
_DEFAULTS = Options()
_CLOSING_QUOTE = re.compile(r'(?<!")"(?:"")*(?!")')  # a quote that is not written twice
_OPEN_QUOTE = (
    "a quote is left open, and the lines after it went with it: close it, or write it twice"
)


def is_text(source: SourceFile) -> bool:
    """Return whether a source may be text: of texts, only UTF-16 and UTF-32 hold NUL bytes."""
    return b"\0" not in source.head or source.head.startswith(
        (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
    )


def text_table(source: SourceFile, options: Options = _DEFAULTS) -> Table:
    """Return the table of a CSV or TSV file."""
    delimiter = _delimiter(source.head_text, options.columns)
    return Table(source.name, partial(_text_rows, source.text_lines, delimiter, source.name))


def text_head(source: SourceFile, options: Options) -> Table:
    """Return the first rows of a CSV or TSV file as a table."""
    text = source.head_text
    return _split(text, _delimiter(text, options.columns), source.name)


def _text_rows(
    lines: Callable[[], Iterator[str]], delimiter: str, name: str
) -> Iterator[Row | Diagnostic]:
    csv.field_size_limit(_MAX_FIELD)
    consumed: list[str | None] = []  # the lines of the current row, None after the last line

    def consume() -> Iterator[str]:
        for line in lines():
            consumed.append(line)
            yield line
        consumed.append(None)

    reader = csv.reader(consume(), delimiter=delimiter)
    while True:
        start, location = reader.line_num + 1, f"{name}:{reader.line_num + 1}"
        consumed.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            swallowed = reader.line_num - start
            hint = f" (a quote left open? {swallowed} more lines went with it)" if swallowed else ""
            yield Diagnostic(location, f"not a row of a table: {error}{hint}")
            continue
        if start > MAX_ROWS:
            reason = f"only the first {MAX_ROWS:,} lines are read: split the file"
            yield Diagnostic(location, reason)
            return
        if _has_open_quote(consumed, delimiter):
            yield Diagnostic(location, _OPEN_QUOTE, row=excerpt(cells))
        else:
            yield start, cells[:_MAX_CELLS]


def _has_open_quote(consumed: list[str | None], delimiter: str) -> bool:
    """Return whether no quote closes a row's quoted cell, or only one that opens a cell of a later row."""
    first, rest = consumed[0] or "", "".join(line for line in consumed[1:] if line)
    if None in consumed:
        return True
    closing = _CLOSING_QUOTE.search(rest)
    if closing is None:
        return False
    before, after = rest[: closing.start()][-1:], rest[closing.end() :][:1]
    opens = before == delimiter or (before in ("", "\n") and first.startswith('"'))
    return opens and after not in (delimiter, "\r", "\n", "")


def _split(text: str, delimiter: str, name: str = "") -> Table:
    lines = partial(io.StringIO, text, newline="")
    return Table(name, partial(_text_rows, lines, delimiter, name))


@lru_cache(maxsize=2)  # of a file: its reader is told by its head, which is then read
def _delimiter(text: str, columns: tuple[tuple[str, str], ...]) -> str:
    """Return the delimiter whose header has the most known fields; `columns` is the caller's mapping.

    Of equal ones it is the one that splits the fewest rows into more cells than the header; without a header,
    the one that splits the most rows.
    """
    options = Options(columns=columns)

    def fit(delimiter: str) -> tuple[int, int, int, int]:
        table = _split(text, delimiter)
        widths = [
            len(row[1])
            for row in islice(table.rows(), HEADER_SEARCH_ROWS)
            if not isinstance(row, Diagnostic)
        ]
        if header := find_header(table, options):
            wider = sum(width > len(header.cells) for width in widths)
            return len(header.columns), sum(map(len, header.columns.values())), -wider, 0
        return 0, 0, sum(width > 1 for width in widths), max(widths, default=0)

    there = [delimiter for delimiter in DELIMITERS if delimiter in text]
    absent = [delimiter for delimiter in DELIMITERS if delimiter not in text]
    return max(
        [*there, *absent[:1]], key=fit
    )  # those that are absent split nothing, one as the other
