"""Weights averaged with the base: keeps most of what was learned and what the base knew elsewhere."""

from collections.abc import Callable, Mapping, Sequence

from torch import Tensor

SHARES = (1.0, 0.8, 0.6, 0.4)
"""Shares of the trained weights that are tried; the base has the rest."""

Weights = Mapping[str, Tensor]


def average(trained: Weights, base: Weights, share: float) -> dict[str, Tensor]:
    """Return `share` of the trained weights and the rest of the base's; both have the same names and shapes."""
    return {
        name: base[name].lerp(value, share) if value.is_floating_point() else value.clone()
        for name, value in trained.items()
    }


def choose_share(measure: Callable[[float], float], shares: Sequence[float] = SHARES) -> float:
    """Return the share that measures best; of equals the one nearest to the base."""
    return max(sorted(shares), key=measure)
