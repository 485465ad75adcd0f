"""Workbooks that would fill the memory, merged cells, and workbooks that are damaged among other files."""

import io
import zipfile

import pytest
from support.programmes import Loading
from support.reading_sources import ods, read_bytes, xlsx, zipped

from loaders.records.record import Options
from service.errors import InputError

SHEET: list[list[str | float]] = [["Title", "Room"], ["Sails", "Deck"]]
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def parts(raw: str, cells: list[list[str | float]] = SHEET) -> dict[str, bytes]:
    """The parts of a workbook with one sheet that ends in this XML."""
    with zipfile.ZipFile(io.BytesIO(xlsx({"S": cells}, raw=raw))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def moved(raw: str) -> bytes:
    """A workbook whose sheet stands where no sheet is looked for."""
    return zipped(
        {
            name.replace("worksheets/", "other/"): content.replace(b"worksheets/", b"other/")
            for name, content in parts(raw).items()
        }
    )


def in_utf_16(raw: str) -> bytes:
    """A workbook whose sheet is written in UTF-16."""
    sheet = "xl/worksheets/sheet1.xml"
    content = parts(raw)
    return zipped({**content, sheet: content[sheet].decode().encode("utf-16")})


@pytest.mark.parametrize(
    "content",
    [
        xlsx({"S": SHEET}, raw=FAR.replace('"', "'")),
        xlsx({"S": SHEET}, raw=FAR.replace("r=", "r = ")),
        xlsx({"S": SHEET}, raw=f'<row r="1048576">{"<c><v>1</v></c>" * 16_000}</row>'),
        moved(FAR),
        in_utf_16(FAR),
    ],
)
def test_cells_far_apart_are_refused_however_they_are_written(content: bytes) -> None:
    with pytest.raises(InputError, match="cells so far apart"):
        read_bytes("x.xlsx", content)


def test_a_sheet_that_is_no_xml_is_refused() -> None:
    with pytest.raises(InputError, match="no workbook that can be read"):
        read_bytes("x.xlsx", xlsx({"S": SHEET}, raw=f"<a b=c/>{FAR}"))


def test_empty_cells_far_apart_do_no_harm() -> None:
    raw = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert read_bytes("x.xlsx", xlsx({"S": SHEET}, raw=raw)).titles == ["Sails"]


def test_a_row_that_is_repeated_a_million_times_is_refused() -> None:
    cell = "<table:table-cell><text:p>Title</text:p></table:table-cell>"
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    with pytest.raises(InputError, match="repeats one row 1,048,576 times"):
        read_bytes("x.ods", ods(rows))


def merged(cells: list[list[str | float]], *ranges: str) -> bytes:
    """A workbook with one sheet of these cells, some of which are merged."""
    sheet = "xl/worksheets/sheet1.xml"
    with_cells = parts("", cells)
    marks = "".join(f'<mergeCell ref="{place}"/>' for place in ranges)
    text = with_cells[sheet].decode()
    text = text.replace("</sheetData>", f"</sheetData><mergeCells>{marks}</mergeCells>")
    return zipped({**with_cells, sheet: text.encode()})


def spanned(cells: list[list[str | float]], spans: dict[tuple[int, int], int]) -> bytes:
    """An ODS of these cells, some of which cover rows below; rows and columns count from 0."""
    rows = ""
    for number, row in enumerate(cells):
        rows += "<table:table-row>"
        for place, cell in enumerate(row):
            span = f'office:value-type="string" table:number-rows-spanned="{spans.get((number, place), 1)}"'
            rows += f"<table:table-cell {span}><text:p>{cell}</text:p></table:table-cell>"
        rows += "</table:table-row>"
    return ods(rows)


MERGED: list[list[str | float]] = [
    ["Title", "Room", "Track", "Speaker"],
    ["Sails", "Deck", "Wind", "Su Sheet"],
    ["Knots", "", "", ""],
    ["Tides", "", "", "Mo Moon"],
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.xlsx", merged(MERGED, "B2:B3", "C2:C4", "D2:D3")),
        ("x.ods", spanned(MERGED, {(1, 1): 2, (1, 2): 3, (1, 3): 2})),
    ],
)
def test_rooms_and_tracks_of_merged_cells_belong_to_every_row_they_cover(
    name: str, content: bytes
) -> None:
    sails, knots, tides = read_bytes(name, content).sessions
    assert (sails.room, sails.track) == (knots.room, knots.track) == ("Deck", "Wind")
    assert (tides.room, tides.track) == ("", "Wind")
    assert knots.speakers == ()


def test_a_workbook_that_is_cut_off_holds_back_removals(loading: Loading) -> None:
    folder = loading.folder / "event"
    folder.mkdir()
    (folder / "a.csv").write_text("Title,Room\nKnots,Hold\n")
    whole = xlsx({"S": SHEET})
    (folder / "b.xlsx").write_bytes(whole)
    options = Options(event="E", year=2026)
    loading.files(folder, options=options)
    (folder / "b.xlsx").write_bytes(whole[:-300])
    outcome = loading.files(folder, options=options)
    assert (outcome.comparison.plan.gone, loading.titles()) == (0, {"Sails", "Knots"})
    assert any(
        "is no workbook that can be read" in line and "b.xlsx" in line for line in loading.said
    )


def test_a_workbook_without_talks_among_others_is_told(loading: Loading) -> None:
    folder = loading.folder / "event"
    folder.mkdir()
    (folder / "a.csv").write_text("Title,Room\nKnots,Hold\n")
    (folder / "rooms.xlsx").write_bytes(xlsx({"S": [["Name", "Capacity"], ["Deck", 9.0]]}))
    loading.files(folder, options=Options(event="E", year=2026))
    assert loading.titles() == {"Knots"}
    assert any("a file without sessions" in line for line in loading.said)
