"""Values that no programme has: years beyond all calendars, millions of lines, thousands of keys."""

import json

import pytest
from support.reading_sources import read_bytes

from loaders.tables import delimited


def line(**values: object) -> bytes:
    """A line of an export with one session of these values."""
    session = {"event": "E", "year": 2026, "source_id": "1", "title": "Sails", **values}
    return json.dumps({"conference_helper": 1, "session": session}).encode()


@pytest.mark.parametrize("year", [10**20, -1, 1899, 2200])
def test_a_year_of_no_conference_is_skipped(year: int) -> None:
    found = read_bytes("x.jsonl", line(year=year))
    assert found.reasons == ["its year is not between 1900 and 2199"]


@pytest.mark.parametrize("starts", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:00-14:00"])
def test_a_time_beyond_the_calendar_is_left_out_with_a_reason(starts: str) -> None:
    found = read_bytes("x.jsonl", line(starts_at=starts, timezone="Asia/Tokyo"))
    damaged = found.reasons == ["a line of an export whose session is damaged"]
    noted = any("its year is not between 1900 and 2199" in note for note in found.noted)
    assert damaged or noted


def test_a_table_is_read_up_to_a_number_of_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_ROWS", 3)
    found = read_bytes("x.csv", b"Title,Room\nSails,A\nKnots,B\nTides,C\n")
    assert found.titles == ["Sails", "Knots"]
    assert found.skipped == [("x.csv:4", "only the first 3 lines are read: split the file")]
    assert read_bytes("x.csv", b"Title,Room\nSails,A\nKnots,B\n").skipped == []


def test_keys_of_an_object_are_read_up_to_a_number() -> None:
    many = {f"k{number}": 1 for number in range(5_000)}
    found = read_bytes("x.json", json.dumps([{"title": "Sails", **many, "room": "A"}]).encode())
    assert [(one.title, one.room) for one in found.sessions] == [("Sails", "")]


def test_new_keys_in_every_object_are_learnt_up_to_a_number() -> None:
    objects = [{"title": f"Talk {number}", f"k{number}": 1} for number in range(3_000)]
    assert len(read_bytes("x.json", json.dumps(objects).encode()).sessions) == 3_000
