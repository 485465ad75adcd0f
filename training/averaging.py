"""Weights interpolated with the base's, which keep what it knew elsewhere (WiSE-FT, Wortsman et al. 2022)."""

from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

SHARES = (1.0, 0.8, 0.6, 0.4)
"""Shares of the trained weights that are tried; the base has the rest."""

Weights = Mapping[str, Tensor]


def average(trained: Weights, base: Weights, share: float) -> dict[str, Tensor]:
    """Return `share` times the trained weights plus the rest of the base's; names and shapes are the same."""
    return {
        name: base[name].lerp(value, share) if value.is_floating_point() else value.clone()
        for name, value in trained.items()
    }


def mean_of(runs: Sequence[Weights]) -> dict[str, Tensor]:
    """Return the mean of the weights of several runs, whose names and shapes are the same."""
    mean = dict(runs[0])
    for count, run in enumerate(runs[1:], start=2):
        mean = average(run, mean, 1 / count)
    return mean


def choose_share(measure: Callable[[float], float], shares: Sequence[float] = SHARES) -> float:
    """Return the share that measures best; of ties the lowest, nearest to the base."""
    return max(sorted(shares), key=measure)
