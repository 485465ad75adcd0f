"""What stands around a table: notes beside it, and a long preamble above its header."""

import pytest
from support.reading_sources import read_bytes, xlsx

BESIDE = "text beside the table is left out"
NOTED = ["Sails", "Deck", "", "ask Jo for the key"]


def test_a_cell_beside_a_table_costs_no_row() -> None:
    rows = b"Title,Room\nKnots,Quay\nSails,Deck,,ask Jo for the key\nTar,Hold\n"
    reading = read_bytes("x.csv", rows)
    assert (reading.titles, reading.skipped) == (["Knots", "Sails", "Tar"], [])
    assert reading.noted == [BESIDE]


@pytest.mark.parametrize("row", [NOTED, ["Sails", "Deck", "ask Jo, for the key"]])
def test_in_a_sheet_no_delimiter_can_have_cut_a_text(row: list[str | float]) -> None:
    reading = read_bytes("x.xlsx", xlsx({"S": [["Title", "Room"], row, ["Tar", "Hold"]]}))
    assert [(session.title, session.room) for session in reading.sessions] == [
        ("Sails", "Deck"),
        ("Tar", "Hold"),
    ]
    assert reading.noted == [BESIDE]


def test_a_text_that_was_cut_at_its_delimiter_is_still_a_bad_row() -> None:
    reading = read_bytes(
        "x.csv", b"Title,Abstract,Room\nKnots,ties, and hitches,Quay\nTar,black,Hold\n"
    )
    assert reading.titles == ["Tar"]
    assert [place for place, _ in reading.skipped] == ["x.csv:2"]


@pytest.mark.parametrize("lines", [9, 10, 25, 98])
def test_a_header_may_stand_below_a_long_preamble(lines: int) -> None:
    preamble = "".join(f"Note {number} of the committee\n" for number in range(lines))
    reading = read_bytes("x.csv", f"{preamble}Title,Speaker,Room\nKnots,Jo,Quay\n".encode())
    assert [(it.title, it.speakers, it.room) for it in reading.sessions] == [
        ("Knots", ("Jo",), "Quay")
    ]


def test_a_later_table_of_more_columns_takes_no_rows_from_the_first() -> None:
    rows = "".join(f"{'Knots ' * 20}{number},Jo\n" for number in range(12))
    later = "Title,Speaker,Room,Track\nTar,Bo,Hold,Black\n"
    reading = read_bytes("x.csv", f"Title,Speaker\n{rows}{later}".encode())
    assert len(reading.sessions) == 13
    assert reading.sessions[-1].room == "Hold"
