"""What takes longer than its size allows ends in a sentence; limits grow with the size."""

from pathlib import Path

import pytest
from support.reading_sources import from_bytes, zipped

from loaders.limits import Limits, Stopwatch
from loaders.records.record import Options
from loaders.report import Report
from loaders.sources.find import find_sources
from loaders.staging.database import Staging
from loaders.staging.read import stage
from service.errors import InputError


def test_a_small_source_may_take_less_and_a_large_one_more() -> None:
    limits = Limits()
    assert limits.seconds_for(100_000) < 5
    assert limits.seconds_for(2**20) < 20
    for size in (3 * 2**20, 10 * 2**20):
        assert round(limits.seconds_for(size)) == 50
    assert limits.memory_for(100_000) < 450 < limits.memory_for(10 * 2**20) < 900
    assert limits.seconds_for(100 * 2**20) > 400


def test_members_share_the_size_of_their_archive(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    members = {
        "large.csv": "\n".join(map(str, range(30_000))),
        "empty.csv": "",
        "other.csv": "Title\nSails\n",
    }
    path.write_bytes(zipped(members))
    shares = {source.path: source.stored_size for source in find_sources([str(path)])}
    size = path.stat().st_size
    assert 0 < shares["empty.csv"] <= shares["other.csv"] < shares["large.csv"] < size
    assert size - 3 <= sum(shares.values()) <= size


def test_a_source_that_takes_longer_than_its_size_allows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Title,Room\n" + "Sails,Deck\n" * 500)
    options = Options(event="E", year=2026, limits=Limits(seconds=0.001))
    staging = Staging()
    with pytest.raises(InputError, match=r"x\.csv takes more than 0 s .*in parts.*READ_SECONDS"):
        stage(find_sources([str(path)]), options, staging, Report())
    staging.close()


def test_sessions_of_one_id_are_told_apart_in_the_time_that_reading_left() -> None:
    watch = Stopwatch(Limits(seconds=1e6))
    watch.begin(from_bytes("x.csv", b"Title\nSails\n"))
    watch.begin_rest()
    watch.check()
    watch = Stopwatch(Limits(seconds=1e-9))
    with pytest.raises(InputError, match=r"Reading x\.csv takes more than 0 s"):
        watch.begin(from_bytes("x.csv", b"Title\nSails\n"))
    watch = Stopwatch(Limits(seconds=1e-9))
    watch.begin_rest()
    with pytest.raises(InputError, match="Telling apart sessions of one id takes more than 0 s"):
        watch.check()
