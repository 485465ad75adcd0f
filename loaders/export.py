"""Writes a catalogue to a file: JSON Lines that `load` reads back, CSV for a spreadsheet, or iCalendar.

A line is {"conference_helper": 1, "session": {...}, "vector": [...]}: the format's version, a Session's payload
without what follows from it or loads know of it, and the vector if asked for.
"""

import csv
import gzip
import json
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from loaders.report import safe_cell
from service.errors import InputError
from service.session import Session
from service.stores.payload import DERIVED, REVISION, encode_payload
from service.stores.protocol import Generation

EXPORT_VERSION = 1
VERSION_KEY = "conference_helper"
FORMATS = (".jsonl", ".csv", ".ics")
ENDINGS = tuple(format + packed for format in FORMATS for packed in ("", ".gz"))
_COLUMNS = (
    "source_id", "event", "year", "title", "abstract", "speakers", "track", "level", "kind",
    "language", "room", "starts_at", "ends_at", "timezone", "url", "links", "cancelled",
    "tags", "id",
)  # fmt: skip


def write_export(generation: Generation, path: Path, *, vectors: bool = False) -> int:
    """Write every session of a generation to `path` and return how many; a calendar has those with a day only.

    The name's ending chooses the format: .jsonl, .csv or .ics, with .gz compressed. `vectors` adds each
    session's vector to JSON Lines. The file appears whole or not at all. Raises InputError for another ending,
    and if the file cannot be written.
    """
    name = path.name.lower()
    if not name.endswith(ENDINGS):
        raise InputError(f"{path} ends in none of {', '.join(ENDINGS)}, which choose the format.")
    format = Path(name.removesuffix(".gz")).suffix
    if vectors and format != ".jsonl":
        raise InputError("Vectors go to JSON Lines only: name the file .jsonl, or drop --vectors.")
    opener: Callable[..., TextIO] = gzip.open if name.endswith(".gz") else open
    temporary = path.with_name(path.name + ".new")
    try:
        with opener(temporary, "wt", encoding="utf-8", newline="") as stream:
            if format == ".jsonl":
                count = _write_lines(generation, stream, vectors=vectors)
            else:
                write = _write_csv if format == ".csv" else _write_calendar
                count = write(generation, stream)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InputError(
            f"{path} cannot be written: {error.strerror}. Name another file."
        ) from error
    return count


def _write_lines(generation: Generation, stream: TextIO, *, vectors: bool) -> int:
    count = 0
    for sessions, rows in generation.scan():
        for session, row in zip(sessions, rows, strict=True):
            line: dict[str, Any] = {VERSION_KEY: EXPORT_VERSION, "session": _plain(session)}
            if vectors:
                line["vector"] = [round(float(value), 8) for value in row]
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


def _plain(session: Session) -> dict[str, Any]:
    left_out = {*DERIVED, *REVISION}
    return {key: value for key, value in encode_payload(session).items() if key not in left_out}


def _write_csv(generation: Generation, stream: TextIO) -> int:
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    count = 0
    for sessions, _ in generation.scan():
        for session in sessions:
            values = session.as_dict()
            writer.writerow(safe_cell(_cell(values[column])) for column in _COLUMNS)
            count += 1
    return count


def _write_calendar(generation: Generation, stream: TextIO) -> int:
    """Write a calendar; removed sessions are in it as cancelled ones, and not among those counted."""
    from service.calendar.feed import Feed, write_feed
    from service.calendar.zones import ZonesUsed

    manifest = generation.manifest
    removed = [one.session for one in generation.tombstones()]
    zones, count = ZonesUsed(), 0
    zones.add(removed)
    for sessions, _ in generation.scan():  # zones are told before the sessions that use them
        zones.add(sessions)
        count += sum(session.starts_at is not None for session in sessions)
    everything = chain(removed, (one for sessions, _ in generation.scan() for one in sessions))
    names = [f"{one.event} {one.year}" for one in manifest.events]
    name = names[0] if len(names) == 1 else "Conference Helper"
    feed = Feed(name=name, stamp=datetime.fromisoformat(manifest.created_at))
    for part in write_feed(feed, zones, everything):
        stream.write(part.decode("utf-8"))
    return count


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "cancelled"
    if isinstance(value, list):
        return "; ".join(item["url"] if isinstance(item, dict) else item for item in value)
    return str(value)
