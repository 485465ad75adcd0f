"""Counts the cells of a workbook before it is read: the library allocates all up to the last one used."""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as safe
from defusedxml.common import DefusedXmlException

from loaders.sources.budget import Budget
from service.errors import InputError

MAX_CELLS = 20_000_000
MAX_REPEATED = 10_000
MAX_SPACES = 1_000_000
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL_REFERENCE = re.compile("([A-Za-z]{1,9})([0-9]{1,18})")
_CELLS = ("c", "table-cell", "covered-table-cell")
_DIGITS = re.compile("[0-9]{1,18}$")
_ROWS = [
    text.encode(code) for text in ("sheetData", "table-row") for code in ("utf-8", "utf-16-le")
]
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OVERLAP = 64
_DAMAGE = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError,
    OverflowError,
)  # fmt: skip
_NOT_XML = (ParseError, DefusedXmlException, LookupError, ValueError)
"""What the parser raises; the last two are for encodings that it does not know."""

Merges = dict[tuple[int, int], int]
"""The last row that a merged cell covers, by its row (from 1) and column (from 0)."""


def unreadable(name: str, reason: str) -> InputError:
    """Return the error for a workbook that is damaged, locked or none."""
    return InputError(
        f"{name} is no workbook that can be read ({reason}). "
        "Remove a password if it has one, and save it again as .xlsx or CSV; "
        "of a text document, save the table."
    )


def count_cells(name: str, content: BinaryIO, size: int) -> "CellCounter":
    """Count the cells of a workbook of `size` bytes; raise InputError for one that would exhaust memory."""
    budget = Budget(name, size)
    counter = CellCounter()
    try:
        with zipfile.ZipFile(content) as archive:
            for info in archive.infolist():
                with archive.open(info) as opened:
                    _count_part(budget.blocks(cast(BinaryIO, opened)), counter)
    except (*_NOT_XML, *_DAMAGE) as error:
        content.seek(0)
        if content.read(len(OLD_WORKBOOK)) != OLD_WORKBOOK:
            raise unreadable(name, str(error)) from error
    if counter.cells > MAX_CELLS:
        raise InputError(
            f"{name} has cells so far apart that it cannot be read. "
            "Copy the programme to a new sheet and save that."
        )
    if counter.repeated > MAX_REPEATED:
        raise InputError(
            f"{name} repeats one row {counter.repeated:,} times. Delete the rows below the programme."
        )
    if counter.spaces > MAX_SPACES:
        raise InputError(
            f"{name} has {counter.spaces:,} spaces in succession. Copy the programme to a new sheet."
        )
    return counter


def _count_part(blocks: Iterator[bytes], counter: "CellCounter") -> None:
    """Count the cells of one part of a workbook, whatever its name; reads the part to its end.

    Raises ParseError if it holds rows and is not XML: the library may read what this parser cannot.
    """
    parser = safe.XMLParser(target=counter, forbid_dtd=True)
    damage: Exception | None = None
    has_rows, tail = False, b""
    for block in blocks:
        has_rows = has_rows or any(mark in tail + block for mark in _ROWS)
        tail = block[-_OVERLAP:]
        try:
            if damage is None:
                parser.feed(block)
        except _NOT_XML as error:
            damage = error
    try:
        if damage is None:
            parser.close()
    except _NOT_XML as error:
        damage = error
    if damage and has_rows:
        raise damage


class CellCounter:
    """Counts the cells that the sheets of a workbook span, as a target of an XML parser.

    A cell is at the reference it names, else the next one in its row; only cells with content count. `merges`
    holds the merged cells of an ODS by sheet, which the library does not report.
    """

    def __init__(self) -> None:
        self.merges: dict[str, Merges] = {}
        self._sheet = ""
        self.repeated = 0  # the most repeats of one row
        self.spaces = 0  # that ODS gives by their number
        self._before = 0  # cells of the sheets before this one
        self._rows = self._columns = 0  # used so far in this sheet
        self._row = self._column = 0
        self._repeats = 1
        self._depth = 0
        self._in_cell = False

    @property
    def cells(self) -> int:
        """The cells that the library allocates."""
        return self._before + self._rows * self._columns

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Handle a start tag; cells of XLSX are "c", those of ODS "table-cell"."""
        name = tag.rpartition("}")[2]
        self._in_cell = self._in_cell or name in _CELLS
        match name:
            case "sheetData" | "table":
                self._depth += 1  # a table may stand in a cell of another
                if self._depth > 1:
                    return
                self._before, self._rows, self._columns, self._row = self.cells, 0, 0, 0
                self._sheet = attributes.get(_TABLE + "name", "")
            case "row":
                self._row, self._column = _trailing_number(attributes.get("r"), self._row + 1), 0
            case "c":
                reference = _CELL_REFERENCE.fullmatch(attributes.get("r", ""))
                self._column = _column(reference[1]) if reference else self._column + 1
                self._row = int(reference[2]) if reference else self._row
            case "table-row":
                self._repeats = _trailing_number(attributes.get(_TABLE + "number-rows-repeated"), 1)
                self._row, self._column = self._row + self._repeats, 0
            case "table-cell" | "covered-table-cell":
                covered = _trailing_number(attributes.get(_TABLE + "number-rows-spanned"), 1) - 1
                if covered > 0:
                    merges = self.merges.setdefault(self._sheet, {})
                    merges[self._row, self._column] = self._row + covered
                self._column += _trailing_number(
                    attributes.get(_TABLE + "number-columns-repeated"), 1
                )
                if any("value" in name for name in attributes):
                    self._use()
            case "v" | "is" | "f" | "p":
                self._use()
            case "s" if tag.startswith(_TEXT):
                self.spaces += _trailing_number(attributes.get(_TEXT + "c"), 1)

    def end(self, tag: str) -> None:
        """Handle an end tag."""
        name = tag.rpartition("}")[2]
        self._in_cell = self._in_cell and name not in _CELLS
        self._depth -= name in ("sheetData", "table")

    def close(self) -> None:
        """Handle the end of a part."""

    def _use(self) -> None:
        if self._in_cell:
            self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
            self.repeated = max(self.repeated, self._repeats)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _trailing_number(text: str | None, default: int) -> int:
    """Return the number that an attribute ends with."""
    digits = _DIGITS.search(text or "")
    return int(digits[0]) if digits else default
