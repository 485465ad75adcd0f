"""Workbooks, XLSX and ODS, as rows of texts; only this file knows the library that reads them."""

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as safe
import python_calamine as calamine
from defusedxml.common import DefusedXmlException

from loaders.archives import DAMAGE, Budget, is_workbook
from loaders.source_file import SourceFile
from service.errors import InputError

MAX_CELLS = 20_000_000
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TAIL = 256

Rows = Callable[[], Iterator[tuple[int, list[str]]]]


def is_workbook_source(source: SourceFile) -> bool:
    """Whether a source is an XLSX or ODS workbook, or an old XLS one."""
    if not source.head.startswith(b"PK\3\4"):
        return source.head.startswith(_OLD_WORKBOOK)
    with source.open() as stream:
        return is_workbook(stream)


def open_sheets(source: SourceFile) -> list[tuple[str, Rows]]:
    """Return name and rows of each sheet that is not hidden.

    Raises InputError if the source is no workbook that can be read, or one that would fill the memory.
    """
    _check_size(source)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.read()))
        names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible
            and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        return [(name, partial(_rows, workbook.get_sheet_by_name(name))) for name in names]
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _refused(source, str(error)) from error


def _refused(source: SourceFile, reason: str) -> InputError:
    return InputError(
        f"{source.name} is no workbook that can be read ({reason}). "
        "Remove a password if it has one, and save it again as .xlsx or CSV."
    )


def _check_size(source: SourceFile) -> None:
    """Refuse bombs: the library keeps an empty cell for every place up to the last one used."""
    budget = Budget(source.name, source.size)
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as archive:
            for info in archive.infolist():
                with archive.open(info) as opened:
                    member = cast(BinaryIO, opened)
                    if _cells(info.filename, budget.blocks(member)) > MAX_CELLS:
                        raise InputError(
                            f"{source.name} has cells so far apart that it cannot be read. "
                            "Copy the programme to a new sheet and save that."
                        )
    except (ParseError, DefusedXmlException, *DAMAGE) as error:
        if not source.head.startswith(_OLD_WORKBOOK):
            raise _refused(source, str(error)) from error


def _cells(name: str, blocks: Iterator[bytes]) -> int:
    """How many cells a part of a workbook would take; reads the part to its end."""
    if name == "content.xml":
        return _ods_cells(blocks)
    rows = columns = 0
    tail = b""
    for block in blocks:
        if "worksheets/" in name:
            for column, row in _CELL.findall(tail + block):
                rows, columns = max(rows, int(row)), max(columns, _column(column))
            tail = block[-_TAIL:]
    return rows * columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _ods_cells(blocks: Iterator[bytes]) -> int:
    """The cells of an ODS sheet with all that stands for several."""
    rows = columns = 0
    for row in _ods_rows(blocks):
        used = [cell for cell in row if len(cell) or any("value" in name for name in cell.attrib)]
        if used:
            rows += _repeated(row, "number-rows-repeated")
            width = sum(_repeated(cell, "number-columns-repeated") for cell in used)
            columns = max(columns, width)
        row.clear()
    return rows * columns


def _ods_rows(blocks: Iterator[bytes]) -> Iterator[Element]:
    stream = io.BufferedReader(_Blocks(blocks))  # iterparse wants a stream
    for _, element in safe.iterparse(stream, events=("end",), forbid_dtd=True):
        if element.tag == f"{_TABLE}table-row":
            yield element


def _repeated(element: Element, name: str) -> int:
    text = element.get(_TABLE + name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a stream."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._rest or next(self._blocks, b"")
        size = min(len(buffer), len(block))
        buffer[:size], self._rest = block[:size], block[size:]
        return size


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
        yield number, [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A cell's value as a person would type it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    return str(cell)
