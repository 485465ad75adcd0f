"""What a calendar's events say beside their times: repetitions, people, labels."""

import time

import pytest
from support.reading_sources import Reading, read_bytes

from loaders.calendars import repetitions
from loaders.calendars.labels import take_labels
from loaders.readers import ics


def read_events(*events: str, head: str = "") -> Reading:
    """Read a calendar of events, each the lines of one."""
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return read_bytes("x.ics", f"BEGIN:VCALENDAR\n{head}{body}END:VCALENDAR\n".encode())


def starts(reading: Reading) -> list[str]:
    return [f"{item.starts_at:%m-%d %H:%M}" for item in reading.sessions if item.starts_at]


ZONE = "TZID=Europe/Lisbon"
ZONED = f"UID:a\nSUMMARY:Yoga\nDTSTART;{ZONE}:20260327T090000\nDTEND;{ZONE}:20260327T100000\n"
DAILY = "UID:a\nSUMMARY:Yoga\nDTSTART:20260501T090000Z\nDTEND:20260501T100000Z\n"


def test_each_time_of_a_rule_is_a_session_across_the_change_of_clocks() -> None:
    reading = read_events(ZONED + "RRULE:FREQ=DAILY;COUNT=3")
    told = [session.as_dict() for session in reading.sessions]
    assert [item["starts_at"] for item in told] == [
        "2026-03-27T09:00:00+00:00",
        "2026-03-28T09:00:00+00:00",
        "2026-03-29T09:00:00+01:00",
    ]
    assert told[2]["ends_at"] == "2026-03-29T10:00:00+01:00"
    assert len({session.id for session in reading.sessions}) == 3
    assert reading.noted == ["repeats: each time is a session"] * 3


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("RRULE:FREQ=DAILY;UNTIL=20260503", ["05-01", "05-02", "05-03"]),
        ("RRULE:FREQ=DAILY;UNTIL=20260502T090000Z", ["05-01", "05-02"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=FR,MO;COUNT=3", ["05-01", "05-04", "05-08"]),
        ("RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260502T090000Z,20260503T090000Z", ["05-01", "05-04"]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260502", ["05-01", "05-03"]),
        ("RDATE:20260504T090000Z,20260502T090000Z", ["05-01", "05-02", "05-04"]),
        ("RDATE;VALUE=PERIOD:20260502T090000Z/PT1H", ["05-01", "05-02"]),
        ("RRULE:FREQ=DAILY;INTERVAL=2;COUNT=2", ["05-01", "05-03"]),
        ("RRULE:FREQ=MONTHLY;COUNT=2", ["05-01", "06-01"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=1FR,-1MO;COUNT=3", ["05-01", "05-25", "06-05"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2;COUNT=2", ["05-01", "05-12", "06-09"]),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=1,-1;UNTIL=20260601", ["05-01", "05-31", "06-01"]),
        ("RRULE:FREQ=YEARLY;BYMONTH=6;BYDAY=2MO;COUNT=1", ["05-01", "06-08"]),
        ("RRULE:FREQ=YEARLY;UNTIL=20270601", ["05-01", "05-01"]),
    ],
)
def test_rules_added_times_and_excepted_ones(lines: str, expected: list[str]) -> None:
    assert [start[:5] for start in starts(read_events(DAILY + lines))] == expected


def test_a_changed_time_takes_the_place_of_that_of_the_rule() -> None:
    moved = "UID:a\nSUMMARY:Yoga moved\nRECURRENCE-ID:20260502T090000Z\nDTSTART:20260502T150000Z"
    off = "UID:a\nSUMMARY:Yoga\nRECURRENCE-ID:20260503T090000Z\nDTSTART:20260503T090000Z\nSTATUS:CANCELLED"
    reading = read_events(DAILY + "RRULE:FREQ=DAILY;COUNT=4", moved, off)
    assert starts(reading) == ["05-01 09:00", "05-04 09:00", "05-02 15:00", "05-03 09:00"]
    assert [session.cancelled for session in reading.sessions] == [False, False, False, True]
    before = read_events(DAILY + "RRULE:FREQ=DAILY;COUNT=4").sessions
    assert {session.id for session in reading.sessions} == {session.id for session in before}


def test_times_that_are_changed_as_a_whole_are_left_out_and_told() -> None:
    moved = (
        "UID:a\nSUMMARY:Yoga moved\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260502T090000Z\n"
        "DTSTART:20260502T150000Z"
    )
    reading = read_events(DAILY + "RRULE:FREQ=DAILY;COUNT=4", moved)
    assert starts(reading) == ["05-01 09:00", "05-02 15:00"]
    (reason,) = reading.reasons
    assert reason.startswith("2 later times, which another event changes as a whole")


def test_a_time_is_changed_by_its_instant_in_whatever_zone() -> None:
    moved = "UID:a\nSUMMARY:Moved\nRECURRENCE-ID:20260328T090000Z\nDTSTART:20260328T150000Z"
    reading = read_events(ZONED + "RRULE:FREQ=DAILY;COUNT=2", moved)
    assert reading.titles == ["Yoga", "Moved"]


def test_a_rule_without_an_end_lasts_as_long_as_the_other_events() -> None:
    other = "UID:b\nSUMMARY:Closing\nDTSTART:20260503T160000Z"
    reading = read_events(DAILY + "RRULE:FREQ=DAILY", other)
    assert starts(reading) == ["05-01 09:00", "05-02 09:00", "05-03 09:00", "05-03 16:00"]
    assert any("without an end" in note for note in reading.noted)


@pytest.mark.parametrize(
    ("rule", "count", "note"),
    [
        ("FREQ=DAILY", 100, "the first 100 times"),
        ("FREQ=DAILY;COUNT=999999", 100, "the first 100 times"),
        ("FREQ=WEEKLY", 53, "without an end"),
        ("FREQ=YEARLY", 2, "without an end"),
        ("FREQ=YEARLY;COUNT=5", 2, "more than a year after the first are left out"),
        ("FREQ=WEEKLY;COUNT=60", 53, "more than a year after the first are left out"),
        ("FREQ=YEARLY;BYMONTH=2", 1, "only the first time"),
        ("FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2", 1, "only the first time"),
        ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=1FR", 1, "only the first time"),
        ("FREQ=MONTHLY;BYSETPOS=4", 1, "only the first time"),
        ("FREQ=MONTHLY;BYDAY=1FR;BYSETPOS=4", 1, "only the first time"),
        ("FREQ=SECONDLY", 1, "only the first time"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", 1, "only the first time"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", 1, "only the first time"),
        ("FREQ=DAILY;INTERVAL=0", 1, "only the first time"),
        ("NONSENSE", 1, ""),
    ],
)
def test_no_rule_is_followed_without_end(rule: str, count: int, note: str) -> None:
    started = time.process_time()
    reading = read_events(DAILY + f"RRULE:{rule}")
    assert len(reading.sessions) == count
    assert any(note in noted for noted in reading.noted)
    assert time.process_time() - started < 30, "some of these rules have no end"


def test_a_calendar_of_many_rules_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ics, "MAX_REPEATED", 5)
    events = [
        DAILY.replace("UID:a", f"UID:{number}") + "RRULE:FREQ=DAILY;COUNT=3" for number in range(4)
    ]
    reading = read_events(*events)
    assert len(reading.sessions) == 3 + 3 + 1 + 1
    assert sum("is kept once" in noted for noted in reading.noted) == 2


def test_every_time_left_out_is_told() -> None:
    reading = read_events(DAILY + "RRULE:FREQ=DAILY;COUNT=1\nEXDATE:20260501T090000Z")
    assert not reading.sessions
    assert reading.noted == ["an event that is left out at all of its times"]


def test_an_event_that_repeats_without_a_start_is_kept_once() -> None:
    moved = "UID:a\nSUMMARY:Moved\nRECURRENCE-ID:20260502T090000Z\nDTSTART:20260502T150000Z"
    assert read_events("UID:a\nSUMMARY:Yoga\nRRULE:FREQ=DAILY", moved).titles == ["Yoga", "Moved"]


@pytest.mark.parametrize("zone", ["Europe", "x" * 300])
def test_a_zone_that_is_no_file_name_costs_its_event_only(zone: str) -> None:
    reading = read_events(f"SUMMARY:A\nDTSTART;TZID={zone}:20260501T090000", "SUMMARY:B")
    assert (reading.titles, reading.reasons) == (["B"], ["an event that cannot be read"])


def test_dates_without_a_time_repeat_too() -> None:
    reading = read_events(
        "UID:a\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20260501\nRRULE:FREQ=DAILY;COUNT=2"
    )
    assert [session.day for session in reading.sessions] == ["2026-05-01", "2026-05-02"]
    assert repetitions.MAX_TIMES == 100


def named(title: str, *lines: str) -> str:
    return "\n".join((f"UID:{title}", f"SUMMARY:{title}", "DTSTART:20260501T090000Z", *lines))


def test_organizers_that_differ_are_the_speakers() -> None:
    reading = read_events(
        named("Maps", "ORGANIZER;CN=Jane Doe:mailto:jane@example.org"),
        named("Ropes", 'ORGANIZER;CN="Roe, Joe":mailto:joe@example.org'),
        named("Tides", "ORGANIZER;CN=Harbour Conference Office:mailto:x@example.org"),
        named("Winds", "ORGANIZER;CN=Ann Poe:mailto:info@example.org"),
    )
    assert [item.speakers for item in reading.sessions] == [("Jane Doe",), ("Joe Roe",), (), ()]
    assert "@" not in str(reading.sessions)
    assert "people of ORGANIZER are taken for speakers where no other are named" in reading.noted


def test_one_organizer_of_all_is_no_speaker() -> None:
    line = "ORGANIZER;CN=Jane Doe:mailto:jane@example.org"
    reading = read_events(*(named(title, line) for title in ("Maps", "Ropes", "Tides")))
    assert [item.speakers for item in reading.sessions] == [(), (), ()]
    assert "people of ORGANIZER are mostly the same ones, and no speakers" in reading.noted


def test_attendees_are_speakers_but_for_rooms_groups_and_an_audience() -> None:
    crowd = [f"ATTENDEE;CN=Person {chr(65 + n)}aa:mailto:p{n}@example.org" for n in range(12)]
    reading = read_events(
        named("Maps", "ATTENDEE;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL;CN=Jane Doe:invalid:nomail",
              "ATTENDEE;CUTYPE=ROOM;CN=Blue Hall:mailto:hall@example.org",
              "ORGANIZER;CN=Ann Poe:mailto:ann@example.org"),
        named("Ropes", "ATTENDEE;CN=All Of You:mailto:lists@example.org",
              "ATTENDEE;CN=joe@example.org:mailto:joe@example.org"),
        named("Tides", *crowd),
    )  # fmt: skip
    assert [item.speakers for item in reading.sessions] == [("Jane Doe",), (), ()]


def test_titles_that_all_end_with_a_name_are_split() -> None:
    titles = ["Ropes and knots -- Jane Doe", "A map of tides -- Joe Roe, Ann Poe", "Winds -- María de la Cruz",
              "Lunch"]  # fmt: skip
    reading = read_events(*map(named, titles))
    assert [(item.title, item.speakers) for item in reading.sessions] == [
        ("Ropes and knots", ("Jane Doe",)),
        ("A map of tides", ("Joe Roe", "Ann Poe")),
        ("Winds", ("María de la Cruz",)),
    ]
    assert 'titles end with the names of their speakers: "Title -- Name"' in reading.noted


@pytest.mark.parametrize(
    "titles",
    [
        ["Keynote - Machine Learning", "Keynote - Data Mining", "Keynote - Web Search"],
        ["Ropes - an introduction", "Tides - Jane Doe", "Maps - what they hide"],
        ["Ropes - Jane Doe"],
    ],
)
def test_other_titles_keep_what_follows_a_dash(titles: list[str]) -> None:
    assert read_events(*map(named, titles)).titles == titles


def test_a_name_that_stands_elsewhere_leaves_the_title() -> None:
    reading = read_events(
        named("Ropes - Jane Doe", "DESCRIPTION:Speaker: Jane Doe\\n\\nKnots."),
        named("Maps - Joe Roe"),
    )
    assert reading.titles == ["Ropes", "Maps - Joe Roe"]
    assert reading.sessions[0].speakers == ("Jane Doe",)


@pytest.mark.parametrize(
    ("description", "abstract", "labels"),
    [
        ("Speaker: Jane Doe\nTrack: Rigging\n\nKnots.", "Knots.", {"speakers": "Jane Doe", "track": "Rigging"}),
        ("Knots.\n\nRoom: Quay\nLevel: Beginner", "Knots.", {"room": "Quay", "level": "Beginner"}),
        ("Vortragende: Jane Doe, Joe Roe\nRaum: Saal 1\nKnoten.", "Knoten.",
         {"speakers": "Jane Doe, Joe Roe", "room": "Saal 1"}),
        ("Ponente: Ana Ruiz\nSala: Azul\nNivel: Medio", "",
         {"speakers": "Ana Ruiz", "room": "Azul", "level": "Medio"}),
        ("Intervenant·e·s : Zoé Martin\nSalle : Bleue", "", {"speakers": "Zoé Martin", "room": "Bleue"}),
        ("Relatore: Rosa Blu\nTraccia: Vele", "", {"speakers": "Rosa Blu", "track": "Vele"}),
        ("Palestrante: Rui Sá\nTrilha: Velas", "", {"speakers": "Rui Sá", "track": "Velas"}),
        ("<b>Speakers:</b> Jane Doe<br>Knots.", "<br>Knots.", {"speakers": "Jane Doe"}),
        ("<p>Speaker: Jane Doe</p><p>Knots.</p>", "<p></p><p>Knots.</p>", {"speakers": "Jane Doe"}),
        ("**Speaker:** Jane Doe\nKnots.", "Knots.", {"speakers": "Jane Doe"}),
        ("Speakers:\n- Jane Doe\n- Joe Roe\n\nKnots.", "Knots.", {"speakers": "Jane Doe; Joe Roe"}),
        ("Speaker: TBA\nKnots.", "Knots.", {}),
    ],
)  # fmt: skip
def test_labels_in_descriptions_are_fields(
    description: str, abstract: str, labels: dict[str, str]
) -> None:
    text, found = take_labels(description)
    assert (text, found) == (abstract, labels)


@pytest.mark.parametrize(
    "description",
    [
        "Knots: a history of what holds.",
        "Track: we look at how a track is laid, and what it takes.",
        "Topic: ropes",
        "Speaker: she will tell how the harbour came to be and what is left of it\nMore.",
        "Speaker bio: Jane Doe sails.",
        "Company: Harbour Inc.",
        "Room capacity: 40",
        "See https://example.org/room: a page",
    ],
)
def test_prose_with_a_colon_stays(description: str) -> None:
    assert take_labels(description) == (description, {})


def test_labels_are_told_and_leave_the_abstract() -> None:
    (session,) = (reading := read_events(
        named("Maps", "LOCATION:Pier", "CATEGORIES:Paper",
              "DESCRIPTION:Speaker: Jane Doe\\nTrack: Charts\\nRoom: Quay\\nLevel: Advanced\\n\\nOld maps.")
    )).sessions  # fmt: skip
    assert (session.track, session.room, session.level) == ("Charts", "Pier", "Advanced")
    assert (session.tags, session.abstract) == (("Paper",), "Old maps.")
    assert reading.noted == ["taken from the description: speakers, track, room, level"]


@pytest.mark.parametrize("broken", ["RRULE:FREQ=WEEKLY;UNTIL=202600", "EXDATE:20260513T100000Z"])
def test_a_rule_or_zone_that_contradicts_itself_costs_no_other_event(broken: str) -> None:
    zone = ["BEGIN:VTIMEZONE", "TZID:GMT", "BEGIN:STANDARD", "DTSTART:20001029T030000",
            "TZOFFSETFROM:+0100", "TZOFFSETTO:+0000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
            "EXDATE:20011028T030000Z", "END:STANDARD", "END:VTIMEZONE"]  # fmt: skip
    event = ["BEGIN:VEVENT", "UID:1", "SUMMARY:Knots", "DTSTART;TZID=GMT:20260512T100000", broken]
    lines = ["BEGIN:VCALENDAR", *zone, *event, "END:VEVENT", "END:VCALENDAR", ""]
    assert read_bytes("x.ics", "\r\n".join(lines).encode()).titles == ["Knots"]
