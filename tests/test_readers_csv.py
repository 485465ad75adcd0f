"""CSV and TSV as people write them: delimiters, quotes, rows that are too wide, columns by the thousand."""

import pytest
from support.reading_sources import read_bytes


def test_columns_of_one_name_by_the_thousand_are_read_at_once() -> None:
    wide = [",".join([name] * 20_000) for name in ("Title", "A")]
    reading = read_bytes("x.csv", "\n".join(wide).encode())
    assert reading.titles == ["A"]
    assert reading.noted == [
        "only the first 1,000 columns are read: put those of the programme first"
    ]


def test_columns_of_one_name_are_all_read() -> None:
    content = b"Title,Speaker,Speaker,Speaker\nSails,Su Sheet,Jo Line,Mo Rope\n"
    (session,) = read_bytes("x.csv", content).sessions
    assert session.speakers == ("Su Sheet", "Jo Line", "Mo Rope")


@pytest.mark.parametrize(
    ("content", "speakers"),
    [
        (
            "Titel;Beschreibung;Vortragende\nA;Indizes, Sperren, Pläne, Statistik und mehr;Jo Do\n",
            ("Jo Do",),
        ),
        (
            "Title,Abstract,Speakers\nA,Indexes and locks,Ann A; Bob B; Cy C; Dee D\n",
            ("Ann A", "Bob B", "Cy C", "Dee D"),
        ),
        ('Title,Abstract,Speakers\nA,"one; two;\nthree; four; five",Ann A\n', ("Ann A",)),
        ("Title\tAbstract\tSpeakers\nA\tone, two, three, four\tAnn A; Bob B\n", ("Ann A", "Bob B")),
        ("Programme, of, all, rooms\nTitle;Abstract;Speakers\nA;one;Ann A\n", ("Ann A",)),
    ],
)
def test_signs_inside_cells_do_not_split_them(content: str, speakers: tuple[str, ...]) -> None:
    (session,) = read_bytes("x.csv", content.encode()).sessions
    assert (session.title, session.speakers) == ("A", speakers)
    assert session.abstract


def test_one_column_of_titles_is_not_split() -> None:
    assert read_bytes("x.csv", b"Title\nSails, and how to mend them\n").titles == [
        "Sails, and how to mend them"
    ]


def test_a_grid_is_split_where_most_of_its_rows_are() -> None:
    grid = "When;Left;Right\n9:00;Sails;Knots\n10:00;Tides, moons, winds, waves;Lines\n11:00;Ropes;Oars\n"
    titles = ["Sails", "Knots", "Tides, moons, winds, waves", "Lines", "Ropes", "Oars"]
    assert read_bytes("x.csv", grid.encode()).titles == titles


OPEN = "a quote is left open, and the lines after it went with it: close it, or write it twice"


@pytest.mark.parametrize(
    ("rows", "place", "titles"),
    [
        ('A,one,Su\nB,"two,Jo\nC,three,Mo\n', "x.csv:3", ["A"]),  # nothing closes it
        (
            'A,"one",Su\nB,"two,Jo\nC,"three",Mo\nD,"4",Al\n',
            "x.csv:3",
            ["A", "D"],
        ),  # the next row does
        ('"A","one","Su"\n"B","two","Jo\n"C","three","Mo"\n"D","4","Al"\n', "x.csv:3", ["A", "D"]),
        ('A,one,"Su', "x.csv:2", []),
    ],
)
def test_a_quote_left_open_is_a_bad_row(rows: str, place: str, titles: list[str]) -> None:
    reading = read_bytes("x.csv", f"Title,Abstract,Speakers\n{rows}".encode())
    assert (reading.skipped, reading.titles) == ([(place, OPEN)], titles)


def test_quotes_in_texts_of_several_lines_close_nothing() -> None:
    rows = 'A,"one ""two"",\n""three"", four",Su\nB,"He\nsaid "hi" to us",Jo\n'
    reading = read_bytes("x.csv", f"Title,Abstract,Speakers\n{rows}".encode())
    assert [session.speakers for session in reading.sessions] == [("Su",), ("Jo",)]


def test_a_row_with_more_cells_than_the_header_is_bad_unless_they_are_empty() -> None:
    rows = 'A,He said "hi, there" ok,Su Sheet\nB,two,Jo Line,, \n'
    reading = read_bytes("x.csv", f"Title,Abstract,Speakers\n{rows}".encode())
    reason = "more cells than the header: put a text that holds the delimiter in quotes"
    assert (reading.titles, reading.skipped) == (["B"], [("x.csv:2", reason)])


def test_a_header_that_comes_again_is_no_session() -> None:
    reading = read_bytes("x.csv", b"Title,Speaker,\nA,Su\n Title ,Speaker,\nB,Jo\n")
    assert (reading.titles, reading.skipped) == (["A", "B"], [])
