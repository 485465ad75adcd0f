"""Acceptance of a trained model: better than its base on the wanted sets, not worse on any."""

from collections.abc import Collection, Sequence

from evaluation.gate import ROUNDING
from evaluation.run import Row
from service.errors import InputError, VerificationError

_MEASURES = ("hit@3", "ndcg@10")


def check_set_names(wanted: Collection[str], sets: Collection[str]) -> None:
    """Raise InputError if a set that must get better is not among those measured."""
    if unknown := sorted(set(wanted) - set(sets)):
        raise InputError(
            f"--better {', '.join(unknown)}: no such set is measured. There are: {', '.join(sets)}."
        )


def check_better(
    before: Sequence[Row], after: Sequence[Row], *, wanted: Collection[str], tolerance: float
) -> None:
    """Raise VerificationError unless the model is better on the wanted sets and not worse on any.

    Better is a higher hit@3 in semantic mode; worse is a measure that fell by more than `tolerance` on any set
    in any mode. Rows come in the same order.
    """
    faults = []
    for old, new in zip(before, after, strict=True):
        where = f"{new.set} ({new.mode})"
        gained = new.measures["hit@3"].mean - old.measures["hit@3"].mean
        if new.set in wanted and new.mode == "semantic" and gained <= 0:
            faults.append(f"{where}: hit@3 is not better, {_change(old, new, 'hit@3')}")
            continue
        faults += [
            f"{where}: {name} fell, {_change(old, new, name)}"
            for name in _MEASURES
            if old.measures[name].mean - new.measures[name].mean > tolerance + ROUNDING
        ]
    if faults:
        raise VerificationError(f"The trained model is not good enough. {'; '.join(faults)}.")


def format_table(before: Sequence[Row], after: Sequence[Row]) -> list[str]:
    """Return the lines of a table of the measures before and after."""
    lines = [f"{'set':<20} {'mode':<10}" + "".join(f"{name:>20}" for name in _MEASURES)]
    for old, new in zip(before, after, strict=True):
        numbers = "".join(f"{_change(old, new, name):>20}" for name in _MEASURES)
        lines.append(f"{new.set:<20} {new.mode:<10}{numbers}")
    return lines


def _change(old: Row, new: Row, name: str) -> str:
    return f"{old.measures[name].mean:.3f} -> {new.measures[name].mean:.3f}"
