"""Measures of rankings, taken from ir-measures, with bootstrap confidence intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.datasets import Judgements

DEPTH = 10
NAMES = ("hit@3", "recall@10", "mrr@10", "ndcg@10")
_ROUNDS = 1_000

Rankings = Mapping[str, Sequence[str]]
"""For each question's id, the ids found, best first."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure's mean over the questions and its 95 % confidence interval."""

    mean: float
    low: float
    high: float


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
    values: dict[str, list[float]] = {name: [] for name in NAMES}
    found: Any
    for found in ir_measures.iter_calc(list(measures), judgements, run):
        values[measures[found.measure]].append(float(found.value))
    missing = {name: len(judgements) - len(some) for name, some in values.items()}
    return {name: _interval([*some, *[0.0] * missing[name]]) for name, some in values.items()}


def _interval(values: Sequence[float]) -> Measured:
    """The mean and what 95 % of means of as many questions drawn at random with replacement lie between."""
    array = np.asarray(values)
    dice = np.random.default_rng(7)
    means = [array[dice.integers(0, len(array), len(array))].mean() for _ in range(_ROUNDS)]
    low, high = np.quantile(means, (0.025, 0.975))
    return Measured(float(array.mean()), float(low), float(high))
