"""Measures of rankings, taken from ir-measures, with bootstrap confidence intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.datasets import Judgements
from service.errors import InputError

DEPTH = 10
MEASURES = ("hit@3", "recall@10", "mrr@10", "ndcg@10")
_RESAMPLES = 1_000
_SEED = 7

Rankings = Mapping[str, Sequence[str]]
"""For each question's id, the ids found, best first."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure's mean over the questions, its 95 % confidence interval and each question's value."""

    mean: float
    low: float
    high: float
    values: Mapping[str, float] = field(default_factory=dict)


def check_installed() -> None:
    """Raise InputError where ir-measures is not installed: loading, searching and serving do without it."""
    if find_spec("ir_measures") is None:
        raise InputError(
            "Measuring needs ir-measures. Install it: pip install ir-measures, or `make install` in a clone."
        )


def measure(judgements: Judgements, rankings: Rankings) -> dict[str, Estimate]:
    """Return an estimate of each of MEASURES; a question without a ranking counts as 0."""
    import ir_measures

    measures = {
        ir_measures.Success @ 3: "hit@3",
        ir_measures.Recall @ DEPTH: "recall@10",
        ir_measures.RR @ DEPTH: "mrr@10",
        ir_measures.nDCG @ DEPTH: "ndcg@10",
    }
    run = {
        id: {document: float(-rank) for rank, document in enumerate(rankings.get(id, ()))}
        for id in judgements
    }
    values: dict[str, dict[str, float]] = {
        name: dict.fromkeys(judgements, 0.0) for name in MEASURES
    }
    metric: Any
    for metric in ir_measures.iter_calc(list(measures), judgements, run):
        values[measures[metric.measure]][metric.query_id] = float(metric.value)
    return {name: mean_of(by_question) for name, by_question in values.items()}


def mean_of(values: Mapping[str, float]) -> Estimate:
    """Return the mean of the questions' values, with an interval by bootstrap over the questions."""
    array = np.fromiter(values.values(), dtype=float)
    low, high = interval(array)
    return Estimate(float(array.mean()), low, high, values)


def interval(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % confidence interval of the mean of values (n,), by percentile bootstrap."""
    rng = np.random.default_rng(_SEED)
    means = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(_RESAMPLES)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def auroc(answered: Sequence[float], unanswered: Sequence[float]) -> Estimate:
    """Return the area under the ROC curve: how often an answered question has more evidence, ties half.

    Evidence may be infinite. The interval is by percentile bootstrap over both kinds of questions.
    """
    one, other = np.asarray(answered)[:, np.newaxis], np.asarray(unanswered)[np.newaxis]
    higher = (one > other) + 0.5 * (one == other)
    rng = np.random.default_rng(_SEED)
    rows, columns = higher.shape
    means = [
        np.bincount(rng.integers(0, rows, rows), minlength=rows)
        @ higher
        @ np.bincount(rng.integers(0, columns, columns), minlength=columns)
        / higher.size
        for _ in range(_RESAMPLES)
    ]
    low, high = np.quantile(means, (0.025, 0.975))
    return Estimate(float(higher.mean()), float(low), float(high))
