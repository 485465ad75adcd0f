"""CSV and TSV: text split into the rows of a table, with what is wrong with a row said of it alone."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from loaders.records.record import Diagnostic, Options
from loaders.records.values import excerpt
from loaders.sources.source_file import SourceFile
from loaders.tables.table import HEADER_WITHIN, Row, Table, find_header

DELIMITERS = ",;\t"
_MAX_FIELD = 2**20
_NOTHING_SAID = Options()
_CLOSING = re.compile(r'(?<!")"(?:"")*(?!")')  # a quote that is not written twice
_LEFT_OPEN = (
    "a quote is left open, and the lines after it went with it: close it, or write it twice"
)


def is_text(source: SourceFile) -> bool:
    """Whether a source may be text: NUL bytes stand in UTF-16 and UTF-32 alone."""
    return b"\0" not in source.head or source.head.startswith(
        (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
    )


def text_table(source: SourceFile, options: Options = _NOTHING_SAID) -> Table:
    """Return the table of a CSV or TSV file."""
    delimiter = _delimiter(source.head_text, options)
    return Table(source.name, partial(_text_rows, source.text_lines, delimiter, source.name))


def text_head(source: SourceFile, options: Options) -> Table:
    """Return the first rows of a CSV or TSV file as a table."""
    text = source.head_text
    return _split(text, _delimiter(text, options), source.name)


def _text_rows(
    lines: Callable[[], Iterator[str]], delimiter: str, name: str
) -> Iterator[Row | Diagnostic]:
    csv.field_size_limit(_MAX_FIELD)
    taken: list[str | None] = []  # the lines of the row in hand, None after the last line

    def take() -> Iterator[str]:
        for line in lines():
            taken.append(line)
            yield line
        taken.append(None)

    reader = csv.reader(take(), delimiter=delimiter)
    while True:
        start, location = reader.line_num + 1, f"{name}:{reader.line_num + 1}"
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            swallowed = reader.line_num - start
            hint = f" (a quote left open? {swallowed} more lines went with it)" if swallowed else ""
            yield Diagnostic(location, f"not a row of a table: {error}{hint}")
            continue
        if _is_left_open(taken, delimiter):
            yield Diagnostic(location, _LEFT_OPEN, row=excerpt(cells))
        else:
            yield start, cells


def _is_left_open(taken: list[str | None], delimiter: str) -> bool:
    """Whether no quote closes a row's quoted cell, or only one that opens a cell of a later row."""
    first, rest = taken[0] or "", "".join(line for line in taken[1:] if line)
    if None in taken:
        return True
    closing = _CLOSING.search(rest)
    if closing is None:
        return False
    before, after = rest[: closing.start()][-1:], rest[closing.end() :][:1]
    opens = before == delimiter or (before in ("", "\n") and first.startswith('"'))
    return opens and after not in (delimiter, "\r", "\n", "")


def _split(text: str, delimiter: str, name: str = "") -> Table:
    lines = partial(io.StringIO, text, newline="")
    return Table(name, partial(_text_rows, lines, delimiter, name))


def _delimiter(text: str, options: Options) -> str:
    """The sign that splits the first rows into the most fields that are known.

    Of signs that do equally well, it is the one that splits no row into more cells than the header; without
    a header the one that splits the most rows.
    """

    def fit(sign: str) -> tuple[int, int, int, int]:
        table = _split(text, sign)
        widths = [
            len(row[1])
            for row in islice(table.rows(), HEADER_WITHIN)
            if not isinstance(row, Diagnostic)
        ]
        if header := find_header(table, options):
            wider = sum(width > len(header.cells) for width in widths)
            return len(header.columns), sum(map(len, header.columns.values())), -wider, 0
        return 0, 0, sum(width > 1 for width in widths), max(widths, default=0)

    return max(DELIMITERS, key=fit)
