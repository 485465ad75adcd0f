"""XLSX, XLS and ODS workbooks: in each sheet a header row, then one session per row."""

from collections.abc import Iterator

from loaders.records.record import Diagnostic, Options, Record
from loaders.sources.source_file import SourceFile
from loaders.tables.programme import read_programme
from loaders.tables.table import sheet_tables
from loaders.workbooks.workbook import is_workbook_source
from service.errors import InputError

NAME = "spreadsheet"


def matches(source: SourceFile, options: Options) -> bool:
    """Whether it is a workbook: XLSX, XLS or ODS."""
    return is_workbook_source(source)


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each row below the header of each sheet.

    A workbook that cannot be read is a Diagnostic if it is one of several files.
    """
    try:
        tables = sheet_tables(source, options)
    except InputError as error:
        if source.is_named:
            raise
        yield Diagnostic(source.name, str(error).removeprefix(f"{source.name} "))
        return
    yield from read_programme(source, tables, options)
