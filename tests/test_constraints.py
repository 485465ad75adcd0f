"""Rules that read constraints, with whatever people type."""

import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from support.known import known_values_of
from support.web_fixtures import SESSIONS

from service.query.constraints.read import read_constraints
from service.query.constraints.words import words

KNOWN = known_values_of(SESSIONS)
NOW = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
WORDS = sorted({word for lists in words().values() for some in lists.values() for word in some})
VALUES = [
    "Hall A",
    "Health",
    "Ana Ruiz",
    "Summit",
    "2026",
    "25:00",
    "10:30",
    "12",
    "wind",
    "(",
    "?",
    "É",
]


@given(st.lists(st.sampled_from(WORDS + VALUES), max_size=8).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read_and_offsets_lead_back_to_it(text: str) -> None:
    read = read_constraints(text, KNOWN, NOW)
    for one in read.constraints:
        assert text[one.start : one.end] == one.text
        assert one.filters
    read.filters()


def test_long_questions_take_no_longer_than_their_length() -> None:
    for part in ("word ", "1 ", "on the ", "a11y-", "by ", "in room "):
        short, long = (_seconds(part * count) for count in (50, 400))
        assert long < 40 * short, part


def _seconds(text: str) -> float:
    def once() -> float:
        started = time.thread_time()
        read_constraints(text, KNOWN, NOW)
        return time.thread_time() - started

    return min(once() for _ in range(3))
