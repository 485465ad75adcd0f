"""The rule for "first" and "last": in which order sessions are listed where no topic is asked for."""

import re
from functools import cache

from service.query.constraints.reading import Found, Reading
from service.query.constraints.words import any_of, meanings, pattern


def read_order(reading: Reading) -> None:
    """Add the order that "the last talk on Sunday" asks for, once all other constraints are known."""
    for match, first, last in reading.find(_order_pattern()):
        before_sessions = reading.is_session_noun(last) or any(
            found.first == last for found in reading.of_kind("kind")
        )
        if before_sessions and reading.is_alone(first, last):
            reading.add(Found("time", first, last, meanings("order")[match[0]], {}))


@cache
def _order_pattern() -> re.Pattern[str]:
    return pattern(any_of("order"))
