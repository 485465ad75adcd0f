"""CSV, TSV and workbooks, and the timetables among them."""

from pathlib import Path

import pytest
from support.reading_sources import Reading, ods, read, read_bytes, xlsx, zipped

from loaders.records.record import Options
from loaders.records.times import AmbiguousDate
from loaders.sources.find import find_sources
from loaders.workbooks import cells
from service.errors import InputError


def test_a_german_sheet_from_excel() -> None:
    reading = read("german.csv", timezone="Europe/Berlin")
    first, second = reading.sessions
    assert reading.formats == ["csv"]
    assert (first.title, first.room) == ("Übersetzen", "Kai")
    assert first.abstract == "Über die Fähre,\nbei jedem Wetter."
    assert first.speakers == ("Jörg Möwe", "Änne Gischt")
    assert first.as_dict()["ends_at"] == "2024-06-13T10:15:00+02:00"
    assert second.as_dict()["starts_at"] == "2024-06-03T10:30:00+02:00", (
        "the column tells its order"
    )
    assert second.speakers == ("Jörg Möwe",), "a company is no speaker"
    assert reading.noted == ["columns not understood: Hotel"]


def test_a_spanish_sheet_in_utf_16() -> None:
    reading = read("spanish.tsv", timezone="Europe/Madrid")
    (session,) = reading.sessions
    assert session.speakers == ("Ana Ola", "José Viento")
    assert session.as_dict()["ends_at"] == "2026-05-13T10:45:00+02:00"
    assert reading.reasons == ["not accepted: Rechazado"]


def test_dates_that_may_be_either_are_not_guessed() -> None:
    with pytest.raises(AmbiguousDate):
        read("ambiguous.csv", timezone="UTC")
    days = [
        session.day for session in read("ambiguous.csv", timezone="UTC", date_order="dmy").sessions
    ]
    assert days == ["2026-04-03", "2026-06-05"]


def test_group_headers_tell_columns_of_one_name_apart() -> None:
    (session,) = read("grouped.csv").sessions
    assert (session.title, session.speakers, session.abstract) == (
        "Sails",
        ("Su Sheet",),
        "Hoisted.",
    )


def test_places_name_the_line_a_row_starts_on() -> None:
    reading = read_bytes("x.csv", b'Title,Abstract\nA,"one\ntwo"\n,no title\n')
    assert reading.skipped == [("x.csv:4", "no title")]


def test_rows_that_are_no_rows_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.tables.delimited._MAX_FIELD", 100)
    content = b"Title,Abstract\nA,one\nB," + b"x" * 200 + b"\nC,three\n\nD\n"
    reading = read_bytes("x.csv", content)
    assert reading.titles == ["A", "C", "D"]
    assert reading.skipped[0][0] == "x.csv:3"
    assert "field larger than" in reading.reasons[0]


def test_columns_can_be_mapped() -> None:
    content = b"Was;Wer\nSegel setzen;Su Sheet\n"
    with pytest.raises(InputError, match=r'its first row is Was, Wer: .* --map "Was=title"'):
        read_bytes("x.csv", content)
    columns = (("Was", "title"), ("Wer", "speakers"))
    for format in ("", "csv"):
        (session,) = read_bytes("x.csv", content, format=format, columns=columns).sessions
        assert (session.title, session.speakers) == ("Segel setzen", ("Su Sheet",))
    with pytest.raises(InputError, match='--map "Column=title"'):
        read_bytes("x.csv", content, format="tsv")


@pytest.mark.parametrize("format", ["", "csv"])
def test_columns_can_be_mapped_in_a_folder(tmp_path: Path, format: str) -> None:
    (tmp_path / "x.csv").write_text("Was;Wer\nSegel;Su Sheet\n")
    assert read(tmp_path, format=format, columns=(("Was", "title"),)).titles == ["Segel"]


def test_a_mapped_column_that_is_not_there_is_refused_or_told(tmp_path: Path) -> None:
    content, columns = b"Title,Room\nSails,Deck\n", (("Rom", "room"),)
    with pytest.raises(InputError, match=r'has no column "Rom".* Columns: Title, Room\.'):
        read_bytes("x.csv", content, columns=columns)
    for name in ("x.csv", "y.csv"):
        (tmp_path / name).write_bytes(content)
    reading = read(tmp_path, columns=columns)
    assert [session.room for session in reading.sessions] == ["Deck", "Deck"]
    assert reading.noted == ["columns not understood: Rom (mapped, but not there)"] * 2


def test_one_column_of_titles_is_a_table_but_a_word_in_prose_is_none() -> None:
    assert read_bytes("x.csv", b"Title\nSails\n").titles == ["Sails"]
    with pytest.raises(InputError, match="in no format"):
        read_bytes("x.txt", b"Some prose.\nTitle\nMore of it.\n")


def test_talks_get_time_and_room_from_the_grid_beside_them() -> None:
    reading = read("programme", timezone="Europe/Oslo")
    placed = {session.title: session for session in reading.sessions}
    assert placed["Tides & Moons"].as_dict()["starts_at"] == "2019-05-07T10:30:00+02:00"
    assert placed["Tides & Moons"].room == "Main Deck"
    assert placed["Lines"].room == "Stern", "found by its id, and rooms change with the day"
    assert placed["Twice"].starts_at is None, "two places are none for certain"
    assert placed["Unplaced"].starts_at is None
    assert reading.noted == [
        "a timetable: it places the talks beside it",
        "3 of 5 talks placed by the timetable",
    ]


def test_talks_and_grid_may_be_named_one_by_one() -> None:
    reading = read("programme/talks.csv", "programme/2019_grid.csv", timezone="Europe/Oslo")
    assert sum(session.starts_at is not None for session in reading.sessions) == 3
    assert len(read("programme/talks.csv").sessions) == 5
    alone = read("programme/2019_grid.csv")
    assert alone.noted[0].startswith("a timetable without a file of its talks")


def test_a_list_of_times_and_titles_is_a_timetable_beside_talks() -> None:
    reading = read("listed")
    assert [session.as_dict()["starts_at"] for session in reading.sessions] == [
        "2025-05-14T14:00:00+00:00", "2025-05-14T14:20:00+00:00", "2025-05-14T14:40:00+00:00",
    ]  # fmt: skip
    assert all(session.abstract for session in reading.sessions)


def test_a_list_of_times_and_titles_alone_is_a_programme() -> None:
    reading = read("listed/timetable.csv")
    assert reading.titles == ["Sails", "Anchors", "Winches"]
    assert reading.sessions[0].as_dict()["starts_at"] == "2025-05-14T14:00:00+00:00"


def test_a_timetable_that_is_damaged_leaves_the_talks_alone(tmp_path: Path) -> None:
    (tmp_path / "talks.csv").write_text("title,abstract\nA,a\nB,b\nC,c\n")
    (tmp_path / "grid.csv").write_bytes(b"Time,Room\n9:00 AM,A\n\x81\xff\n")
    (tmp_path / "grid.xlsx").write_bytes(b"PK\3\4 no workbook")
    (tmp_path / "odd.csv").write_text("Time,Room\n99:99,A\n12:00 UTC,B\n9.30,C\nx,D\n")
    talks = next(source for source in find_sources([str(tmp_path)]) if source.path == "talks.csv")
    reading = Reading()
    reading.take(talks, Options(event="Test Conf", year=2026))
    assert reading.titles == ["A", "B", "C"]


SHEET: list[list[str | float]] = [
    ["Programme of the harbour", "", "", "", "", "", ""],
    ["", "", "", "", "Speakers", "", ""],
    ["Title", "Date", "Time", "ID", "1", "2", "E-Mail"],
    ["Sails", 46155.0, 0.395833333333, 1001.0, "Su Sheet", "Jo Line", "su@example.org"],
    ["", "", "", "", "", "", ""],
    ["Knots", 46155.0, 0.5, 1002.0, "Mo Rope", "", ""],
]


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("x.csv", "Title\nSails\n".encode("utf-16-le"), "UTF-16 without a byte order mark"),
        ("x.yaml", b"programme:\n  - Sails\n", "holds no sessions with titles"),
    ],
)
def test_a_file_of_no_format_is_told_why(name: str, content: bytes, cause: str) -> None:
    with pytest.raises(InputError, match=cause):
        read_bytes(name, content)


def test_a_workbook_with_a_preamble_two_headers_and_serial_dates() -> None:
    reading = read_bytes("x.xlsx", xlsx({"Day 1": SHEET}), timezone="UTC")
    sails, knots = reading.sessions
    assert reading.formats == ["spreadsheet"]
    assert (sails.speakers, sails.source_id) == (("Su Sheet", "Jo Line"), "1001")
    assert sails.as_dict()["starts_at"] == "2026-05-13T09:30:00+00:00"
    assert knots.as_dict()["starts_at"] == "2026-05-13T12:00:00+00:00"


def test_sheets_are_read_one_by_one_and_grids_place_talks() -> None:
    content = xlsx(
        {
            "Talks": [["Title", "Abstract"], ["Sails", "a"], ["Knots", "b"], ["Anchors", "c"]],
            "Grid": [["Time", "Deck", "Hold"], ["2026-05-13", "", ""], ["10:00", "Sails", "Knots"],
                     ["11:00", "Anchors", ""]],
            "Notes": [["remember"], ["the tea"]],
            "Old": [["Title"], ["Never"]],
        },
        hidden="Old",
    )  # fmt: skip
    reading = read_bytes("x.xlsx", content, timezone="UTC")
    assert reading.titles == ["Sails", "Knots", "Anchors"]
    assert [session.room for session in reading.sessions] == ["Deck", "Hold", ""]
    assert all(session.day == "2026-05-13" for session in reading.sessions)
    assert "a sheet without a header row" in reading.noted


def test_sheets_of_people_and_rooms_are_no_talks() -> None:
    sheets: dict[str, list[list[str | float]]] = {
        "Day 1": [["Title", "Speaker"], ["Sails", "Su Sheet"], ["Knots", "Mo Rope"]],
        "Speakers": [["Name", "Bio", "Email"], ["Su Sheet", "Sails.", "su@example.org"]],
        "Rooms": [["Name", "Capacity"], ["Deck", 90.0]],
        "Stands": [["Name", "Room"], ["Harbour Inc.", "Deck"]],
    }
    reading = read_bytes("x.xlsx", xlsx(sheets))
    assert reading.titles == ["Sails", "Knots"]
    assert reading.noted.count("a sheet without a header row") == 2
    assert "names of others: the talks are beside them" in reading.noted


def cell(text: str, **attributes: str) -> str:
    named = "".join(
        f' table:{key.replace("_", "-")}="{value}"' for key, value in attributes.items()
    )
    return f'<table:table-cell office:value-type="string"{named}><text:p>{text}</text:p></table:table-cell>'


EMPTY = (
    '<table:table-row table:number-rows-repeated="1048570">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def test_an_ods_workbook() -> None:
    cells = (cell("Titel") + cell("Raum"), cell("Segel") + cell("Kai"))
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    (session,) = read_bytes("x.ods", ods(rows + EMPTY)).sessions
    assert (session.title, session.room) == ("Segel", "Kai")


def test_workbooks_that_would_fill_the_memory_are_refused() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    wide = cell("x", number_columns_repeated="999999")
    repeated = f'<table:table-row table:number-rows-repeated="999999">{wide}</table:table-row>'
    for name, content in (("x.xlsx", xlsx({"S": SHEET}, raw=far)), ("x.ods", ods(repeated))):
        with pytest.raises(InputError, match="cells so far apart"):
            read_bytes(name, content)


def test_a_workbook_is_a_bomb_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.sources.budget.RATIO_CHECKED_FROM", 1000)
    rows: list[list[str | float]] = [["Title"], ["a" * 1_000_000]]
    with pytest.raises(InputError, match="more than 200 times its size"):
        read_bytes("x.xlsx", xlsx({"S": rows}))


@pytest.mark.parametrize(
    "content",
    [
        xlsx({"S": SHEET})[:-200],
        zipped({"[Content_Types].xml": "no"}),
        zipped({"mimetype": "x", "content.xml": "<a>"}),
        zipped({"mimetype": "x", "content.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ],
)
def test_damaged_workbooks_are_refused(content: bytes) -> None:
    with pytest.raises(InputError, match=r"no workbook that can be read|damaged|in no format"):
        read_bytes("x.xlsx", content, format="xlsx")


def test_a_workbook_without_titles_is_refused() -> None:
    with pytest.raises(InputError, match="no header row"):
        read_bytes("x.xlsx", xlsx({"S": [["a", "b"], ["c", "d"]]}))
    assert cells.MAX_CELLS > 1_000_000


def test_a_quote_left_open_names_its_line_and_what_went_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("loaders.tables.delimited._MAX_FIELD", 100)
    rows = "".join(f"{number},Talk {number}\n" for number in range(40))
    found = read_bytes("open.csv", f'id,title\n1,"Left open\n{rows}'.encode())
    place, reason = found.skipped[0]
    assert place == "open.csv:2"
    assert "a quote left open? 11 more lines went with it" in reason
    assert found.titles == [f"Talk {number}" for number in range(11, 40)]
