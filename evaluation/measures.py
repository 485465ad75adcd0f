"""Measures of rankings, taken from ir-measures, with bootstrap confidence intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.datasets import Judgements

DEPTH = 10
NAMES = ("hit@3", "recall@10", "mrr@10", "ndcg@10")
_ROUNDS = 1_000
_SEED = 7

Rankings = Mapping[str, Sequence[str]]
"""For each question's id, the ids found, best first."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure's mean over the questions, its 95 % confidence interval and its value for each question."""

    mean: float
    low: float
    high: float
    values: Mapping[str, float] = field(default_factory=dict)


def measure(judgements: Judgements, rankings: Rankings) -> dict[str, Measured]:
    """Return every measure of NAMES; a question that found nothing counts as 0."""
    import ir_measures

    measures = {
        ir_measures.Success @ 3: "hit@3",
        ir_measures.Recall @ DEPTH: "recall@10",
        ir_measures.RR @ DEPTH: "mrr@10",
        ir_measures.nDCG @ DEPTH: "ndcg@10",
    }
    run = {
        id: {found: float(-place) for place, found in enumerate(rankings.get(id, ()))}
        for id in judgements
    }
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(judgements, 0.0) for name in NAMES}
    found: Any
    for found in ir_measures.iter_calc(list(measures), judgements, run):
        values[measures[found.measure]][found.query_id] = float(found.value)
    return {name: mean_of(some) for name, some in values.items()}


def mean_of(values: Mapping[str, float]) -> Measured:
    """Return the mean of the questions' values and its interval, by bootstrap over the questions."""
    array = np.fromiter(values.values(), dtype=float)
    low, high = interval(array)
    return Measured(float(array.mean()), low, high, values)


def interval(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return what 95 % of the means of as many values lie between, drawn at random with replacement."""
    dice = np.random.default_rng(_SEED)
    means = [values[dice.integers(0, len(values), len(values))].mean() for _ in range(_ROUNDS)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def auroc(answered: Sequence[float], unanswered: Sequence[float]) -> Measured:
    """Return the chance that an answered question has more evidence than an unanswered one; equal is half.

    Its interval is by bootstrap over both kinds of questions.
    """
    one, other = np.asarray(answered)[:, np.newaxis], np.asarray(unanswered)[np.newaxis]
    higher = (one > other) + 0.5 * (one == other)
    dice = np.random.default_rng(_SEED)
    rows, columns = higher.shape
    means = [
        np.bincount(dice.integers(0, rows, rows), minlength=rows)
        @ higher
        @ np.bincount(dice.integers(0, columns, columns), minlength=columns)
        / higher.size
        for _ in range(_ROUNDS)
    ]
    low, high = np.quantile(means, (0.025, 0.975))
    return Measured(float(higher.mean()), float(low), float(high))
