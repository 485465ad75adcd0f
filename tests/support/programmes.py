"""Programmes to load in tests, and the load itself in one call."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from loaders.limits import Limits
from loaders.load import LoadRequest, Outcome, run
from loaders.records.record import Options
from loaders.sync import Gate
from service.filters import NO_FILTERS
from service.stores.protocol import SessionStore
from support.fakes import BagOfWords

COLUMNS = ["id", "event", "year", "title", "abstract", "speakers", "room", "start"]

UNHURRIED = Limits(seconds=10_000)
"""Tests hold on a slow machine, beside others and with coverage measured."""


def row(number: int, **changes: Any) -> dict[str, Any]:
    """Return session `number` of a made-up programme, with changes."""
    values = {
        "id": number,
        "event": "Summit",
        "year": 2026,
        "title": f"Title number{number}",
        "abstract": f"What number{number} is about, with word{number} in it.",
        "speakers": f"Speaker Number{number}",
        "room": f"Room {number % 3}",
        "start": f"2026-05-12T{9 + number % 8:02d}:00:00+02:00",
    }
    return {**values, **changes}


def write_csv(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Write rows to a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


class Loading:
    """Loads rows or files into a store with an encoder that counts what it embeds."""

    def __init__(self, store: SessionStore, folder: Path) -> None:
        """Keep the vector cache in `folder`."""
        self.store = store
        self.folder = folder
        self.encoder = BagOfWords()
        self.said: list[str] = []
        self.gate: Gate | None = None

    def rows(self, rows: Sequence[dict[str, Any]], **request: Any) -> Outcome:
        """Load rows as a CSV file."""
        return self.files(write_csv(self.folder / "programme.csv", rows), **request)

    def files(
        self, *sources: Path | str, options: Options | None = None, **request: Any
    ) -> Outcome:
        """Load files, folders or web addresses."""
        self.said = []
        return run(
            LoadRequest(
                sources=tuple(map(str, sources)),
                options=replace(options or Options(), limits=UNHURRIED),
                cache_file=self.folder / "vectors.sqlite",
                **request,
            ),
            self.store,
            lambda store: self.encoder,
            say=self.said.append,
            progress=lambda steps, total: steps,
            gate=self.gate,
        )

    def titles(self) -> set[str]:
        """Return the titles of every session that is served."""
        with self.store.reading() as generation:
            return {session.title for sessions, _ in generation.scan() for session in sessions}

    def count(self) -> int:
        """Return how many sessions are served."""
        with self.store.reading() as generation:
            return generation.count(NO_FILTERS)
