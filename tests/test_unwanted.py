"""Sessions that are left out as they should be are no bad rows, however a message words it."""

import json

import pytest
from support.programmes import Loading, row

from loaders.records.record import Diagnostic, Options
from loaders.report import Report
from service.errors import InputError

SCHED = {"event_key": "1", "event_start": "", "event_type": "", "name": "A"}
SESSIONIZE = {"id": "1", "title": "A", "isServiceSession": False}
UNWANTED = {
    "x.csv": "title,state\nA,accepted\nB,rejected\n",
    "x.json": json.dumps([{"title": "A"}, {"title": "B", "state": "rejected"}]),
    "sessionize.json": json.dumps(
        {"sessions": [SESSIONIZE, {**SESSIONIZE, "id": "2", "status": "Declined"}]}
    ),
    "sched.json": json.dumps([SCHED, {**SCHED, "event_key": "2", "active": "N"}]),
    "break.csv": "title\nA\nCoffee break\n",
    "twice.csv": "title\nA\nA\n",
}


@pytest.mark.parametrize("name", UNWANTED)
def test_what_is_left_out_on_purpose_is_not_bad(loading: Loading, name: str) -> None:
    file = loading.folder / name
    file.write_text(UNWANTED[name])
    outcome = loading.files(file, options=Options(event="E", year=2026), strict=True, dry_run=True)
    report = outcome.report
    assert (report.accepted, report.skipped.total(), report.invalid) == (1, 1, 0)


def test_a_diagnostic_says_whether_it_is_bad_not_its_words() -> None:
    report = Report()
    report.add(Diagnostic("here", "hidden in a part that cannot be read"))
    report.add(Diagnostic("here", "cancelled", skipped=False))
    report.add(Diagnostic("here", "left out by its organisers", unwanted=True))
    assert (report.read, report.invalid) == (2, 1)


def test_bad_rows_are_counted_again_by_an_unchanged_load(loading: Loading) -> None:
    rows = [row(1), row(2, title=""), row(3, title="Lunch")]
    assert loading.rows(rows).report.invalid == 1
    assert loading.rows(rows).report.invalid == 1
    with pytest.raises(InputError, match="1 sessions are bad"):
        loading.rows(rows, strict=True)
