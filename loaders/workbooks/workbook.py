"""Workbooks as sheets of rows, read by a process of its own, so that a bomb takes no more than the limits."""

import json
import math
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import BinaryIO, cast

from loaders.limits import Limits
from loaders.sources.archives import Spool, is_workbook
from loaders.sources.budget import Budget
from loaders.sources.source_file import SourceFile
from loaders.workbooks.cells import OLD_WORKBOOK, Merges
from service.errors import InputError

Rows = Callable[[], Iterator[tuple[int, list[str]]]]
Sheets = list[tuple[str, Rows, Merges]]

_ROOT = str(Path(__file__).parents[2])
_CODE = """
import json, sys
name, path, seconds, memory = json.loads(sys.argv[1])
sys.path[:] = path
from loaders.workbooks.child import main
main(name, seconds, memory)
"""
_MAX_NAME = 1_000
_MAX_KEPT = 32  # workbooks: those of a folder are looked at with each of its files


def is_workbook_source(source: SourceFile) -> bool:
    """Return whether a source is an XLSX, ODS or XLS workbook; a truncated ZIP file is known by its name."""
    if not source.head.startswith(b"PK\3\4"):
        return source.head.startswith(OLD_WORKBOOK)
    with source.open() as stream:
        named = source.path.lower().endswith((".xlsx", ".ods"))
        return is_workbook(stream) or (named and not zipfile.is_zipfile(stream))


def open_sheets(source: SourceFile, limits: Limits) -> Sheets:
    """Return name, rows and merged cells of each visible sheet.

    Raises InputError if the source is no workbook that can be read, or takes more than the limits.
    """
    read = _read(source, limits)
    if isinstance(read, str):
        raise InputError(read)
    return read


@lru_cache(maxsize=_MAX_KEPT)
def _read(source: SourceFile, limits: Limits) -> Sheets | str:
    """Return the sheets, or what is wrong with the workbook."""
    seconds = math.ceil(limits.seconds_for(source.stored_size))
    memory = limits.memory_for(source.stored_size)
    spool = Spool()
    try:
        end, size = run(source, seconds, memory, spool)
    except InputError as error:
        return str(error)
    if end == 0:
        return _sheets(spool, size)
    if end == -signal.SIGXCPU:
        problem = f"takes more than {seconds} s of processor time to read"
        setting = "CONFERENCE_HELPER_READ_SECONDS"
    else:
        problem = f"takes more than {memory} MiB of memory to read, or breaks the library that reads workbooks"
        setting = "CONFERENCE_HELPER_READ_MEMORY"
    return (
        f"{source.name} {problem}. Copy the programme to a new workbook, or save it as CSV; "
        f"{setting} allows more."
    )


def run(source: SourceFile, seconds: int, memory: int, spool: Spool) -> tuple[int, int]:
    """Have a process write the sheets into the spool; return how it ended, and how many bytes it wrote.

    Raises InputError if these are too many.
    """
    arguments = [source.name[:_MAX_NAME], [_ROOT, *filter(None, sys.path)], seconds, memory]
    with tempfile.TemporaryFile() as copy:
        with source.open() as stream:
            shutil.copyfileobj(stream, copy)
        copy.seek(0)
        with subprocess.Popen(  # noqa: S603  # this interpreter, on a module of ours
            [sys.executable, "-I", "-S", "-c", _CODE, json.dumps(arguments)],
            stdin=copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        ) as process:
            blocks = Budget(source.name, source.size).blocks(cast(BinaryIO, process.stdout))
            try:
                _, size = spool.add(blocks)
            except BaseException:
                process.kill()
                raise
    return process.returncode, size


def _sheets(spool: Spool, size: int) -> Sheets | str:
    """Return the sheets in what the process wrote, or the problem that it found."""
    found: list[tuple[str, int, Merges]] = []
    offset = 0
    with spool.open(0, size) as lines:
        for line in lines:
            offset += len(line)
            if line.startswith(b"{"):
                said = json.loads(line)
                if "error" in said:
                    return str(said["error"])
                merges = {(row, column): last for row, column, last in said["merges"]}
                found.append((said["sheet"], offset, merges))
    return [
        (name, partial(_rows, spool, start, size - start), merges) for name, start, merges in found
    ]


def _rows(spool: Spool, start: int, size: int) -> Iterator[tuple[int, list[str]]]:
    with spool.open(start, size) as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith(b"{"):
                return  # the next sheet
            yield number, json.loads(line)
