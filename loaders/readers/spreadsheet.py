"""XLSX and ODS workbooks: in each sheet a header row, then a session a row."""

from collections.abc import Iterator

from loaders.programme import read_programme
from loaders.record import Complaint, Options, Record
from loaders.source_file import SourceFile
from loaders.tables import sheet_tables
from loaders.workbooks import is_workbook_source

NAME = "spreadsheet"

matches = is_workbook_source


def read(source: SourceFile, options: Options) -> Iterator[Record | Complaint]:
    """Yield a Record for each row below the header of each sheet."""
    yield from read_programme(source, sheet_tables(source), options)
