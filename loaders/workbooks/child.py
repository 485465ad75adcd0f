"""What the process that reads a workbook runs: its sheets from standard input as JSON lines.

Only this module imports the library that reads workbooks.
"""

import datetime
import io
import json
import sys
from collections.abc import Iterator
from typing import Any, TextIO

import python_calamine as calamine

from loaders.workbooks.cells import CellCounter, Merges, count_cells, unreadable
from service.errors import InputError

MAX_CELL = 2**20


def main(name: str, seconds: int, memory: int) -> None:
    """Write the sheets of the workbook at standard input within limits on processor time and memory (MiB)."""
    limit(seconds, memory)
    read_sheets(name, sys.stdin.buffer.read(), sys.stdout)


def read_sheets(name: str, content: bytes, output: TextIO) -> None:
    """Write for each visible sheet a line with its name and merged cells, then one for each row.

    The last line is an error if it is no workbook that can be read, or one that would exhaust memory.
    """
    try:
        _read_sheets(name, content, output)
    except InputError as error:
        _write({"error": str(error)}, output)


def _read_sheets(name: str, content: bytes, output: TextIO) -> None:
    counter = count_cells(name, io.BytesIO(content), len(content))
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for metadata in workbook.sheets_metadata:
            if (
                metadata.visible == calamine.SheetVisibleEnum.Visible
                and metadata.typ == calamine.SheetTypeEnum.WorkSheet
            ):
                sheet = workbook.get_sheet_by_name(metadata.name)
                merges = [[*place, last] for place, last in _merges(sheet, counter).items()]
                _write({"sheet": sheet.name, "merges": merges}, output)
                for row in _rows(sheet):
                    _write(row, output)
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise unreadable(name, str(error)) from error


def _write(value: Any, output: TextIO) -> None:
    output.write(json.dumps(value, separators=(",", ":")) + "\n")


def limit(seconds: int, memory: int) -> None:
    """Limit this process; without limits on memory (as on macOS) there is that on processor time."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory * 2**20, memory * 2**20))


def _merges(sheet: Any, counter: CellCounter) -> Merges:
    return counter.merges.get(sheet.name) or {
        (first[0] + 1, first[1]): last[0] + 1
        for first, last in sheet.merged_cell_ranges or ()
        if last[0] > first[0]
    }


def _rows(sheet: Any) -> Iterator[list[str]]:
    for cells in sheet.to_python(skip_empty_area=False):
        yield [_text(cell)[:MAX_CELL] for cell in cells]


def _text(cell: Any) -> str:
    """Return a cell's value as a person would type it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    return str(cell)
