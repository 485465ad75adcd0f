"""Zones that a calendar defines itself."""

import pytest
from support.reading_sources import read_bytes

RULE = "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH="


def starts_at(tzid: str, *, east: int, rule: str = RULE) -> str:
    """Return the start of an event on a summer's day, in a zone whose summer time is this many hours east."""
    summer, winter = f"{east:+03}00", f"{east - 1:+03}00"
    lines = [
        "BEGIN:VCALENDAR", "X-WR-CALNAME:Harbour 2026", "BEGIN:VTIMEZONE", f"TZID:{tzid}",
        "BEGIN:STANDARD", "DTSTART:20001029T030000", f"{rule}10",
        f"TZOFFSETFROM:{summer}", f"TZOFFSETTO:{winter}", "END:STANDARD",
        "BEGIN:DAYLIGHT", "DTSTART:20000326T020000", f"{rule}3",
        f"TZOFFSETFROM:{winter}", f"TZOFFSETTO:{summer}", "END:DAYLIGHT", "END:VTIMEZONE",
        "BEGIN:VEVENT", "UID:1", "SUMMARY:Sails", f"DTSTART;TZID={tzid}:20260723T102000",
        "DURATION:PT30M", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    (session,) = read_bytes("x.ics", "\r\n".join(lines).encode()).sessions
    assert session.starts_at is not None
    assert session.ends_at is not None
    assert session.ends_at > session.starts_at
    return str(session.as_dict()["starts_at"])


@pytest.mark.parametrize(
    ("tzid", "east", "start"),
    [
        ("GMT", 1, "2026-07-23T10:20:00+01:00"),
        ("EST", -4, "2026-07-23T10:20:00-04:00"),
        ("MST", -6, "2026-07-23T10:20:00-06:00"),
        ("Harbour time", 3, "2026-07-23T10:20:00+03:00"),
        ("Europe/Oslo", 2, "2026-07-23T10:20:00+02:00"),
        ("Europe/Oslo", 5, "2026-07-23T10:20:00+02:00"),
    ],
)
def test_a_definition_in_the_file_says_what_an_abbreviation_means(
    tzid: str, east: int, start: str
) -> None:
    assert starts_at(tzid, east=east) == start


def test_a_definition_made_to_take_long_is_passed_over() -> None:
    assert starts_at("GMT", east=1, rule="RRULE:FREQ=SECONDLY;BYMONTH=").endswith("+00:00")
