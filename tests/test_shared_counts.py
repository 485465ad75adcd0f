"""Counters that processes share: sums over all of them, those that were replaced among them."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from flask import Flask
from support.web_fixtures import open_empty

from service.runtime import events, shared_counts
from service.runtime.shared_counts import SharedCounts
from service.web import create_app

SWITCHES = "conference_helper_generation_switches_total"


def work(counts: SharedCounts, worker: int, start: int, times: int = 1) -> int | None:
    """Count as a worker, in a process that is killed then; return how it ended."""

    def count() -> None:
        counts.use(worker, start)
        for _ in range(times):
            counts.add(("requests", "/", "200"), [1])
            counts.add(("seconds", "/"), [0.25, 0, 1])
        os.kill(os.getpid(), signal.SIGKILL)

    process = multiprocessing.get_context("fork").Process(target=count)
    process.start()
    process.join()
    return process.exitcode


def test_processes_count_together_and_go_on_from_those_before_them() -> None:
    counts = SharedCounts(2)
    counts.add(("alone",), [1])
    for worker, start in ((0, 0), (1, 0), (1, 1), (1, 2), (1, 3)):
        assert work(counts, worker, start, times=100) == -signal.SIGKILL
    assert counts.totals() == {
        ("alone",): (1,),
        ("requests", "/", "200"): (500,),
        ("seconds", "/"): (125.0, 0, 500),
    }


def test_what_has_no_room_is_told_once_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shared_counts, "_PART_BYTES", 100)
    counts = SharedCounts()
    for _ in range(2):
        for name in ("first", "second", "third", "fourth", "fifth"):
            counts.add((name,), [1])
    assert counts.totals() == {("first",): (2,), ("second",): (2,), ("third",): (2,)}
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def told(app: Flask) -> list[str]:
    return app.test_client().get("/metrics").text.splitlines()


def test_a_switch_that_all_workers_see_is_counted_once(tmp_path: Path) -> None:
    counts = SharedCounts(2)
    app = create_app(open_empty(tmp_path)[1], counts=counts)
    for worker in (0, 1, 1):
        counts.use(worker, 0)
        events.record("switch")
    assert f"{SWITCHES} 1.0" in told(app)
    counts.use(0, 1)
    events.record("switch")
    assert f"{SWITCHES} 2.0" in told(app)


def test_a_histogram_counts_what_is_at_most_each_bound(tmp_path: Path) -> None:
    app = create_app(open_empty(tmp_path)[1], counts=SharedCounts())
    for seconds in (0.01, 0.011, 7.0):
        events.record("encode", seconds)
    lines = told(app)
    for bound, counted in (("0.005", 0), ("0.01", 1), ("0.025", 2), ("5.0", 2), ("+Inf", 3)):
        assert f'conference_helper_encode_seconds_bucket{{le="{bound}"}} {counted}.0' in lines
    assert "conference_helper_encode_seconds_sum 7.021" in lines
