"""The last look: a whole programme passes, and one that is broken in any of many ways does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.broken_programmes import BREAKS, as_csv, as_ics, as_json, as_lines, programme
from support.programmes import Loading
from support.reading_sources import read_bytes
from support.stores import talk

from conference_helper.cli import main
from loaders.last_look import MIN_SESSIONS, LastLook, Sample, find_oddities
from loaders.records.record import Options
from service.errors import RefusedError

DAY = datetime(2026, 5, 12, tzinfo=UTC)
FORMATS = {"x.csv": as_csv, "x.json": as_json, "x.jsonl": as_lines}


def oddities(name: str, content: bytes) -> list[str]:
    return find_oddities(read_bytes(name, content, timezone="Europe/Oslo").sessions)


@pytest.mark.parametrize("name", [*FORMATS, "x.ics"])
def test_a_whole_programme_passes(name: str) -> None:
    content = {**FORMATS, "x.ics": as_ics}[name](programme())
    assert oddities(name, content) == []


def test_there_are_forty_ways_to_break_a_programme() -> None:
    assert len(BREAKS) >= 40


@pytest.mark.parametrize(("name", "way"), list(zip(cycle(FORMATS), BREAKS, strict=False)))
def test_a_broken_programme_looks_wrong(name: str, way: str) -> None:
    rows = [BREAKS[way](row, number) for number, row in enumerate(programme())]
    assert oddities(name, FORMATS[name](rows))


@pytest.mark.parametrize(
    "way", ["times are midnight", "title is the room", "times ten hours early"]
)
def test_a_broken_calendar_looks_wrong(way: str) -> None:
    broken = [BREAKS[way](row, number) for number, row in enumerate(programme())]
    assert oddities("x.ics", as_ics([{**row, "End": row["End"] or row["Start"]} for row in broken]))


def test_what_looks_wrong_is_refused_unless_it_is_accepted(loading: Loading) -> None:
    file, options = loading.folder / "x.csv", Options(event="E", year=2026, timezone="UTC")
    file.write_bytes(as_csv(programme()))
    before = loading.files(file, options=options).manifest
    rows = [BREAKS["times are midnight"](row, number) for number, row in enumerate(programme())]
    file.write_bytes(as_csv(rows))
    message = r"looks wrong: .*x\.csv: all times are 00:00\. Nothing was loaded\..*--accept-odd"
    with pytest.raises(RefusedError, match=message):
        loading.files(file, options=options)
    assert loading.store.manifest() == before
    accepted = loading.files(file, options=options, accept_odd=True)
    assert accepted.comparison.plan.changed == 24
    (odd,) = accepted.as_dict()["report"]["odd"]
    assert odd.endswith("x.csv: all times are 00:00")
    assert f"  This looks wrong: {odd}" in accepted.report.lines()


def test_a_dry_run_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "x.csv"
    file.write_bytes(as_csv([{**row, "Title": str(n)} for n, row in enumerate(programme())]))
    arguments = ["load", str(file), "--event", "E", "--year", "2026", "--dry-run"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 4
    assert "--accept-odd" in result.output


def test_days_alone_are_no_midnights() -> None:
    for has_clock, found in ((False, []), (True, ["all times are 00:00"])):
        sample = Sample()
        for number in range(20):
            one = talk(number, f"Of {number} maps", starts_at=DAY)
            sample.add(one, has_clock=has_clock)
        assert find_oddities(sample.sessions) == found


def test_small_files_are_looked_at_together() -> None:
    look = LastLook()
    for number in range(MIN_SESSIONS - 1):
        assert look.find(f"{number}.json", [talk(number + 1, f"{number + 1}")]) == []
    assert look.find_rest() == []
    assert look.find("last.json", [talk(99, "99")]) == []
    (found,) = look.find_rest()
    assert found.startswith("the small files together: titles are mostly numbers (")


@pytest.mark.parametrize(
    "names", [("李明", "王芳"), ("김철수", "박영희"), ("さくら", "けんじ"), ("Ann Poe", "kiki")]
)
def test_names_without_spaces_are_no_oddity(names: tuple[str, str]) -> None:
    sessions = [talk(number, f"Of {number} maps", speakers=names) for number in range(20)]
    assert find_oddities(sessions) == []


def test_what_conferences_do_is_no_oddity() -> None:
    """Late talks, parallel ones, long names of rooms, and a few titles that are names or numbers."""
    titles = ["42", "Ada Lovelace", "Keynote by Cleo Weiss", *(f"Of {n} maps" for n in range(12))]
    sessions = [
        talk(
            number,
            title,
            speakers=("Cleo Weiss",),
            room="On the Upper Quay by the Sea",
            starts_at=DAY.replace(hour=19) + timedelta(minutes=30 * (number // 6)),
        )
        for number, title in enumerate(titles)
    ]
    assert find_oddities(sessions) == []


def test_what_people_make_up_to_try_things_out_is_no_oddity() -> None:
    for speaker in ("Speaker {}", "speaker{}", "Speaker Number{}"):
        sessions = [
            talk(
                number,
                f"Talk {number}",
                speakers=(speaker.format(number),),
                room=f"Room number {number}",
                track=f"Track {number}",
                starts_at=DAY.replace(hour=9),
            )
            for number in range(30)
        ]
        assert find_oddities(sessions) == []
        assert find_oddities([replace(one, title=f"T{one.source_id}") for one in sessions]) == []


def test_a_conference_round_the_clock_is_no_oddity() -> None:
    hours = [DAY + timedelta(hours=hour) for hour in range(24)]
    sessions = [talk(n, f"Of {n} maps", starts_at=start) for n, start in enumerate(hours)]
    assert find_oddities(sessions) == []
