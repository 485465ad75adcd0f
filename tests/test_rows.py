import pytest

from loaders.records.rows import to_record


@pytest.mark.parametrize(
    ("row", "start", "end"),
    [
        ({"date": "2026-05-13", "start": "09:30", "end": "10:15"}, "2026-05-13 09:30", "2026-05-13 10:15"),
        ({"date": "2026-05-13", "start": "09:30 - 10:15"}, "2026-05-13 09:30", "2026-05-13 10:15"),
        ({"start": "2026-05-13 9:30 AM – 10:15 AM"}, "2026-05-13 9:30 AM", "10:15 AM"),
        ({"start": "2026-05-13T09:30", "end": "10:15"}, "2026-05-13T09:30", "10:15"),
        ({"date": "2026-05-13T00:00:00", "start": "0930"}, "2026-05-13 09:30", ""),
        ({"date": "2026-05-13", "start": "2026-05-13 09:30"}, "2026-05-13 09:30", ""),
        ({"date": "46155", "start": "0.3958"}, "46155 0.3958", ""),
        ({"date": "2026-05-13"}, "2026-05-13", ""),
    ],
)  # fmt: skip
def test_dates_and_times_come_together(row: dict[str, str], start: str, end: str) -> None:
    record = to_record({"title": "x"} | row, {key: [key] for key in (*row, "title")}, "here")
    assert (record.start, record.end) == (start, end)


def test_texts_that_repeat_each_other_are_joined_once() -> None:
    row = {"a": "Short.", "b": "Short. And long.", "c": "Other."}
    record = to_record(row, {"abstract": ["a", "b", "c"]}, "here")
    assert record.abstract == "Short. And long.\n\nOther."
