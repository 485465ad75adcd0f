"""Cleaning takes time that grows with the length of what it cleans, and not with its square."""

from collections.abc import Callable
from datetime import datetime
from time import process_time

import pytest
from support.reading_sources import from_bytes

from loaders.readers import rubyevents
from loaders.records.affiliations import is_employer
from loaders.records.record import Options
from loaders.records.speakers import speaker_names
from loaders.records.text import plain_text
from loaders.records.times import localise
from loaders.staging.repeats import resolve_repeats
from service.session import Session

_SHORT = 10_000
_MAX_RATIO = 24
"""Of the times for a text and for one eight times as long: a linear pattern needs 8 times as long, one that
goes back to each place again 64 times."""
_NEGLIGIBLE = 0.5
"""Seconds of processor time for the longer text, below which no ratio matters."""


def _seconds(clean: Callable[[str], object], text: str) -> float:
    start = process_time()
    clean(text)
    return process_time() - start


def _is_linear(clean: Callable[[str], object], piece: str) -> bool:
    short, long = (f"x y, {piece * (length // len(piece))}!" for length in (_SHORT, 8 * _SHORT))
    first, second = _seconds(clean, short), _seconds(clean, long)
    return second < _NEGLIGIBLE or second < _MAX_RATIO * first


@pytest.mark.parametrize(
    "piece", ["a", "*", "* ", "-", "_", "1", "dr ", "2019-", " ", "aB", "a.", "a, ", "i"]
)
@pytest.mark.parametrize("clean", [speaker_names, is_employer], ids=lambda one: one.__name__)
def test_names_are_read_in_linear_time(clean: Callable[[str], object], piece: str) -> None:
    assert _is_linear(clean, piece)


@pytest.mark.parametrize("markup", ["", "html", "rst"])
@pytest.mark.parametrize(
    "piece",
    [" \n", "<a ", "<p>", "<!--", "[a]( ", "[a](x", "**a ", "*a\n", "_a ", "`a ", "a@", "+1 ", "&#", "["],
)  # fmt: skip
def test_texts_are_cleaned_in_linear_time(markup: str, piece: str) -> None:
    assert _is_linear(lambda text: plain_text(text, markup), piece)


def test_a_zone_of_thousands_of_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone is called"):
        localise(datetime(2026, 5, 12), ("a/" * 3_000,))


def test_sittings_and_speakers_of_one_id_are_told_apart_in_linear_time() -> None:
    def seconds(count: int) -> float:
        rows = {
            number: Session(
                event="E", year=2026, source_id="x", title="T", abstract=text, speakers=(f"A {number}",)
            )
            for number, text in enumerate(["same", ""] * (count // 2))
        } | {
            count + number: Session(event="E", year=2026, source_id="x", title=f"T {number}")
            for number in range(count)
        }  # fmt: skip
        start = process_time()
        sessions, _ = resolve_repeats(rows)
        assert len(sessions) == 1 + count // 2 + count
        return process_time() - start

    assert seconds(8_000) < _MAX_RATIO * seconds(1_000)


def test_yaml_that_begins_with_blank_lines_is_known_in_linear_time() -> None:
    def matches(text: str) -> object:
        return rubyevents.matches(
            from_bytes("x.yml", f"#\n{text.removeprefix('x y, ')}".encode()), Options()
        )

    assert _is_linear(matches, "\n \n")
