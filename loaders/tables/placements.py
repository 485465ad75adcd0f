"""Tables without titles that say when and where the talks of other tables are, by their ids."""

from itertools import islice

from loaders.records.record import Diagnostic, Options, Record
from loaders.tables.body import read_table
from loaders.tables.header import HEADER_SEARCH_ROWS, Header, read_header
from loaders.tables.slots import Slot, Timetable, title_key
from loaders.tables.table import Table

_MIN_SLOTS = 3


def read_placements(table: Table, options: Options) -> Timetable | None:
    """Return the slots of a table with a column of ids, one of times and none of titles; None for others."""
    header = _header(table, options)
    if header is None:
        return None
    timetable = Timetable(table.name)
    for item in read_table(table, header, options):
        if isinstance(item, Record) and (key := title_key(item.source_id)) and item.start:
            slot = Slot(str(item.start), item.zone, item.room, str(item.end), item.date_order)
            timetable.slots.setdefault(key, set()).add(slot)
    return timetable if len(timetable.slots) >= _MIN_SLOTS else None


def _header(table: Table, options: Options) -> Header | None:
    for row in islice(table.rows(), HEADER_SEARCH_ROWS):
        if not isinstance(row, Diagnostic):
            header = read_header(*row, (), options)
            if {"source_id", "start"} <= header.columns.keys() and "title" not in header.columns:
                return header
    return None
