"""CSV and TSV as people write them: delimiters, quotes, rows that are too wide, columns by the thousand."""

from reading_sources import read_bytes


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
