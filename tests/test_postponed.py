"""Postponed sessions: kept, without the time at which they do not take place."""

import pytest
from support.reading_sources import read_bytes

from loaders.records.postponed import is_postponed, says_postponed


@pytest.mark.parametrize(
    "title",
    ["POSTPONED: Maps", "[Postponed] Maps", "Maps (postponed to Sunday)", "Maps - POSTPONED",
     "VERSCHOBEN: Maps", "POSTPONED Maps of rivers", "Reporté : Maps", "** Aplazado ** - Maps [aplazado]",
     "⚠ Postponed – Maps"],
)  # fmt: skip
def test_titles_that_say_so(title: str) -> None:
    assert says_postponed(title)


@pytest.mark.parametrize(
    "title",
    ["Postponed maintenance costs more", "Why we postponed our release", "POSTPONED", "Report: maps",
     "The postponed future", "Reporting - how to", "MAPS POSTPONED AGAIN", "Reporte: mapas"],
)  # fmt: skip
def test_talks_about_what_is_postponed_keep_their_times(title: str) -> None:
    assert not says_postponed(title)


@pytest.mark.parametrize(
    ("state", "expected"),
    [("Postponed", True), ("accepted (postponed)", True), ("https://schema.org/EventPostponed", True),
     ("Verschoben", True), ("not postponed", False), ("Confirmed", False), ("", False)],
)  # fmt: skip
def test_states(state: str, expected: bool) -> None:
    assert is_postponed(state) is expected


def test_a_postponed_session_keeps_its_page_and_loses_its_time() -> None:
    rows = (
        "Title,State,Start\nPOSTPONED: Maps,,2026-05-12 10:00\nTides,postponed,2026-05-12 11:00\n"
        "Bees,confirmed,2026-05-12 12:00\nMoss [postponed],,\n"
    )
    reading = read_bytes("x.csv", rows.encode(), timezone="UTC", year=None)
    assert reading.titles == ["POSTPONED: Maps", "Tides", "Bees"]
    assert [one.starts_at and one.starts_at.hour for one in reading.sessions] == [None, None, 12]
    assert not any(one.cancelled for one in reading.sessions)
    assert [one.year for one in reading.sessions] == [2026] * 3
    assert reading.noted.count("postponed: its time is left out") == 2
