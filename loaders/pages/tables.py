"""The tables of a web page, as the reader of tables takes them: cells in the columns where spans put them."""

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lxml import etree

from loaders.pages.page import MAX_DATA, texts_of_page
from loaders.records.record import Options
from loaders.sources.source_file import SourceFile
from loaders.tables.header import find_header
from loaders.tables.table import MAX_COLUMNS, Row, Table
from loaders.tables.timetable import is_timetable
from loaders.workbooks.cells import Merges
from service.errors import InputError

_MAX_SPAN = 1_000
_ROW_SIZE = 100
_CELL_SIZE = 10
"""Overhead of a row and of a cell in bytes, approximate, added to the size of its text."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "caption"))
_CELLS = frozenset(("td", "th"))
_LINES = frozenset(("br", "p", "div", "li", "tr", "dd", "dt"))
_HIDDEN = frozenset(("script", "style", "template", "noscript"))
_OF_TALKS = frozenset(("speakers", "start", "date", "room"))
_TEMPLATE = ("{{", "{%")
_SPACE = re.compile(r"\s+")


def read_tables(source: SourceFile, options: Options) -> list[Table]:
    """Return the tables of a page that are programmes: of talks below a header, or timetables.

    Each has the heading above it, which may name its day, as the name of its sheet. What lays out a page is no
    programme: tables around others, and those without a header. Raises InputError for more than 8 MiB of cells.
    """
    target = _Target(source.name)
    parser = etree.HTMLParser(target=target, huge_tree=True)
    for text in texts_of_page(source):
        parser.feed(text)
    try:
        parser.close()
    except etree.XMLSyntaxError:  # nothing but comments
        return []
    tables = [
        Table(f"{source.name}[table {number}]", partial(iter, one.rows), one.merges, one.name)
        for number, one in enumerate(target.found, 1)
        if not one.is_layout
    ]
    found = {table.name: table for table in tables if _is_programme(table, options)}
    corners = set(map(_corner, found.values()))
    return [  # a day's timetable that is like another may have few talks
        table
        for table in tables
        if table.name in found or (_corner(table) in corners and is_timetable(table, min_slots=1))
    ]


def _corner(table: Table) -> str:
    """Return a table's top left cell, the header of a timetable's time column."""
    row = next(table.rows(), None)
    return row[1][0] if isinstance(row, tuple) and row[1] else ""


def _is_programme(table: Table, options: Options) -> bool:
    if header := find_header(table, options):
        return bool(options.columns) or not (
            header.has_names or _OF_TALKS.isdisjoint(header.columns)
        )
    return is_timetable(table)


@dataclass(slots=True)
class _HtmlTable:
    """A table while it is read. `covered` are the last rows that cells cover, by their columns."""

    name: str
    is_layout: bool
    rows: list[Row] = field(default_factory=list)
    merges: Merges = field(default_factory=dict)
    covered: dict[int, int] = field(default_factory=dict)
    cell: list[str] | None = None
    spans: tuple[int, int] = (1, 1)

    def begin_row(self) -> None:
        self.rows.append((len(self.rows) + 1, []))

    def begin_cell(self, spans: tuple[int, int]) -> None:
        if not self.rows:
            self.begin_row()
        self.cell, self.spans = [], spans

    def end_cell(self) -> int:
        """Place the open cell, skipping columns under a rowspan; return the number of cells added."""
        if self.cell is None:
            return 0
        text, self.cell = _lines("".join(self.cell)), None
        self.is_layout |= any(sign in text for sign in _TEMPLATE)
        number, cells = self.rows[-1]
        before = len(cells)
        while self.covered.get(len(cells), 0) >= number:
            cells.append("")
        width, height = self.spans
        for column in range(len(cells), min(len(cells) + width, MAX_COLUMNS)):
            if height > 1:
                self.covered[column] = number + height - 1
        if height > 1:
            self.merges[number, len(cells)] = number + height - 1
        cells.extend([text, *[""] * (width - 1)][: MAX_COLUMNS - len(cells)])
        return len(cells) - before


class _Target:
    """Takes the parser's calls, and keeps the tables with their headings."""

    def __init__(self, name: str) -> None:
        self.found: list[_HtmlTable] = []
        self._name, self._size = name, 0
        self._open: list[_HtmlTable] = []
        self._heading: list[str] = []
        self._in_heading = self._hidden = 0

    def start(self, tag: str, attributes: Any) -> None:
        """Handle a start tag."""
        inner = self._open[-1] if self._open else None
        if inner and (tag == "tr" or tag in _CELLS):
            self._end_cell()
        if tag == "table":
            if inner:
                inner.is_layout = True
            role = attributes.get("role", "").strip().lower()
            one = _HtmlTable(_lines("".join(self._heading)), role in ("presentation", "none"))
            self.found.append(one)
            self._open.append(one)
        elif tag in _HIDDEN:
            self._hidden += 1
        elif tag in _HEADINGS:
            self._in_heading += 1
            self._heading = []
        elif inner and tag == "tr":
            inner.begin_row()
            self._count(_ROW_SIZE)
        elif inner and tag in _CELLS:
            inner.begin_cell((_span(attributes.get("colspan")), _span(attributes.get("rowspan"))))
        if tag in _LINES:
            self._add("\n")

    def end(self, tag: str) -> None:
        """Handle an end tag."""
        if tag == "table" and self._open:
            self._end_cell()
            self._open.pop()
        elif tag in _HIDDEN:
            self._hidden -= 1
        elif tag in _HEADINGS:
            self._in_heading -= 1
            if tag == "caption" and self._open:
                self._open[-1].name = _lines("".join(self._heading))
        elif tag in _CELLS and self._open:
            self._end_cell()

    def data(self, text: str) -> None:
        """Handle character data."""
        if not self._hidden:
            self._add(_SPACE.sub(" ", text))

    def close(self) -> None:
        """End what the page leaves open."""
        while self._open:
            self._end_cell()
            self._open.pop()

    def _end_cell(self) -> None:
        self._count(_CELL_SIZE * self._open[-1].end_cell())

    def _add(self, text: str) -> None:
        if self._in_heading:
            self._heading.append(text)
            self._count(len(text))
        if self._open and (cell := self._open[-1].cell) is not None:
            cell.append(text)
            self._count(len(text))

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > MAX_DATA:
            raise InputError(
                f"{self._name} holds more than {MAX_DATA // 2**20} MiB of tables. "
                "Load an export of the programme instead (JSON, CSV, iCalendar), or split the page."
            )


def _span(value: str | None) -> int:
    text = (value or "").strip()
    is_number = text.isascii() and text.isdigit() and len(text) < 5
    return min(max(int(text), 1), _MAX_SPAN) if is_number else 1


def _lines(text: str) -> str:
    """Return a text without needless white space, its lines kept."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
