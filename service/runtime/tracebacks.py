"""Tracebacks for the log without messages: a message may quote what somebody asked."""

import traceback
from collections.abc import Iterator
from itertools import islice

_MAX_CAUSES = 10


def describe(error: BaseException) -> str:
    """Return where an error and its causes were raised, and of what kind they are; the first cause first."""
    causes = list(islice(_chain(error), _MAX_CAUSES))
    return "\nthen:\n".join(map(_describe_one, reversed(causes)))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what each was raised from, or while it was handled; this may never end."""
    while error:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _describe_one(error: BaseException) -> str:
    kind = type(error)
    return "".join(
        [*traceback.format_tb(error.__traceback__), f"{kind.__module__}.{kind.__name__}"]
    )
