"""What a load read, kept and skipped, and why: counted by reason, with the locations."""

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
    """The counts of one load: `read` is `kept` plus everything skipped, of which some is bad."""

    read: int = 0
    kept: int = 0
    bad: int = 0
    thin: int = 0
    longer: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    ignored: list[str] = field(default_factory=list)
    examples: dict[str, list[str]] = field(default_factory=dict)
    rejects: "Rejects | None" = None

    def add(self, diagnostic: Diagnostic) -> None:
        """Count a diagnostic; keep the first locations of each reason and write every row to the rejects."""
        counts = self.skipped if diagnostic.skipped else self.noted
        counts[diagnostic.reason] += 1
        locations = self.examples.setdefault(diagnostic.reason, [])
        if len(locations) < _SHOWN:
            locations.append(diagnostic.location)
        if diagnostic.skipped:
            self.read += 1
            self.bad += diagnostic.is_bad
            if self.rejects:
                self.rejects.write(diagnostic)

    def keep(self, *, thin: bool) -> None:
        """Count a session that was kept; thin ones have no abstract."""
        self.read += 1
        self.kept += 1
        self.thin += thin

    def drop(self, diagnostic: Diagnostic) -> None:
        """Turn a session counted as kept into a skipped one."""
        self.read -= 1
        self.kept -= 1
        self.add(diagnostic)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            "read": self.read,
            "kept": self.kept,
            "skipped": dict(self.skipped),
            "noted": dict(self.noted),
            "without_abstract": self.thin,
            "longer_than_window": self.longer,
            "files_ignored": self.ignored,
        }

    def lines(self) -> list[str]:
        """Return the report as lines for people."""
        total = sum(self.skipped.values())
        lines = [f"Read {self.read}: {self.kept} kept, {total} skipped."]
        for counts, intro in ((self.skipped, "skipped"), (self.noted, "noted")):
            for reason, count in counts.most_common():
                lines.append(f"  {count} {intro}: {reason} ({self._locations(reason, count)})")
        if self.thin:
            lines.append(f"  {self.thin} have no abstract: found by title, track and kind alone.")
        if self.ignored:
            names = ", ".join(self.ignored[:_SHOWN])
            more = f" and {len(self.ignored) - _SHOWN} more" if len(self.ignored) > _SHOWN else ""
            lines.append(f"  Not session data, so not read: {names}{more}")
        return lines

    def _locations(self, reason: str, count: int) -> str:
        locations = self.examples[reason]
        more = f", and {count - len(locations)} more" if count > len(locations) else ""
        return ", ".join(locations) + more


class Rejects:
    """A CSV file of every skipped row: where it stood, why it was skipped, and what it said.

    It is written beside its place until `keep`: a load that fails before leaves what was there.
    """

    def __init__(self, path: Path) -> None:
        """Start the file. Raises OSError if it cannot be written."""
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder")
        self._path, self._beside = path, path.with_name(path.name + ".new")
        self._stream: TextIO = self._beside.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._stream)
        self._writer.writerow(["place", "reason", "row"])

    def write(self, diagnostic: Diagnostic) -> None:
        """Write one skipped row, so that no spreadsheet takes a cell for a formula."""
        self._writer.writerow(
            [safe_cell(text) for text in (diagnostic.location, diagnostic.reason, diagnostic.row)]
        )

    def keep(self) -> None:
        """Put the file in its place: every row is written."""
        self._stream.close()
        self._beside.replace(self._path)

    def close(self) -> None:
        """End the file; what was not kept is dropped."""
        self._stream.close()
        self._beside.unlink(missing_ok=True)


def safe_cell(text: str) -> str:
    """Return text that a spreadsheet shows as it is: what starts like a formula gets a leading apostrophe."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
