"""Programmes in the tables of web pages: which tables are read, and where their cells stand."""

import pytest
from support.reading_sources import Reading, read_bytes

from service.errors import InputError

HEADER = "<tr><th>Time</th><th>Title</th><th>Speaker</th><th>Room</th></tr>"
ROW = "<tr><td>9:00</td><td>Otters</td><td>Ada King</td><td>Hall A</td></tr>"


def load(body: str, **options: object) -> Reading:
    content = f"<!DOCTYPE html><html><body>{body}</body></html>".encode()
    return read_bytes("page.html", content, **options)


def test_a_table_below_its_day() -> None:
    (otters,) = load(f"<h2>Tuesday, 12 May 2026</h2><table>{HEADER}{ROW}</table>").sessions
    assert (otters.title, otters.speakers, otters.room) == ("Otters", ("Ada King",), "Hall A")
    assert (otters.day, otters.start_minute) == ("2026-05-12", 540)


def test_each_table_has_the_day_of_its_own_heading() -> None:
    tables = "".join(
        f"<table><caption>{day} May 2026</caption>{HEADER}{ROW.replace('Otters', f'Talk {day}')}</table>"
        for day in (12, 13)
    )
    days = {session.title: session.day for session in load(tables).sessions}
    assert days == {"Talk 12": "2026-05-12", "Talk 13": "2026-05-13"}


def test_cells_that_span_rows_and_columns() -> None:
    rows = (
        "<tr><td rowspan=2>9:00<td>Otters<td>Ada King<td>Hall A"
        "<tr><td>Dams &amp;\n data<td>Ann Poe<br>Joe Roe<td>Hall B"
        "<tr><td>10:00<td colspan=2>Panel<td>Hall A"
    )
    reading = load(f"<h2>2026-05-12</h2><table>{HEADER}{rows}</table>")
    found = [(one.title, one.speakers, one.start_minute, one.room) for one in reading.sessions]
    assert found == [
        ("Otters", ("Ada King",), 540, "Hall A"),
        ("Dams & data", ("Ann Poe", "Joe Roe"), 540, "Hall B"),
        ("Panel", (), 600, "Hall A"),
    ]


def test_a_grid_of_times_and_rooms() -> None:
    rows = "".join(
        f"<tr><td>{hour}:00</td><td>Otters {hour}</td><td>Dams {hour}</td></tr>"
        for hour in (10, 11, 12)
    )
    reading = load(f"<h2>2026-05-12</h2><table><tr><th>Time<th>Hall A<th>Hall B</tr>{rows}</table>")
    assert len(reading.sessions) == 6
    assert reading.sessions[1].room == "Hall B"


def test_tables_of_the_layout_are_none() -> None:
    inner = f"<table>{HEADER}{ROW}</table>"
    outer = f"<table><tr><th>Title</th><th>Speaker</th></tr><tr><td>Menu</td><td>{inner}</td></tr></table>"
    assert load(f"<h2>2026-05-12</h2>{outer}").titles == ["Otters"]


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>Home</td><td>About</td></tr></table>",
        "<table><tr><th>Name</th><th>Role</th></tr><tr><td>Bob</td><td>Chair</td></tr></table>",
        f"<table role=presentation>{HEADER}{ROW}</table>",
        f"<table>{HEADER}{ROW.replace('Otters', '{{ talk.title }}')}</table>",
        f"<template><table>{HEADER}{ROW}</table></template>",
    ],
)
def test_a_page_without_a_programme_is_refused(table: str) -> None:
    with pytest.raises(InputError, match="without a table of talks below a header row"):
        load(table)


def test_events_of_schema_org_come_first() -> None:
    block = '{"@type": "Event", "name": "Knots", "startDate": "2026-05-12T10:00:00Z"}'
    script = f'<script type="application/ld+json">{block}</script>'
    assert load(f"{script}<table>{HEADER}{ROW}</table>").titles == ["Knots"]


@pytest.mark.parametrize(
    ("row", "count"),
    [
        ("<tr><td>" + 900 * "x", 10_000),
        ("<tr>", 90_000),
        ("<tr>" + 200 * "<td>", 5_000),
        ("<tr><td colspan=1000>", 1_000),
        ("<tr>" + 20 * "<td rowspan=9999>", 1_000),
    ],
)
def test_a_page_of_cells_without_end_is_refused(row: str, count: int) -> None:
    with pytest.raises(InputError, match="more than 8 MiB of tables"):
        load(f"<table>{row * count}")


def test_cells_covered_from_above_are_no_more_columns_than_are_read() -> None:
    with pytest.raises(InputError, match="without a table"):
        load(f"<table>{('<tr>' + 20 * '<td rowspan=200>') * 200}")


GRID = (
    "<h2>12 May 2026</h2><table><tr><th>Time<th>Bow<th>Stern"
    "<tr><td>9:00 - 9:45<td>Otters (Ada King)<td rowspan=2>Dams (Ann Poe)"
    "<tr><td>10:00 - 10:45<td>Reeds (Joe Roe)</table>"
    "<h2>13 May 2026</h2><table><tr><th>Time<th>Bow<th>Stern<tr><td>9:00<td>Eels (Cy Doe)<td></table>"
)


def test_a_cell_that_spans_rows_of_a_timetable_ends_with_the_last() -> None:
    found = {one.title: one for one in load(GRID).sessions}
    assert found["Dams"].duration_minutes == 105
    assert [found[title].room for title in ("Dams", "Reeds")] == ["Stern", "Bow"]


def test_a_day_of_few_talks_is_read_beside_another_day() -> None:
    assert {one.title: one.day for one in load(GRID).sessions}["Eels"] == "2026-05-13"
    hours = "<table><tr><th>Open<th>Cafe<tr><td>9:00<td>Breakfast buffet</table>"
    assert "Breakfast buffet" not in load(GRID + hours).titles
