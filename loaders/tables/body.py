"""Reads the rows below a table's header as Records."""

from collections.abc import Iterator, Sequence

from loaders.records.day_headings import is_not_a_date, mentions_day, parse_day_heading
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.rows import to_record
from loaders.records.times import find_date_order
from loaders.records.values import excerpt
from loaders.tables.header import Header, is_header, read_header, with_titles
from loaders.tables.places import place_heading
from loaders.tables.table import Row, Table, strip_trailing
from loaders.workbooks.cells import Merges

_MERGED_FIELDS = ("date", "start", "end", "track", "room", "kind", "level", "language")
_DATE_FROM_ABOVE = "no date: that of the row above is taken"
_HEADING = "a day's heading, not a session"
_PLACE_HEADING = "the heading of a room or track, not a session"
_TOO_WIDE = "more cells than the header: put a text that holds the delimiter in quotes"
_BESIDE = "text beside the table is left out"


def read_table(table: Table, header: Header, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each row below the header, and a Diagnostic for each that is none.

    A row without a date takes that of the day heading or row above it, or of the sheet's name. A row of nothing
    but names of fields is the header of the rows below it; repeats of the header are skipped.
    """
    order = options.date_order or _date_order(table, header)
    carried: dict[int, tuple[str, int]] = {}
    day = _CurrentDay(header, table)
    places: dict[str, str] = {}
    for row in table.rows():
        if isinstance(row, Diagnostic):
            yield row
        elif not (filled := strip_trailing(row[1])):
            continue
        elif day.is_heading(filled):
            if row[0] > header.number:
                yield Diagnostic(f"{table.name}:{row[0]}", _HEADING, row=filled[-1], unwanted=True)
        elif place := place_heading(filled, header):
            places |= place
            if row[0] > header.number:
                location = f"{table.name}:{row[0]}"
                yield Diagnostic(location, _PLACE_HEADING, row=filled[-1], unwanted=True)
        elif row[0] <= header.number or filled == header.cells:
            continue
        elif is_header(filled):
            header = day.header = with_titles(read_header(*row, (), options), table, options)
        else:
            _fill_merged_cells(row, header, table.merges, carried)
            record = _record(row, header, table, order, day)
            for field, text in places.items() if isinstance(record, Record) else ():
                setattr(record, field, getattr(record, field) or text)
            yield record


class _CurrentDay:
    """The day of rows that leave it out: that of the last day heading, or of the row above."""

    def __init__(self, header: Header, table: Table) -> None:
        """Start with the day that the sheet's name gives, if it does."""
        self.header = header
        self._merged = {position for _, position in table.merges}
        self._heading = parse_day_heading(table.sheet) or ""
        self._above = ""

    def is_heading(self, cells: Sequence[str]) -> bool:
        """Return whether a row is a day heading, whose day is then that of the rows below."""
        heading = _heading_day(cells, self.header)
        if heading is not None:
            self._heading, self._above = heading, ""
        return heading is not None

    def fill_in(self, cells: Sequence[str]) -> tuple[str, str]:
        """Return the day that a row leaves out, if any, and a warning if it is taken from the row above."""
        columns = self.header.columns
        if not _first(cells, columns.get("title", ())) and any(map(mentions_day, cells)):
            self._heading = self._above = ""  # another day, or not
        own = _first(cells, dates := columns.get("date", ()))
        if is_not_a_date(own):
            return self._heading, ""
        if own:
            self._above = "" if self._merged.intersection(dates) else own
            return "", ""
        return (self._above, _DATE_FROM_ABOVE) if self._above else (self._heading, "")


def _heading_day(cells: Sequence[str], header: Header) -> str | None:
    """Return what `parse_day_heading` returns for the only cell of a row; None for other rows."""
    filled = [position for position, cell in enumerate(cells) if cell]
    if len(filled) != 1 or len(header.columns) < 2:
        return None
    is_title = filled[0] in header.columns.get("title", ())
    if is_title and "start" not in header.columns:
        return None
    return parse_day_heading(cells[filled[0]], is_title=is_title)


def _first(cells: Sequence[str], positions: Sequence[int]) -> str:
    return next((cell for position, cell in enumerate(cells) if position in positions and cell), "")


def _fill_merged_cells(
    row: Row, header: Header, merges: Merges, carried: dict[int, tuple[str, int]]
) -> None:
    """Copy the texts of merged cells into the rows that they cover.

    `carried` holds for each column the text of the last merged cell, and the last row that it covers.
    """
    number, cells = row
    fields = _MERGED_FIELDS if merges else ()
    for position in (column for name in fields for column in header.columns.get(name, ())):
        if last := merges.get((number, position)):
            carried[position] = cells[position], last
        elif number <= carried.get(position, ("", 0))[1]:
            cells[position] = cells[position] or carried[position][0]


def _record(
    row: Row, header: Header, table: Table, order: str, day: _CurrentDay
) -> Record | Diagnostic:
    number, cells = row
    location = f"{table.name}:{number}"
    surplus = strip_trailing(cells[len(header.cells) :])
    if surplus and surplus[0] and not table.sheet:
        return Diagnostic(location, _TOO_WIDE, row=excerpt(cells))
    left_out, reason = day.fill_in([cell.strip() for cell in cells])
    record = to_record(dict(enumerate(cells)), header.columns, location, left_out)
    if reason and record.start and not any(str(record.start) in cell for cell in cells):
        record.warn(reason, left_out)
    if surplus:  # of a sheet, or after an empty cell: no text was cut at a delimiter
        record.warn(_BESIDE, " ".join(filter(None, surplus)))
    record.date_order = order
    record.zone = record.zone or header.zone
    return record


def _date_order(table: Table, header: Header) -> str:
    wanted = [*header.columns.get("date", ()), *header.columns.get("start", ())]
    rows = (strip_trailing(row[1]) for row in table.rows() if not isinstance(row, Diagnostic))
    return find_date_order(
        cell
        for cells in (rows if wanted else ())
        for is_heading in [_heading_day(cells, header) is not None]
        for position, cell in enumerate(cells)
        if is_heading or position in wanted
    )
