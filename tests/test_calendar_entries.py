"""Entries and whole calendars: what they say of a session, to the letter."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.calendars import events, read, start_of

from service.calendar.feed import Feed, write_feed
from service.calendar.zones import ZonesUsed
from service.session import Session
from service.stores.tombstones import bury

STAMP = datetime(2026, 5, 1, 8, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 5, 12, 9, 30, tzinfo=BERLIN)
TALK = Session(
    event="Summit",
    year=2026,
    source_id="1",
    title="Maps, charts; and \\ slashes",
    abstract="One.\n\nTwo, three.",
    speakers=("Zoë Berg", "Ana Ruiz"),
    track="Maps, etc.",
    kind="Talk",
    room="Hall A",
    starts_at=START,
    ends_at=START + timedelta(minutes=45),
    url="https://summit.example.org/1",
    tags=("maps", "Talk"),
    sequence=3,
    modified=datetime(2026, 5, 2, 10, tzinfo=UTC),
)


def written(*sessions: Session, **feed: Any) -> bytes:
    zones = ZonesUsed()
    zones.add(sessions)
    return b"".join(write_feed(Feed(**{"name": "Summit", "stamp": STAMP, **feed}), zones, sessions))


def entry(session: Session, **feed: Any) -> Any:
    (event,) = read(written(session, **feed)).walk("VEVENT")
    return event


def changed(**fields: Any) -> Session:
    return replace(TALK, **fields)


def test_an_entry_says_what_is_known() -> None:
    event = entry(TALK)
    assert event["UID"] == str(TALK.id)
    assert event["SUMMARY"] == TALK.title
    assert event["LOCATION"] == "Hall A"
    assert event["DESCRIPTION"] == "Zoë Berg, Ana Ruiz\n\nOne.\n\nTwo, three."
    assert [str(text) for text in event["CATEGORIES"].cats] == ["Maps, etc.", "Talk", "maps"]
    assert event["URL"] == "https://summit.example.org/1"
    assert (event["SEQUENCE"], event["STATUS"]) == (3, "CONFIRMED")
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == TALK.modified
    assert event["DTSTART"].dt == START
    assert event["DTEND"].dt == TALK.ends_at
    assert b"DTSTART;TZID=Europe/Berlin:20260512T093000\r\n" in written(TALK)
    assert "ORGANIZER" not in event


def test_it_leads_to_the_page_of_the_session_where_that_has_an_address() -> None:
    found = entry(TALK, address_of=lambda session: f"https://ask.example.org/{session.year}")
    assert found["URL"] == "https://ask.example.org/2026"
    for url in ("javascript:alert(1)", "https://a b", ""):
        assert "URL" not in entry(changed(url=url))


def test_what_is_not_known_is_left_out() -> None:
    event = entry(Session(event="S", year=2026, source_id="1", title="Maps", starts_at=START))
    for name in ("LOCATION", "DESCRIPTION", "CATEGORIES", "URL", "DTEND", "LAST-MODIFIED"):
        assert name not in event
    assert event["DTSTAMP"].dt == STAMP
    assert event["SEQUENCE"] == 0


def test_a_day_alone_is_all_day_and_no_day_is_no_entry() -> None:
    midnight = datetime(2026, 5, 12, tzinfo=BERLIN)
    for ends in (None, midnight):
        text = written(changed(starts_at=midnight, ends_at=ends))
        assert b"DTSTART;VALUE=DATE:20260512\r\n" in text
        (event,) = read(text).walk("VEVENT")
        assert (event["DTSTART"].dt, "DTEND" in event) == (date(2026, 5, 12), False)
    assert read(written(changed(starts_at=None, ends_at=None))).walk("VEVENT") == []


def test_times_without_a_zone_are_local_ones() -> None:
    naive = datetime(2026, 5, 12, 9, 30)  # its zone is not known
    text = written(changed(starts_at=naive, ends_at=naive + timedelta(hours=1)))
    assert b"DTSTART:20260512T093000\r\n" in text
    assert b"DTEND:20260512T103000\r\n" in text
    read(text)


def test_offsets_and_utc() -> None:
    offset = START.astimezone(timezone(timedelta(hours=-3, minutes=-30)))
    calendar = read(written(changed(starts_at=offset, ends_at=None)))
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].params["TZID"] == "UTC-0330"
    assert start_of(calendar, event) == START
    for zone in (UTC, ZoneInfo("UTC")):
        text = written(changed(starts_at=START.astimezone(zone), ends_at=None))
        assert b"DTSTART:20260512T073000Z\r\n" in text
        read(text)


def test_the_second_of_two_hours_is_told_in_utc() -> None:
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    first = written(changed(starts_at=twice, ends_at=twice + timedelta(minutes=15)))
    assert b"DTSTART;TZID=Europe/Berlin:20261025T023000\r\n" in first
    starts = twice.replace(fold=1)
    ends = (starts.astimezone(UTC) + timedelta(minutes=15)).astimezone(BERLIN)
    text = written(changed(starts_at=starts, ends_at=ends))
    assert b"DTSTART:20261025T013000Z\r\nDTEND:20261025T014500Z\r\n" in text


def test_an_end_that_is_not_after_the_start_is_left_out() -> None:
    for minutes in (0, -30):
        assert "DTEND" not in entry(changed(ends_at=START + timedelta(minutes=minutes)))


def test_cancelled_and_removed_sessions() -> None:
    assert entry(changed(cancelled=True))["STATUS"] == "CANCELLED"
    removed_at = datetime(2026, 5, 3, tzinfo=UTC)
    event = entry(bury(TALK, removed_at).session)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 4)
    assert (event["UID"], event["LAST-MODIFIED"].dt) == (str(TALK.id), removed_at)
    assert event["DTSTART"].dt == START


@pytest.mark.parametrize(
    "text",
    [
        "a\r\nEND:VEVENT\r\nBEGIN:VEVENT",
        "a\rb\nc",
        "\x00\x07\x1b[31m\x85\u2028\u2029\ud800\x7f",
        'quotes " and : and ; and , and \\n and \\N',
        "ü" * 300,
        "🧭👩🏽‍💻" * 60,
        " " * 80 + "x",
        "\tTabs\tinside",
    ],
)
def test_no_text_breaks_out(text: str) -> None:
    session = changed(title=text, room=text, abstract=text, track=text, speakers=(text,))
    calendar = read(written(session, name=text, description=text))
    (event,) = calendar.walk("VEVENT")
    assert len(calendar.walk()) == 1 + 2 + 1
    for name in ("SUMMARY", "LOCATION"):
        assert _letters(event[name]) == _letters(text)


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() and not letter.isspace())


def test_random_texts_come_back() -> None:
    source = random.Random(5)
    letters = 'aZ ,;:\\"\n\t\r\u2028\x00ßé漢字🧭=%\x85^'
    for _ in range(200):
        text = "x" + "".join(source.choices(letters, k=source.randrange(200)))
        event = entry(changed(title=text, abstract=text, tags=(text,)))
        assert _letters(event["SUMMARY"]) == _letters(text)


def test_lines_are_folded_between_characters_and_not_after_a_backslash() -> None:
    for text in ("\\" * 300, "x" + "\\" * 300, "ü;" * 200, "🧭," * 200, "y" * 67, "y" * 68):
        for line in written(changed(title=text)).split(b"\r\n"):
            line.decode("utf-8")
            assert len(line) <= 75
            assert (len(line) - len(line.rstrip(b"\\"))) % 2 == 0
        assert entry(changed(title=text))["SUMMARY"] == text
    assert b"\r\nSUMMARY:" + b"y" * 67 + b"\r\n" in written(changed(title="y" * 67))
    assert b"\r\nSUMMARY:" + b"y" * 67 + b"\r\n y\r\n" in written(changed(title="y" * 68))


def test_a_feed_says_what_it_is_and_where_it_comes_from() -> None:
    calendar = read(written(TALK, description="All, of it", source="https://a.org/x.ics?ids=1,2"))
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Summit"
    assert (calendar["DESCRIPTION"], calendar["X-WR-CALDESC"]) == ("All, of it", "All\\, of it")
    text = written(TALK, source="https://a.org/x.ics?ids=1,2")
    assert b"SOURCE;VALUE=URI:https://a.org/x.ics?ids=1,2\r\n" in text
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in text
    for name in ("SOURCE", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "METHOD"):
        assert name not in read(written(TALK))


def test_a_calendar_without_sessions_is_one() -> None:
    calendar = read(written())
    assert events(calendar) == {}
    assert len(calendar.walk("VTIMEZONE")) == 1
