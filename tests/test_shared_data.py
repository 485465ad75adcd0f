"""Real programmes: each file and folder of the shared test data is read, and every count adds up.

None of them looks wrong to the last look.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.programmes import Loading
from support.reading_sources import read

from loaders.records.record import Options

pytestmark = pytest.mark.slow

VIENNA = "Europe/Vienna"
PROGRAMMES = [
    # what, options, read, kept
    ("pyvideo", Options(), 18346, 18346),  # one archive
    ("fosdem", Options(timezone="Europe/Brussels"), 4439, 4438),
    ("fosdem/schedule_2007.xml", Options(), 215, 215),
    ("fosdem/schedule_2019.xml", Options(), 775, 775),
    ("frab", Options(), 116, 116),
    ("frab/frab-camp2019.json", Options(), 79, 79),
    ("frab/pretalx-democon.json", Options(), 36, 36),
    ("frab/invalid-example.json", Options(), 1, 1),
    (
        "sessionize",
        Options(event="Azure", year=2024, timezone=VIENNA),
        80,
        67,
    ),  # one file stands there twice
    ("sessionize/cdkday_sessions.json", Options(event="CDK Day", year=2023), 39, 39),
    ("sessionize/global_azure_austria_2024.json", Options(event="Azure", timezone=VIENNA), 15, 15),
    ("sessionize/global_azure_austria_2025.json", Options(event="Azure", timezone=VIENNA), 13, 13),
    ("sessionize/global_azure_linz_2022.json", Options(event="Azure", timezone=VIENNA), 13, 13),
    ("csvconf", Options(event="csv,conf", year=2021), 211, 205),
    ("csvconf/2017_speakers.csv", Options(event="csv,conf", year=2017), 45, 45),
    ("csvconf/2019_speakers.csv", Options(event="csv,conf", year=2019), 42, 42),
    ("csvconf/2020_speakers.csv", Options(event="csv,conf", year=2020), 34, 34),
    ("csvconf/2021_speakers.csv", Options(event="csv,conf", year=2021), 46, 46),
    ("csvconf/presentations.csv", Options(event="csv,conf", year=2016), 44, 38),
    ("spreadsheets/pyconco2020-talks.csv", Options(event="PyCon CO", year=2020), 26, 26),
    ("spreadsheets/pyconco2020-workshops.csv", Options(event="PyCon CO", year=2020), 13, 13),
    ("spreadsheets/schedule-example.xlsx", Options(event="OGT"), 13, 13),
    ("spreadsheets/schedule-example.ods", Options(event="OGT"), 13, 13),
    ("ics", Options(), 34, 34),
    ("archive", Options(event="ACL"), 21189, 21189),
]


@pytest.mark.parametrize(("what", "options", "read", "kept"), PROGRAMMES)
def test_every_programme_is_read_and_its_counts_add_up(
    shared_data: Callable[[str], Path],
    loading: Loading,
    what: str,
    options: Options,
    read: int,
    kept: int,
) -> None:
    outcome = loading.files(shared_data(what), options=options, dry_run=True)
    report = outcome.report
    assert report.read == report.accepted + report.skipped.total()
    assert (report.read, report.accepted) == (read, kept), "\n".join(loading.said)
    assert outcome.comparison.plan.new == report.accepted
    assert report.odd == []


def test_a_talks_file_and_its_grid_are_joined(
    shared_data: Callable[[str], Path], loading: Loading
) -> None:
    loading.files(
        shared_data("csvconf/2017_speakers.csv"),
        shared_data("csvconf/2017_schedule.csv"),
        options=Options(event="csv,conf", year=2017, timezone="America/Los_Angeles"),
    )
    with loading.store.reading() as generation:
        sessions = [item for some, _ in generation.scan() for item in some]
    placed = [item for item in sessions if item.starts_at]
    assert len(placed) >= 40
    erin = next(item for item in sessions if item.speakers == ("Erin Becker",))
    assert (erin.day, erin.room) == ("2017-05-02", "Room A - A108")


def test_the_oldest_and_the_newest_schedules_have_rooms(
    shared_data: Callable[[str], Path],
) -> None:
    files = [shared_data(f"fosdem/schedule_{year}.xml") for year in ("2007", "2012", "2019")]
    sessions = read(*files, event=None, year=None, timezone="Europe/Brussels").sessions
    assert {(item.event, item.year) for item in sessions} == {
        ("FOSDEM", 2007),
        ("FOSDEM", 2012),
        ("FOSDEM", 2019),
    }
    assert all(item.room for item in sessions)
    assert all(item.starts_at for item in sessions)
    assert not [item.title for item in sessions if "<p>" in item.abstract]
