"""Templates of conference services: instructions and sample rows above the programme are no part of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from loaders.records.record import Diagnostic
from loaders.tables.table import Row, Table

_MARK = re.compile(r"\W*start your agenda below\W*", re.I)  # of Whova
_MAX_ABOVE = 100  # rows


def without_samples(table: Table) -> tuple[Table, Diagnostic | None]:
    """Return a table without the rows up to a template's mark, and what to say of them; any other as it is."""
    above = (row for row in islice(table.rows(), _MAX_ABOVE) if not isinstance(row, Diagnostic))
    mark = next((number for number, cells in above if _is_mark(cells)), 0)
    if not mark:
        return table, None

    def below() -> Iterator[Row | Diagnostic]:
        for row in table.rows():
            if isinstance(row, Diagnostic) or row[0] > mark:
                yield row

    note = f"a template: its instructions and samples above row {mark} are left out"
    return replace(table, rows=below), Diagnostic(f"{table.name}:{mark}", note, skipped=False)


def _is_mark(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) == 1 and _MARK.fullmatch(filled[0]) is not None
