"""schedule.xml and iCalendar."""

import pytest
from support.reading_sources import read, read_bytes

from loaders.calendars import components
from service.errors import InputError


def test_schedules_without_rooms_around_events() -> None:
    welcome, night = read("pentabarf.xml", timezone="Europe/Brussels").sessions
    assert (welcome.event, welcome.year) == ("Harbour Days", 2009)
    assert welcome.abstract == "Doors open, engines start.\n\nThen tea.", "equal texts are one"
    assert (welcome.room, welcome.speakers, welcome.language) == ("Quay", ("Ada Quay",), "")
    assert night.abstract == "Short. And long."
    assert night.as_dict()["ends_at"] == "2009-02-08T00:30:30+01:00", "HH:MM:SS, past midnight"


def test_pretalx_believes_the_date_of_the_event() -> None:
    reading = read("pretalx.xml")
    first, second = reading.sessions
    assert reading.formats == ["schedule.xml"]
    assert first.as_dict()["starts_at"] == "2025-06-02T00:30:00+01:00"
    assert first.timezone == "Europe/Lisbon"
    assert first.abstract == "See the map and bring a lamp."
    assert first.speakers == ("Rui Lamp", "Ana Wick")
    assert (first.room, first.source_id) == ("Glass Hall", second.source_id)


EVENT = b"<schedule><conference><title>X 2020</title></conference>%s</schedule>"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (EVENT % b"<day><event id='1'><title>A</title>", r"x\.xml:1:\d+: not valid XML"),
        (EVENT % b"", "holds no event"),
        (EVENT % (b"<a>" * 101 + b"</a>" * 101), "nests more than 100 deep"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + EVENT % b"<day>&a;</day>", "declares a document type"),
        (b'<?xml version="1.0" encoding="klingon"?>' + EVENT % b"", "not valid XML|encoding"),
        (EVENT % b"<event id='1'><title>a\0</title></event>", "not valid XML"),
    ],
)
def test_damaged_and_dangerous_schedules_are_refused(content: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_bytes("x.xml", content)


def test_markup_inside_elements_is_read_as_text() -> None:
    event = """<event id="1"><title>A <b>bold</b> move</title><type>Talk</type><room>Big <i>Hall</i></room>
    <abstract>Hello <p>para</p> tail &lt;b&gt;x&lt;/b&gt;</abstract>
    <persons><person id="1">Jo <!-- x --><em>Line</em></person></persons></event>"""
    (session,) = read_bytes("x.xml", EVENT % event.encode()).sessions
    assert (session.title, session.room) == ("A bold move", "Big Hall")
    assert session.abstract == "Hello\n\npara\n\ntail x"
    assert session.speakers == ("Jo Line",)


def test_links_and_attachments_are_kept_with_what_they_lead_to() -> None:
    event = """<event id="1"><title>A</title>
    <attachments><attachment type="slides" href="https://example.org/a.pdf">Maps &amp; more</attachment>
      <attachment type="paper" href="/system/a.pdf">Paper</attachment></attachments>
    <links><link href="https://video.example.org/a.webm">Video recording (WebM/VP9)</link>
      <link href="https://example.org/feedback">Submit feedback</link>
      <link href="https://example.org/feedback">Again</link>
      <link href="javascript:alert(1)">Look</link></links></event>"""
    reading = read_bytes("x.xml", EVENT % event.encode())
    assert [tuple(link.as_dict().values()) for link in reading.sessions[0].links] == [
        ("slides", "https://example.org/a.pdf", "Maps & more"),
        ("recording", "https://video.example.org/a.webm", "Video recording (WebM/VP9)"),
        ("page", "https://example.org/feedback", "Submit feedback"),
    ]
    assert reading.noted == ["a link without a web address is left out"] * 2


def test_billion_laughs_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    content = f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{laughs}]><schedule><day>&l9;</day></schedule>'
    with pytest.raises(InputError, match="expand without end"):
        read_bytes("x.xml", content.encode())


def test_a_calendar_of_pretalx() -> None:
    reading = read("pretalx.ics")
    (session,) = reading.sessions
    assert reading.formats == ["ics"]
    assert (session.event, session.year) == ("Lantern Conf", 2025)
    assert (session.title, session.speakers) == (
        "Wicks - and their makers",
        ("Rui Lamp", "Ana Wick"),
    )
    assert session.abstract == "A long line that is folded in the middle of a word, twice."
    assert session.as_dict()["ends_at"] == "2025-06-01T09:45:00+01:00"
    assert session.timezone == "Europe/Lisbon"


def test_an_odd_calendar() -> None:
    reading = read("odd.ics")
    sessions = {session.title: session for session in reversed(reading.sessions)}
    floating = sessions["Floating"]
    assert floating.speakers == ("Jane Doe",)
    assert (floating.room, floating.track, floating.tags) == ("Quay", "Rigging", ("Rope",))
    assert floating.as_dict()["starts_at"] == "2026-05-01T10:00:00+02:00"
    assert sessions["Own zone"].timezone == "+03:00"
    assert sessions["In UTC"].as_dict()["starts_at"] == "2026-05-01T12:00:00+02:00"
    assert sessions["All day"].day == "2026-05-02"
    assert sessions["Broken time"].starts_at is None
    assert sessions["Moved"].slot
    assert len({session.id for session in reading.sessions}) == 9, "one UID for all is none"
    assert [title for title, session in sessions.items() if session.cancelled] == ["Called off"]
    assert [reason for _, reason in reading.skipped] == ["an event that cannot be read"]
    assert sorted(reading.noted) == [
        "1 VTODO dropped: not sessions",
        "a date without a time: it starts at 00:00",
        "cancelled: kept, and marked as such",
        "people of ORGANIZER are taken for speakers where no other are named",
        "properties not understood: DTSTART",
        "repeats: each time is a session",
        "repeats: each time is a session",
        "repeats: each time is a session",
    ]


def calendar(*lines: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", *lines, "END:VCALENDAR")).encode()


def test_a_calendar_without_events_is_refused() -> None:
    with pytest.raises(InputError, match="holds no VEVENT"):
        read_bytes("x.ics", calendar("X-WR-CALNAME:Empty"))


@pytest.mark.parametrize(
    "line",
    ["DTSTART;TZID=Nowhere:20260501T100000", "DTSTART:99999999T999999", "DTSTART;VALUE=PERIOD:x/y", "DTSTART:",
     "DURATION:PXY", "RRULE:NONSENSE", "CATEGORIES:", "DTSTART:20260501T100000\r\nDTSTART:20260502T100000",
     "SUMMARY:again", "LOCATION:a\0b", "\xff", "BEGIN:VALARM", "END:VALARM", "UID:\\;"],
)  # fmt: skip
def test_odd_lines_never_stop_a_calendar(line: str) -> None:
    content = calendar(
        "BEGIN:VEVENT", "SUMMARY:A", line, "END:VEVENT", "BEGIN:VEVENT", "SUMMARY:B", "END:VEVENT"
    )
    assert "B" in read_bytes("x.ics", content).titles


def test_the_calendar_library_warns_nobody(recwarn: pytest.WarningsRecorder) -> None:
    start = "DTSTART;TZID=/example.org/20260126_1/Europe/Berlin:20260501T100000"
    reading = read_bytes("x.ics", calendar("BEGIN:VEVENT", "SUMMARY:A", start, "END:VEVENT"))
    (session,) = reading.sessions
    assert session.timezone == "Europe/Berlin"
    assert not recwarn.list


def test_an_event_that_never_ends_does_not_swallow_the_next() -> None:
    content = calendar("BEGIN:VEVENT", "SUMMARY:A", "BEGIN:VEVENT", "SUMMARY:B", "END:VEVENT")
    reading = read_bytes("x.ics", content)
    assert (reading.titles, reading.reasons) == (["B"], ["an event that cannot be read"])


def test_an_endless_event_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "MAX_COMPONENT", 100)
    content = calendar("BEGIN:VEVENT", "SUMMARY:A", "DESCRIPTION:" + "x" * 200, "END:VEVENT")
    assert read_bytes("x.ics", content).reasons == ["an event that cannot be read"]


def test_the_schedule_of_europython_has_days_with_entries() -> None:
    content = b"""<schedule created="2026-05-01T11:40:02"><day date="2026-05-12">
<entry id="7"><category>Talk</category><audience>Novice</audience><topics><topic>Ropes</topic><topic/></topics>
<start>0930</start><duration>45</duration><room id="1">Quay</room><title>Knots</title>
<abstract>About.</abstract><description>About.</description><speakers><speaker id="1"><name>Jo Line</name>
<description>Jo ties.</description><image>https://example.org/jo.jpg</image></speaker></speakers></entry>
<entry id="8"><category/><start>1200</start><duration>90</duration><room>Quay</room><title>Lunch</title>
<description/><speakers/></entry></day></schedule>"""
    reading = read_bytes("schedule.xml", content, timezone="Europe/Berlin")
    (knots,) = reading.sessions
    assert (knots.source_id, knots.title, knots.abstract) == ("7", "Knots", "About.")
    assert (knots.kind, knots.level, knots.tags, knots.room) == (
        "Talk",
        "Novice",
        ("Ropes",),
        "Quay",
    )
    assert knots.speakers == ("Jo Line",)
    assert knots.as_dict()["starts_at"] == "2026-05-12T09:30:00+02:00"
    assert knots.as_dict()["ends_at"] == "2026-05-12T10:15:00+02:00"
    assert reading.reasons == ["service session (break, registration)"]


@pytest.mark.parametrize(
    ("conference", "day", "starts"),
    [
        ("", "", ["12 23:30", "13 01:00", "12 03:00"]),
        ("<day_change>04:00:00</day_change>", "", ["12 23:30", "13 01:00", "13 03:00"]),
        ("<day_change>04:00:00</day_change>", 'start="2026-05-12T02:30:00+02:00"',
         ["12 23:30", "13 01:00", "12 03:00"]),
    ],
)  # fmt: skip
def test_what_begins_after_midnight_is_on_the_next_day(
    conference: str, day: str, starts: list[str]
) -> None:
    events = "".join(
        f"<event id='{clock}'><start>{clock}</start><room>{room}</room><title>{clock}</title></event>"
        for clock, room in (("23:30", "Quay"), ("01:00", "Quay"), ("03:00", "Loft"))
    )
    xml = (
        f"<schedule><conference><title>Rope Conf</title>{conference}</conference>"
        f"<day date='2026-05-12' {day}>{events}</day></schedule>"
    )
    reading = read_bytes("x.xml", xml.encode(), timezone="UTC")
    assert [f"{it.starts_at:%d %H:%M}" for it in reading.sessions] == starts
