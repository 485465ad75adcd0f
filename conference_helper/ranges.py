"""Click parameter types for ranges of numbers."""

import math
from typing import Any

import click


class FloatRange(click.FloatRange):
    """A click.FloatRange that rejects NaN, which passes every comparison with a bound."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number. Raises click.BadParameter for one outside the range, and for "nan"."""
        found = float(super().convert(value, param, ctx))
        if math.isnan(found):
            self.fail(f"{value!r} is no number.", param, ctx)
        return found
