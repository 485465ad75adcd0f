"""Runs of an evaluation kept in files, and what changed between two of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.measures import NAMES, interval
from evaluation.run import Row
from service.errors import InputError

_ROUNDS = 10_000
_SEED = 7

Run = dict[tuple[str, str], dict[str, Mapping[str, float]]]
"""For each set and mode, for each measure, the value of each question."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much a measure changed over the questions that both runs asked.

    `low` and `high` bound the change with 95 % confidence; `p` is the chance of one as large if the two were
    alike (a paired randomization test: signs of the questions' differences turned at random).
    """

    set: str
    mode: str
    measure: str
    questions: int
    before: float
    after: float
    low: float
    high: float
    p: float

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as JSON values."""
        return {
            "set": self.set,
            "mode": self.mode,
            "measure": self.measure,
            "questions": self.questions,
            "before": round(self.before, 4),
            "after": round(self.after, 4),
            "change": round(self.after - self.before, 4),
            "interval": [round(self.low, 4), round(self.high, 4)],
            "p": round(self.p, 4),
        }


def check_place(file: Path) -> None:
    """Raise InputError if a run cannot be saved there, before anything is measured."""
    if not file.parent.is_dir():
        raise InputError(
            f"{file} cannot be written: there is no folder {file.parent}. Make it first."
        )


def save_run(rows: Iterable[Row], file: Path) -> None:
    """Write the rows with every question's values. Raises InputError if the file cannot be written."""
    found = [
        {
            **row.as_dict(),
            "values": {name: dict(row.measured[name].values) for name in NAMES},
        }
        for row in rows
    ]
    try:
        file.write_text(json.dumps({"rows": found}, ensure_ascii=False, indent=1), "utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.") from error


def read_run(file: Path) -> Run:
    """Return a run that `save_run` wrote. Raises InputError if the file is none."""
    try:
        rows = json.loads(file.read_text("utf-8"))["rows"]
        return {
            (row["set"], row["mode"]): {
                name: {id: float(value) for id, value in row["values"][name].items()}
                for name in NAMES
            }
            for row in rows
        }
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{file} is no saved run ({error!r}). Name a file that `conference-helper evaluate --save` wrote."
        ) from error


def compare(before: Run, rows: Sequence[Row]) -> list[Difference]:
    """Return each measure's change over the questions, sets and modes that both runs have.

    Raises InputError if they have none in common.
    """
    found = [
        difference
        for row in rows
        for name in NAMES
        if (difference := _difference(row, name, before.get((row.set, row.mode), {}).get(name, {})))
    ]
    if not found:
        raise InputError("The two runs have no set, mode and question in common.")
    return found


def _difference(row: Row, name: str, before: Mapping[str, float]) -> Difference | None:
    after = row.measured[name].values
    both = [id for id in after if id in before]
    if not both:
        return None
    old, new = (np.array([values[id] for id in both]) for values in (before, after))
    low, high = interval(new - old)
    return Difference(
        row.set,
        row.mode,
        name,
        len(both),
        float(old.mean()),
        float(new.mean()),
        low,
        high,
        chance(new - old),
    )


def chance(differences: Sequence[float] | np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return how often paired differences (n,) sum up to as much if each had either sign by chance."""
    values = np.asarray(differences, dtype=float)
    values = values[values != 0]
    dice = np.random.default_rng(_SEED)
    signs = (dice.choice((-1.0, 1.0), len(values)) for _ in range(_ROUNDS))
    sums = np.abs([sign @ values for sign in signs])
    as_much = np.count_nonzero(sums >= abs(values.sum()) - 1e-12)
    return float((as_much + 1) / (_ROUNDS + 1))
