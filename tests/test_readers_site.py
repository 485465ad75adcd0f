"""Checkouts of static sites: data files and Markdown with front matter, joined to sessions."""

from pathlib import Path

import pytest
from support.reading_sources import Reading, read, read_bytes, write_file

from service.errors import InputError

TALK = """---
title: Knots of the north
speakers: [ana-wick]
room: main
start: 10:00
date: 2026-05-12
---
Every knot **holds**. {% include x.html %}
"""
SESSIONS = """
- id: 012
  title: yes
  description: Of 2 * 3.
  speakers: [7, 8]
- id: 2
  title: Lunch
  service: true
- id: 3
  title: Sails
  speakers: [7]
"""
SPEAKERS = """
- {id: 7, name: Ana, surname: Wick, bio: She sails.}
- {id: 8, name: Rui Lamp}
"""
SCHEDULE = """
- date: 2026-05-12
  tracks: [{title: Blue hall, color: "#fff"}, {title: Red hall}]
  timeslots:
    - {startTime: 10:00, endTime: 10:45, sessionIds: [012, 3]}
    - {startTime: 12:00, endTime: 13:00, sessionIds: [2]}
    - {startTime: 14:00, endTime: 15:00, sessionIds: [99]}
"""


def site(folder: Path, **options: object) -> Reading:
    return read(folder, timezone="UTC", **options)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        write_file(folder / name, content.encode())
    return folder


def times(reading: Reading) -> list[str]:
    return [
        f"{item.starts_at:%d %H:%M}-{item.ends_at:%H:%M}"
        if item.starts_at and item.ends_at
        else f"{item.starts_at:%d %H:%M}"
        if item.starts_at
        else ""
        for item in reading.sessions
    ]


def test_sessions_schedule_and_speakers_are_joined_by_numbers(tmp_path: Path) -> None:
    """The shape of Zeppelin; ids and clock times are not numbers to YAML, and a title is not a boolean."""
    write(
        tmp_path,
        {
            "_data/sessions.yml": SESSIONS,
            "_data/speakers.yml": SPEAKERS,
            "_data/schedule.yml": SCHEDULE,
            "_data/partners.yml": "- name: ACME\n  url: https://example.org\n",
            "_posts/2026-01-01-hello.md": "---\ntitle: Hello\n---\nx",
            "_config.yml": "title: Boat Days 2026\n",
        },
    )
    reading = site(tmp_path)
    assert reading.titles == ["yes", "Sails"]
    first, second = reading.sessions
    assert first.speakers == ("Ana Wick", "Rui Lamp")
    assert (first.source_id, first.room, second.room) == ("012", "Blue hall", "Red hall")
    assert times(reading) == ["12 10:00-10:45", "12 10:00-10:45"]
    assert reading.reasons == [
        "the schedule names '99', which no file describes",
        "service session (break, registration)",
    ]
    assert "pages and posts: 1 file is no sessions" in reading.noted


def test_pages_have_their_body_as_abstract_and_people_by_slug(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "_talks/knots.md": TALK,
            "_speakers/ana-wick.md": "---\nname: Ana Wick\n---\nShe sails.",
            "_rooms/main.md": "---\nname: Main deck\n---\n",
            "talks/index.md": "---\nlayout: talks\ntitle: All talks\n---\n",
            "_config.yml": "title: Boat Days\n",
        },
    )
    reading = site(tmp_path)
    (session,) = reading.sessions
    assert (session.title, session.abstract) == ("Knots of the north", "Every knot holds.")
    assert (session.source_id, session.speakers, session.room) == (
        "knots",
        ("Ana Wick",),
        "Main deck",
    )
    assert times(reading) == ["12 10:00"]


def test_days_rooms_and_slots_of_a_schedule(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "hugo.toml": 'title = "Boat Days"\n',
            "content/sessions/knots.md": '+++\nkey = "k1"\ntitle = "Knots"\n+++\nTied.',
            "content/sessions/sails/index.md": '{"title": "Sails", "draft": false}\n\nHoisted.',
            "content/sessions/secret.md": "---\ntitle: Secret\ndraft: true\n---\n",
            "content/sessions/_index.md": "---\ntitle: Sessions\n---\n",
            "content/sessions/knots.fr.md": '+++\nkey = "k1"\ntitle = "Noeuds"\n+++\n',
            "data/rooms.yml": "- {key: r1, label: Main deck}\n",
            "data/slots.yml": "- {key: s1, start: '9:30', duration: 40}\n"
            "- {key: s2, start: '14:00', duration: 60}\n",
            "data/schedule.yml": "- day: 2026-05-12\n  start: 8:00\n  rooms:\n  - room: r1\n    slots:\n"
            "    - {slot: s1, talk: k1}\n    - {slot: s2, talk: sails}\n",
        },
    )
    reading = site(tmp_path)
    assert reading.titles == ["Knots", "Sails"]
    assert times(reading) == ["12 09:30-10:10", "12 14:00-15:00"]
    assert {session.room for session in reading.sessions} == {"Main deck"}
    assert reading.reasons == ["a draft, which the site does not show"]
    assert "translations of pages: 1 file is no sessions" in reading.noted


def test_a_schedule_of_its_own_sessions_and_of_names(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "_data/program.yml": "days:\n- name: Tuesday\n  date: 2026-05-12\n  rooms:\n  - name: Deck\n"
            "    talks:\n"
            "    - {name: Opening words, time_start: '9:00', time_end: '9:30'}\n"
            "    - {name: Knots of the north, time_start: '10:00', time_end: '10:45'}\n",
            "_talks/one.md": "---\nname: Knots of the north\nspeakers: [Ana Wick]\n"
            "categories: [Ropes]\n---\nTied.",
        },
    )
    reading = site(tmp_path)
    assert reading.titles == ["Knots of the north", "Opening words"]
    assert times(reading) == ["12 10:00-10:45", "12 09:00-09:30"]
    assert (reading.sessions[0].track, reading.sessions[0].room) == ("Ropes", "Deck")


def test_editions_by_the_year_in_paths(tmp_path: Path) -> None:
    talk = '+++\nTitle = "{}"\nSpeakers = ["ana-wick"]\n+++\nx'
    program = (
        "program:\n- {{title: one, date: {}, start_time: '10:00', end_time: '10:30'}}\n"
        "team_members:\n- name: Bo\n"
    )
    write(
        tmp_path,
        {
            "config.toml": 'title = "Deck days"\n',
            "content/events/2025-oslo/program/one.md": talk.format("Old knots"),
            "content/events/2026-oslo/program/one.md": talk.format("New knots"),
            "content/events/2026-rome/program/one.md": talk.format("Roman knots"),
            "content/events/2026-oslo/speakers/ana-wick.md": '+++\nTitle = "Ana Wick"\n+++\n',
            "content/events/2025-oslo/speakers/ana-wick.md": '+++\nTitle = "Ana Wicks"\n+++\n',
            "data/events/2026-oslo.yml": program.format("2026-05-12"),
        },
    )
    with pytest.raises(InputError, match=r"several editions: 2026 oslo, 2026 rome.*--year"):
        site(tmp_path)
    reading = site(tmp_path, event="Deck days Oslo")
    assert (reading.titles, times(reading)) == (["New knots"], ["12 10:00-10:30"])
    assert reading.sessions[0].speakers == ("Ana Wick",)
    assert any("other editions are not read, 2 sessions" in note for note in reading.noted)
    assert site(tmp_path, year=2025).titles == ["Old knots"]


def test_what_the_settings_say_is_used_and_told(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"_talks/knots.md": TALK, "_config.yml": "title: Boat Days 2026\ntimezone: Europe/Oslo\n"},
    )
    reading = read(tmp_path, event="", year=None)
    (session,) = reading.sessions
    assert (session.event, session.year) == ("Boat Days", 2026)
    assert session.as_dict()["starts_at"] == "2026-05-12T10:00:00+02:00"
    assert [note for note in reading.noted if "of the site" in note] == [
        "the event's name, Boat Days, is that of the site: --event names another",
        "the year, 2026, is that of the site: --year gives another",
        "the time zone, Europe/Oslo, is that of the site: --timezone names another",
    ]
    assert site(tmp_path, year=2020).noted[-1].startswith("1 sessions have dates of 2026")


def test_hoverboard_shares_and_extends_slots(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "polymer.json": "{}",
            "docs/default-firebase-data.json": '{"speakers": {"ana": {"name": "Ana Wick"}}, "sessions": {'
            '"1": {"title": "Knots", "speakers": ["ana"]}, "2": {"title": "Sails"}, "3": {"title": "Masts"}},'
            '"schedule": {"2026-05-12": {"date": "2026-05-12",'
            '"tracks": [{"title": "Hall 1"}, {"title": "Hall 2"}],'
            '"timeslots": [{"startTime": "10:00", "endTime": "10:40", "sessions": [{"items": ["1", "2"]},'
            '{"extend": 2, "items": ["3"]}]}, {"startTime": "10:40", "endTime": "11:30", "sessions": []}]}}}',
        },
    )
    reading = site(tmp_path)
    assert reading.titles == ["Knots", "Sails", "Masts"]
    assert times(reading) == ["12 10:00-10:20", "12 10:20-10:40", "12 10:00-11:30"]
    assert [session.room for session in reading.sessions] == ["Hall 1", "Hall 1", "Hall 2"]


def test_two_people_of_one_id_are_told_and_not_mixed_up(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "_data/talks.yml": "- {title: Knots, speakers: [jane]}\n"
            "- {title: Sails, speakers: [nobody-known]}\n",
            "_data/speakers.yml": "- {id: jane, name: Jane Doe}\n- {id: jane, name: Jane Roe}\n",
        },
    )
    reading = site(tmp_path)
    assert [session.speakers for session in reading.sessions] == [(), ()]
    assert "several people have the id 'jane'" in reading.noted
    assert reading.noted.count("speakers: ids without a name are left out") == 2


def test_a_damaged_page_is_a_bad_row_and_loses_no_other(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "_talks/a.md": TALK,
            "_talks/b.md": "---\ntitle: [x\n---\n",
            "_talks/c.md": "---\ntitle: x\n",
        },
    )
    reading = site(tmp_path)
    assert reading.titles == ["Knots of the north"]
    assert [(location.rpartition("/")[2], reason) for location, reason in reading.skipped] == [
        (
            "b.md:3",
            "a file that cannot be read: not valid YAML (did not find expected ',' or ']'). Mend it.",
        ),
        (
            "c.md:1",
            "a file that cannot be read: its front matter does not end. Close it with a line of ---",
        ),
    ]


def test_a_file_on_its_own(tmp_path: Path) -> None:
    assert read_bytes("knots.md", TALK.encode()).titles == ["Knots of the north"]
    assert read_bytes("talks.yaml", b"- title: on\n  start: 2026-05-12 10:00\n").titles == ["on"]
    with pytest.raises(InputError, match=r"x\.yml:2: not valid YAML"):
        read_bytes("x.yml", b"- title: [a\n", format="site")
    with pytest.raises(InputError, match="holds no sessions with titles"):
        read_bytes("people.yml", b"- name: Ana Wick\n  bio: She sails.\n")


def test_talks_that_a_site_keeps_with_its_speakers(tmp_path: Path) -> None:
    people = """
- {name: Jo Line, bio: Ties., image: jo.png, talk_title: Knots, talk_description: About knots.}
- {name: Bo Mole, bio: Sews., talk_title: Knots}
- {name: Al Two, talks: [{title: Sails, abstract: About sails., speakers: [al]}]}
- {name: Ed Host, title: Host, description: Hosts.}
"""
    write_file(tmp_path / "_config.yml", b"title: Rope Conf")
    write_file(tmp_path / "_data/speakers.yml", people.encode())
    reading = read(tmp_path)
    assert {it.title: it.speakers for it in reading.sessions} == {
        "Knots": ("Jo Line", "Bo Mole"),
        "Sails": ("Al Two",),
    }
    assert [it.abstract for it in reading.sessions] == ["About knots.", "About sails."]
    write_file(tmp_path / "_data/talks.yml", b"- {title: Oars, speakers: [Jo Line]}")
    assert read(tmp_path).titles == ["Oars"]
