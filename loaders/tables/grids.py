"""Timetables that stand alone: the texts of their cells are the sessions, in the rooms above them."""

import re
from collections.abc import Iterator

from loaders.records.record import Diagnostic, Record
from loaders.records.speakers import speaker_names
from loaders.tables.slots import Cell, Timetable, fill_place, title_key

ALONE = "a timetable without a file of its talks: the texts in its cells are taken for the sessions"
_NAME = re.compile(r"[^\W\d_][\w'’-]+(?: (?:[^\W\d_]\.|[^\W\d_][\w'’.-]*)){1,3}")
_SIGNS = tuple(
    re.compile(pattern, re.S)
    for pattern in (
        r"(?P<title>[^\n]+)\n(?P<names>.+)",
        r"(?P<title>.+?)\s*\((?P<names>[^()]+)\)",
        r"(?P<title>.+)\s[-–—|]\s(?P<names>.+)",
        r"(?P<names>[^:\n]+):\s(?P<title>.+)",
    )
)
_MOST = 0.6
"""Share of a grid's texts that name people in one way, for them to be split so."""


def read_grids(timetables: list[Timetable]) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each timetable cell; cells of one text in parallel rooms are one, without a room."""
    usual = _sign({cell.text for timetable in timetables for cell in timetable.cells})
    for timetable in timetables:
        yield Diagnostic(timetable.name, ALONE, False)
        yield from (Diagnostic(timetable.name, note, False) for note in timetable.notes)
        yield from _read_grid(timetable, usual)


def _read_grid(timetable: Timetable, usual: re.Pattern[str] | None) -> Iterator[Record]:
    sign = _sign({cell.text for cell in timetable.cells}) or usual
    rooms: dict[tuple[str, str], list[Cell]] = {}
    for cell in timetable.cells:
        rooms.setdefault((title_key(cell.text), cell.start), []).append(cell)
    for cells in rooms.values():
        yield _record(cells, sign, timetable.name)


def _record(cells: list[Cell], sign: re.Pattern[str] | None, name: str) -> Record:
    text, number, slot, start, end = cells[0]
    title, names = _split(text, sign)
    line, _, more = title.partition("\n")
    record = Record(
        location=f"{name}:{number}",
        title=line,
        abstract=more.strip(),
        speakers=names,
        start=start,
        end=f"{slot.start.split()[0]} {end}" if slot.start and end else "",
        zone=slot.zone,
    )
    if len(cells) == 1:
        fill_place(record, slot.room)
    return record


def _sign(texts: set[str]) -> re.Pattern[str] | None:
    """Return how most texts tell the names of speakers from titles; None if they do not."""
    named = {sign: [names for text in texts if (names := _split(text, sign)[1])] for sign in _SIGNS}
    sign = max(_SIGNS, key=lambda one: len(named[one]))
    distinct = {tuple(names) for names in named[sign]}
    is_usual = len(named[sign]) >= _MOST * len(texts) and len(distinct) > 1
    return sign if is_usual else None


def _split(text: str, sign: re.Pattern[str] | None) -> tuple[str, list[str]]:
    match = sign.fullmatch(text) if sign and len(text) < 1_000 else None
    names = speaker_names(match["names"]) if match else []
    if not match or not names or not all(map(_NAME.fullmatch, names)):
        return text, []
    return match["title"].strip(), names
