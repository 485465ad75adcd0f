"""Sequence and time of the last change: unchanged sessions keep theirs through loads, changed ones rise."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.fakes import BagOfWords
from support.programmes import Loading, row

from loaders.staging import database
from service.session import Session
from service.stores.backup import restore_backup, write_backup
from service.stores.protocol import SessionStore

ROWS = [row(number) for number in range(30)]
FIRST, SECOND, THIRD = (datetime(2026, 5, day, 9, tzinfo=UTC) for day in (1, 2, 3))


class Clock:
    """Says what time it is."""

    def __init__(self) -> None:
        self.time = FIRST

    def now(self, zone: object = None) -> datetime:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(database, "datetime", clock)
    return clock


def revisions(store: SessionStore) -> dict[str, tuple[int, datetime | None]]:
    """Return sequence and time of the last change of each session, by its number."""
    with store.reading() as generation:
        found: list[Session] = [one for some, _ in generation.scan() for one in some]
    return {one.source_id: (one.sequence, one.modified) for one in found}


def test_unchanged_sessions_keep_theirs_and_changed_ones_rise(loads: Loading, clock: Clock) -> None:
    loads.rows(ROWS)
    assert set(revisions(loads.store).values()) == {(0, FIRST)}
    clock.time = SECOND
    later = [
        row(0, title="Another title"),  # embedded again
        row(1, room="Annexe"),
        row(2, start="2026-05-13T09:00:00+02:00"),
        row(3, abstract="Another abstract"),
        row(4, speakers="Somebody Else"),
        *ROWS[5:],
        row(40),
    ]
    loads.rows(later, allow_removals=True)
    changed = revisions(loads.store)
    assert {number: changed[str(number)] for number in (0, 1, 2, 3, 4, 5, 40)} == {
        **dict.fromkeys((0, 1, 2), (1, SECOND)),
        **dict.fromkeys((3, 4, 40), (0, SECOND)),
        5: (0, FIRST),
    }
    clock.time = THIRD
    loads.rows([row(0), *later[1:]])
    assert revisions(loads.store) == {**changed, "0": (2, THIRD)}


@pytest.mark.slow
def test_they_stay_where_everything_is_written_anew(
    loads: Loading, clock: Clock, tmp_path: Path
) -> None:
    loads.rows(ROWS)
    clock.time = SECOND
    loads.rows([row(0, room="Annexe"), *ROWS[1:]])
    before = revisions(loads.store)
    assert before["0"] == (1, SECOND)
    clock.time = THIRD
    loads.encoder = BagOfWords(window=3)
    outcome = loads.rows([row(0, room="Annexe"), *ROWS[1:]])
    assert outcome.comparison.encoder_changed
    assert revisions(loads.store) == before
    loads.rows([row(1, event="Other")])  # the Summit stays without a source
    del before["1"]
    assert before.items() <= revisions(loads.store).items()
    write_backup(loads.store, tmp_path / "backup")
    kept = revisions(loads.store)
    restore_backup(tmp_path / "backup", loads.store)
    assert revisions(loads.store) == kept


def test_sessions_of_an_older_version_have_none_until_they_are_written(
    loads: Loading, clock: Clock
) -> None:
    loads.rows(ROWS[:3])
    with loads.store.reading() as generation:
        manifest = generation.manifest
        old = [(some, rows) for some, rows in generation.scan()]
    with loads.store.building(manifest.encoder, sessions=3) as builder:
        for some, rows in old:
            builder.upsert([replace(one, modified=None) for one in some], rows)
        builder.commit(expected=3, sources=[])
    assert set(revisions(loads.store).values()) == {(0, None)}
    clock.time = SECOND
    loads.rows([row(0, room="Annexe"), *ROWS[1:3]])
    found = revisions(loads.store)
    assert found["0"] == (1, SECOND)
    assert found["1"] in ((0, SECOND), (0, None))  # written anew beside, left alone in place
