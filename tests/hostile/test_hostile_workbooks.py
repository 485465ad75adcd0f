"""Small workbooks that would fill the memory or take long end in a sentence, and so does each child."""

from dataclasses import replace

import pytest
from support.reading_sources import from_bytes, ods, read_bytes, xlsx, zipped

from loaders.limits import Limits
from loaders.workbooks import workbook
from loaders.workbooks.workbook import open_sheets
from service.errors import InputError

HEAD = (
    "<table:table-row><table:table-cell><text:p>Title</text:p></table:table-cell></table:table-row>"
)


def row(text: str, attributes: str = "") -> str:
    """A row of an ODS with one cell."""
    attributes = f'office:value-type="string" {attributes}'
    cell = f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"
    return f"<table:table-row>{cell}</table:table-row>"


def test_spaces_given_by_their_number_are_counted() -> None:
    with pytest.raises(InputError, match=r"x\.ods has 2,000,000,000 spaces"):
        read_bytes("x.ods", ods(HEAD + row('a<text:s text:c="2000000000"/>')))


def test_a_long_cell_that_is_repeated_takes_no_more_than_the_limit() -> None:
    many = 'table:number-columns-repeated="9000"'
    with pytest.raises(InputError, match=r"x\.ods takes more than \d+ MiB of memory"):
        read_bytes("x.ods", ods(HEAD + row("a" * 400_000, many)))


def test_a_workbook_in_an_unknown_encoding_is_refused() -> None:
    content = "<?xml version='1.0' encoding='klingon'?><table:table-row/>"
    with pytest.raises(InputError, match="no workbook that can be read"):
        read_bytes("x.ods", zipped({"mimetype": "x", "content.xml": content}), format="ods")


@pytest.mark.slow
def test_a_workbook_that_takes_long_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, reading = workbook._CODE.rpartition("from ")
    spinning = "from loaders.workbooks.child import limit; limit(seconds, memory)\nwhile True: pass"
    monkeypatch.setattr(workbook, "_CODE", workbook._CODE.replace(f"from {reading}", spinning))
    source = from_bytes("x.xlsx", xlsx({"S": [["Title"], ["Sails"]]}))
    with pytest.raises(InputError, match=r"x\.xlsx takes more than 1 s .* save it as CSV"):
        open_sheets(source, Limits(seconds=1))


def test_a_workbook_is_read_once_however_often_it_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = from_bytes("x.xlsx", xlsx({"S": [["Title"], ["Sails"]]}))
    ((name, rows, _),) = open_sheets(source, Limits())
    monkeypatch.setattr(workbook, "_CODE", "raise SystemExit(1)")
    ((_, again, _),) = open_sheets(replace(source, siblings={"x.xlsx": source}), Limits())
    assert name == "S"
    assert list(rows()) == list(again()) == [(1, ["Title"]), (2, ["Sails"])]
