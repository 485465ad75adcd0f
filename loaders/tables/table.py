"""A table of any file format: numbered rows, which can be read repeatedly."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from loaders.records.record import Diagnostic, Options
from loaders.sources.source_file import SourceFile
from loaders.workbooks.cells import Merges
from loaders.workbooks.workbook import open_sheets

MAX_COLUMNS = 1_000

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose numbered rows can be read repeatedly; `name` is for messages, `sheet` is a sheet's name."""

    name: str
    rows: Callable[[], Iterator[Row | Diagnostic]]
    merges: Merges = field(default_factory=dict)
    sheet: str = ""


def sheet_tables(source: SourceFile, options: Options) -> list[Table]:
    """Return a table for each visible sheet of a workbook.

    Raises InputError if it is no workbook that can be read.
    """
    sheets = open_sheets(source, options.limits)
    return [
        Table(source.name if len(sheets) == 1 else f"{source.name}[{name}]", rows, merges, name)
        for name, rows, merges in sheets
    ]


def strip_trailing(cells: Sequence[str]) -> list[str]:
    """Return the cells, stripped, up to the last one that is not empty."""
    stripped = [cell.strip() for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    return stripped
