"""What a load read, accepted and skipped: counted by reason, with the locations."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from errno import EISDIR
from pathlib import Path
from typing import Any, TextIO

from loaders.records.record import Diagnostic

_SHOWN = 20


@dataclass(slots=True)
class Report:
    """The counts of one load: of what was `read` the `accepted` sessions and, by reason, those `skipped`.

    `odd` is what looks wrong in a file (see `loaders.last_look`). `invalid` ones were skipped though they
    should be there; `truncated` ones exceed the model's window.
    """

    read: int = 0
    accepted: int = 0
    invalid: int = 0
    without_abstract: int = 0
    truncated: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    ignored_files: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    examples: dict[str, list[str]] = field(default_factory=dict)
    rejects: "Rejects | None" = None

    def add(self, diagnostic: Diagnostic) -> None:
        """Count a diagnostic; keep the first locations of each reason and write every row to the rejects."""
        counts = self.skipped if diagnostic.skipped else self.warnings
        counts[diagnostic.reason] += 1
        locations = self.examples.setdefault(diagnostic.reason, [])
        if len(locations) < _SHOWN:
            locations.append(diagnostic.location)
        if diagnostic.skipped:
            self.read += 1
            self.invalid += diagnostic.is_invalid
            if self.rejects:
                self.rejects.write(diagnostic)

    def accept(self, *, has_abstract: bool) -> None:
        """Count a session that is loaded."""
        self.read += 1
        self.accepted += 1
        self.without_abstract += not has_abstract

    def reject(self, diagnostic: Diagnostic) -> None:
        """Count a session that was accepted as skipped."""
        self.read -= 1
        self.accepted -= 1
        self.add(diagnostic)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            "read": self.read,
            "kept": self.accepted,
            "skipped": dict(self.skipped),
            "noted": dict(self.warnings),
            "without_abstract": self.without_abstract,
            "longer_than_window": self.truncated,
            "files_ignored": self.ignored_files,
            "odd": self.odd,
        }

    def lines(self) -> list[str]:
        """Return the report as lines for people."""
        total = sum(self.skipped.values())
        lines = [f"Read {self.read}: {self.accepted} kept, {total} skipped."]
        for counts, intro in ((self.skipped, "skipped"), (self.warnings, "noted")):
            for reason, count in counts.most_common():
                lines.append(f"  {count} {intro}: {reason} ({self._locations(reason, count)})")
        if self.without_abstract:
            lines.append(
                f"  {self.without_abstract} have no abstract: found by title, track and kind alone."
            )
        if self.ignored_files:
            names = ", ".join(self.ignored_files[:_SHOWN])
            hidden = len(self.ignored_files) - _SHOWN
            more = f" and {hidden} more" if hidden > 0 else ""
            lines.append(f"  Not session data, so not read: {names}{more}")
        lines += [f"  This looks wrong: {one}" for one in self.odd]
        return lines

    def _locations(self, reason: str, count: int) -> str:
        locations = self.examples[reason]
        more = f", and {count - len(locations)} more" if count > len(locations) else ""
        return ", ".join(locations) + more


class Rejects:
    """A CSV file of every skipped row: its location, the reason, and the row itself.

    It is written to a temporary name until `save`: a load that fails before leaves the older file.
    """

    def __init__(self, path: Path) -> None:
        """Start the file. Raises OSError if it cannot be written."""
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder")
        self._path, self._temporary = path, path.with_name(path.name + ".new")
        self._stream: TextIO = self._temporary.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._stream)
        self._writer.writerow(["place", "reason", "row"])

    def write(self, diagnostic: Diagnostic) -> None:
        """Write one skipped row, so that no spreadsheet takes a cell for a formula."""
        self._writer.writerow(
            [safe_cell(text) for text in (diagnostic.location, diagnostic.reason, diagnostic.row)]
        )

    def save(self) -> None:
        """Give the file its name, once every row is written."""
        self._stream.close()
        self._temporary.replace(self._path)

    def close(self) -> None:
        """Close the file; one that was not saved is removed."""
        self._stream.close()
        self._temporary.unlink(missing_ok=True)


_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", ";=")
"""The full-width signs and the semicolon too: spreadsheets of some languages take them for the others."""


def safe_cell(text: str) -> str:
    """Return text that a spreadsheet shows as it is: what starts like a formula gets a leading apostrophe."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
