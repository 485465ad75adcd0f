"""pyvideo and RubyEvents folders, and this program's own export."""

import io
import json
import tarfile
from pathlib import Path

import pytest
from support.reading_sources import DATA, read, read_bytes

from loaders.readers import rubyevents
from service.errors import InputError


def test_pyvideo_folders() -> None:
    reading = read("pyvideo")
    tides, light, lamps = reading.sessions
    assert set(reading.formats) == {"pyvideo"}
    assert (lamps.event, lamps.year, lamps.language) == ("Meridian Conf", 2019, "en")
    assert lamps.source_id == "meridian-conf-2019/lamps"
    assert lamps.abstract == "Of light, see the map.\n\nlamp()"
    assert lamps.speakers == ("Ana Wick", "Rui Lamp", "Jo Line")
    assert (lamps.tags, lamps.url) == (("light",), "https://www.youtube.com/watch?v=abc")
    assert [link.kind for link in lamps.links][:1] == ["recording"]
    assert lamps.starts_at is None, "the day of the recording is no slot"
    assert (light.title, light.source_id) == ("灯光", "meridian-conf-2019/deng-guang")
    assert (tides.event, tides.year) == ("Harbour Meetup", 2016), "the year of the recording"
    assert reading.reasons == ["not valid JSON: Expecting ',' delimiter"]


def test_pyvideo_gives_the_same_ids_from_a_tar_and_from_one_event(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "all.tar.xz", "w:xz") as archive:
        archive.add(DATA / "pyvideo", "pyvideo")
    ids = {session.id for session in read("pyvideo").sessions}
    assert {session.id for session in read(tmp_path / "all.tar.xz").sessions} == ids
    assert {session.id for session in read("pyvideo/meridian-conf-2019").sessions} < ids


def test_a_pyvideo_file_on_its_own() -> None:
    reading = read("pyvideo/meridian-conf-2019/videos/lamps.json")
    assert reading.formats == ["pyvideo"]
    assert (reading.sessions[0].event, reading.sessions[0].year) == ("Test Conf", 2019)
    with pytest.raises(InputError, match="only names an event"):
        read("pyvideo/meridian-conf-2019/category.json")
    assert read_bytes("x.json", b'["recorded", "videos"]', format="pyvideo").reasons == [
        "not a JSON object"
    ]


def test_ruby_events() -> None:
    reading = read("ruby")
    opening, lightning, small = reading.sessions
    assert set(reading.formats) == {"rubyevents"}
    assert (opening.event, opening.year, opening.language) == ("GemFest", 2023, "ja")
    assert (opening.title, opening.kind) == ("Opening: no & yes", "keynote")
    assert opening.url == "https://www.youtube.com/watch?v=xyz"
    assert opening.as_dict()["starts_at"] == "2023-10-01T09:30:00+09:00"
    assert lightning.as_dict()["starts_at"] == "2023-10-01T10:30:00+09:00", "after the break"
    assert (small.track, small.speakers, small.starts_at) == ("Main", ("Bo Mole",), None)


def test_ruby_events_without_a_schedule_that_fits(tmp_path: Path) -> None:
    (tmp_path / "videos.yml").write_text(
        "- title: A\n  date: 2023-10-01\n- just text\n- title: B\n  talks: none\n"
    )
    (tmp_path / "schedule.yml").write_text(
        "days:\n- date: 2023-10-01\n  grid:\n  - slots: 99999\n  - x\n"
    )
    reading = read(tmp_path)
    assert reading.titles == ["A", "B"]
    assert reading.sessions[0].year == 2023
    assert reading.reasons == ["not a video with a title"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"- id: 1\n  title: [a\n", r"x\.yml:\d+: not valid YAML"),
        (b"- id: &a 1\n  title: *a\n", "uses YAML aliases"),
        (b"- id: 1\n  title: " + b"[" * 60, "nests too deeply"),
        (b"- id: 1\n  title: \x00\n", "not valid YAML"),
        (b"- id: 1\n- title: a\n  b: c: d\n", "not valid YAML"),
    ],
)
def test_damaged_and_dangerous_yaml_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_bytes("x.yml", content, format="rubyevents")


def test_yaml_builds_nothing_but_texts() -> None:
    content = (
        b"- title: !!python/object/apply:os.getcwd []\n- title: 2024-13-45\n- id: 7\n  title: yes\n"
    )
    reading = read_bytes("x.yml", content, format="rubyevents")
    assert reading.titles == ["2024-13-45", "yes"]


@pytest.mark.parametrize(
    "content",
    [
        "- id: 1\n  title: Dr\n  name: Ann Poe\n  bio: She sails.\n",
        "- title: Gold\n  sponsors:\n  - ACME\n",
        "- id: main\n  title: Main hall\n  capacity: 300\n",
    ],
)
@pytest.mark.parametrize("name", ["speakers.yml", "videos.yml"])
def test_other_lists_in_yaml_are_no_videos(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(InputError, match=r"no format this program reads|no sessions with titles"):
        read_bytes(name, content.encode())
    (tmp_path / name).write_text(content)
    assert read(tmp_path).sessions == []


def test_a_list_of_videos_is_known_by_its_keys() -> None:
    content = b"---\n# talks\n- title: Knots\n  speakers:\n  - Ann Poe\n  video_id: xyz\n"
    reading = read_bytes("talks-1.yml", content)
    assert (reading.formats, reading.titles) == (["rubyevents"], ["Knots"])


def test_yaml_that_is_no_list_is_refused() -> None:
    with pytest.raises(InputError, match="no list of videos"):
        read_bytes("videos.yml", b"title: x", format="rubyevents")
    assert rubyevents.matches.__doc__


def test_the_export_of_this_program_passes_over_bad_lines() -> None:
    good = {"event": "X", "year": 2020, "source_id": "1", "title": "Lunch", "timezone": "Europe/Oslo",
            "starts_at": "2020-05-05T08:00:00+00:00", "tags": ["<b>"]}  # fmt: skip
    lines = [
        {"conference_helper": 1, "session": good, "vector": [0.1]},
        {"conference_helper": 2, "session": good},
        {"conference_helper": 1},
        {"conference_helper": 1, "session": {"title": "x"}},
        {"conference_helper": 1, "session": good | {"starts_at": "9999-12-31T23:59:59-23:00"}},
        [1],
    ]
    reading = read_bytes("x.jsonl", "\n".join(map(json.dumps, lines)).encode() + b"\n{")
    (session,) = reading.sessions
    assert reading.formats == ["export"]
    assert (session.event, session.year, session.title, session.tags) == (
        "X",
        2020,
        "Lunch",
        ("<b>",),
    )
    assert session.as_dict()["starts_at"] == "2020-05-05T10:00:00+02:00"
    assert len(reading.skipped) == 6


def test_archives_of_archives_load(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        content = (DATA / "list.json").read_bytes()
        info = tarfile.TarInfo("a/list.json")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    assert read(tmp_path / "x.tar", timezone="UTC").titles == ["Sails"]
