"""Finds the header of a table among its first rows: which columns hold which fields."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from loaders.records.record import Diagnostic, Options
from loaders.tables.columns import (
    field_of,
    header_key,
    header_zone,
    is_name,
    map_columns,
    missing_columns,
)
from loaders.tables.table import MAX_COLUMNS, Table, strip_trailing
from loaders.tables.titles import SAMPLE_SIZE, choose_titles, is_clear

HEADER_SEARCH_ROWS = 10  # rows: a preamble or a second header row may stand above the header
_MAX_PREAMBLE = 100  # rows that are looked at where the first ones hold no header
_MAX_HEADER_CELL = 80


@dataclass(frozen=True, slots=True)
class Header:
    """The header row of a table: its number and cells, the columns of each field, and the unknown headers.

    `zone` is "UTC" if a header says so. `missing` are columns that the caller maps and that are not there.
    `has_names` says that the column of titles is called "Name", which may mean people or rooms as well.
    `note` says which column was chosen for the titles, where several may hold them.
    """

    number: int
    cells: list[str]
    columns: dict[str, list[int]]
    unknown: list[str]
    missing: list[str]
    has_names: bool
    zone: str
    note: str = ""


def find_header(table: Table, options: Options) -> Header | None:
    """Return the row among the first ones whose cells name the most fields, a title among them.

    A cell that means no field by itself is read together with the group header above it. A later header, below
    rows of its own, is left to `body.read_table`.
    """
    best: Header | None = None
    above: list[str] = []
    most = (0, 0)
    is_first = True
    for count, row in enumerate(islice(table.rows(), _MAX_PREAMBLE)):
        if best and count >= HEADER_SEARCH_ROWS:
            break
        if isinstance(row, Diagnostic) or not any(cell.strip() for cell in row[1]):
            continue
        number, cells = row
        if not any(len(cell) > _MAX_HEADER_CELL for cell in cells):
            header = read_header(number, cells, above, options)
            score = (len(header.columns), sum(map(len, header.columns.values())))
            is_enough = score[0] > 1 or is_first or options.columns  # "Title" alone may be prose
            if "title" in header.columns and is_enough and score > most:
                best, most = header, score
            elif most[0] > 1 and len(header.cells) > 1 and not header.columns:
                break
        above, is_first = cells, False
    return best and with_titles(best, table, options)


def with_titles(header: Header, table: Table, options: Options) -> Header:
    """Return the header with the column of titles that the rows below it speak for."""
    cells = dict(enumerate(header.cells))
    headers = [cells.get(column, "") for column in header.columns.get("title", ())]
    if is_clear(headers) or any(field == "title" for _, field in options.columns):
        return header
    below = (
        row for row in table.rows() if not isinstance(row, Diagnostic) and row[0] > header.number
    )
    rows = [dict(enumerate(cells)) for _, cells in islice(below, SAMPLE_SIZE)]
    choice = choose_titles(header.columns, rows, lambda column: cells.get(column, ""))
    return replace(
        header,
        columns=choice.columns,
        unknown=[*header.unknown, *choice.unknown],
        note=choice.note,
    )


def read_header(
    number: int, cells: Sequence[str], above: Sequence[str], options: Options
) -> Header:
    """Return the header that a row would be; columns of one name are taken together."""
    positions: dict[str, list[int]] = {}
    read = cells[:MAX_COLUMNS]
    groups = _groups(above, len(read))
    keys = [header_key(cell) for cell in read]
    counts = Counter(keys)
    for position, (cell, key, group) in enumerate(zip(read, keys, groups, strict=True)):
        label = cell.strip()
        if group and (not field_of(label) or counts[key] > 1):
            label = _with_group(label, group, position)
        if header_key(label):
            positions.setdefault(label, []).append(position)
    columns, unknown = map_columns(positions, options)
    column_numbers = {
        field: [position for label in labels for position in positions[label]]
        for field, labels in columns.items()
    }
    missing = missing_columns(positions, options)
    has_names = not options.columns and all(map(is_name, columns.get("title", ())))
    zone = header_zone(columns.get("start", ()))
    return Header(number, strip_trailing(cells), column_numbers, unknown, missing, has_names, zone)


def is_header(cells: Sequence[str]) -> bool:
    """Return whether a row holds nothing but names of fields, at least three, a title's among them."""
    if any(len(cell) > _MAX_HEADER_CELL for cell in cells):
        return False
    fields = [field_of(cell) for cell in cells if cell]
    return len(fields) > 2 and "title" in fields and all(fields)


def _groups(above: Sequence[str], width: int) -> list[str]:
    """Return for each column the group header above it, which also covers the empty cells after it."""
    groups, group = [], ""
    for position in range(width):
        cell = above[position].strip() if position < len(above) else ""
        group = cell or group
        groups.append(group if len(group) <= _MAX_HEADER_CELL else "")
    return groups


def _with_group(label: str, group: str, position: int) -> str:
    """Return a label with its group: "1" under "Speakers" is "Speakers 1", "Name" is "Speakers Name"."""
    if field_of(f"{group} {label}"):
        return f"{group} {label}"
    if field_of(group) in ("speakers", "tags") and (label.replace(".", "").isdigit()):
        return f"{group} {position}"
    return f"{group} {label}" if field_of(label) else label
