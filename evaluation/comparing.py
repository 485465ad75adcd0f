"""Saved runs of an evaluation, and paired comparisons between two of them."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.measures import MEASURES, interval
from evaluation.run import Row
from service.errors import InputError

_RESAMPLES = 10_000
_SEED = 7

Run = dict[tuple[str, str], dict[str, Mapping[str, float]]]
"""For each set and mode, for each measure, the value of each question."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much a measure changed over the questions that both runs asked.

    `low` and `high` are the 95 % confidence interval of the change, `p` is its p-value by a paired
    randomization test.
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


def check_writable(file: Path) -> None:
    """Raise InputError if there is no folder to save a run in, before anything is measured."""
    if not file.parent.is_dir():
        raise InputError(
            f"{file} cannot be written: there is no folder {file.parent}. Make it first."
        )


def save_run(rows: Iterable[Row], file: Path) -> None:
    """Write the rows with every question's values. Raises InputError if the file cannot be written."""
    values = [
        {
            **row.as_dict(),
            "values": {name: dict(row.measures[name].values) for name in MEASURES},
        }
        for row in rows
    ]
    try:
        file.write_text(json.dumps({"rows": values}, ensure_ascii=False, indent=1), "utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.") from error


def read_run(file: Path) -> Run:
    """Return a run that `save_run` wrote. Raises InputError for any other file."""
    try:
        rows = json.loads(file.read_text("utf-8"))["rows"]
        return {
            (row["set"], row["mode"]): {
                name: {id: float(value) for id, value in row["values"][name].items()}
                for name in MEASURES
            }
            for row in rows
        }
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{file} is no saved run ({error!r}). Name a file that `conference-helper evaluate --save` wrote."
        ) from error


def check_comparable(run: Run, sets: Iterable[str], modes: Collection[str]) -> None:
    """Raise InputError if a saved run has none of the sets and modes that are about to be measured."""
    if not any((name, mode) in run for name in sets for mode in modes):
        saved = ", ".join(f"{name} ({mode})" for name, mode in sorted(run)) or "nothing"
        raise InputError(f"The two runs have no set and mode in common: the saved one has {saved}.")


def compare(before: Run, rows: Sequence[Row]) -> list[Difference]:
    """Return each measure's change over the questions, sets and modes that both runs have.

    Raises InputError if they have none in common.
    """
    differences = [
        difference
        for row in rows
        for name in MEASURES
        if (difference := _difference(row, name, before.get((row.set, row.mode), {}).get(name, {})))
    ]
    if not differences:
        raise InputError("The two runs have no set, mode and question in common.")
    return differences


def _difference(row: Row, name: str, before: Mapping[str, float]) -> Difference | None:
    after = row.measures[name].values
    shared = [id for id in after if id in before]
    if not shared:
        return None
    old, new = (np.array([values[id] for id in shared]) for values in (before, after))
    low, high = interval(new - old)
    return Difference(
        row.set,
        row.mode,
        name,
        len(shared),
        float(old.mean()),
        float(new.mean()),
        low,
        high,
        p_value(new - old),
    )


def p_value(differences: Sequence[float] | np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return the two-sided p-value of paired differences (n,), by a randomization (sign-flip) test.

    It is the share of random signs, the observed ones counted in, that make a sum as far from 0.
    """
    values = np.asarray(differences, dtype=float)
    values = values[values != 0]
    rng = np.random.default_rng(_SEED)
    signs = (rng.choice((-1.0, 1.0), len(values)) for _ in range(_RESAMPLES))
    sums = np.abs([sign @ values for sign in signs])
    extreme = np.count_nonzero(sums >= abs(values.sum()) - 1e-12)
    return float((extreme + 1) / (_RESAMPLES + 1))
