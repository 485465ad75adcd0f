"""States of proposals: who is let in, who is left out, and who is asked about."""

import pytest
from support.programmes import Loading
from support.reading_sources import read_bytes

from loaders.records.record import Options
from loaders.records.states import is_accepted


@pytest.mark.parametrize(
    "state",
    ["", "Accepted", "Accepted ✅", "Confirmed (speaker)", "Programmed", "Zugesagt", "Bestätigt",
     "Accept (Oral)", "ACCEPTED - confirmed", "Approuvée", "✅", "1", "Ja"],
)  # fmt: skip
def test_accepted_sessions_take_place(state: str) -> None:
    assert is_accepted(state) is True


@pytest.mark.parametrize(
    "state", ["Rejected", "Decline_Queue", "not accepted", "Waitlisted", "In review", "Abgelehnt", "no", "❌",
              "Accept_Queue", "AcceptQueue", "NotAccepted", "Declined", "Accepted, but withdrawn",
              "Desk reject", "Speaker declined", "Withdrawn (cancelled)"]
)  # fmt: skip
def test_refused_sessions_do_not(state: str) -> None:
    assert is_accepted(state) is False


@pytest.mark.parametrize("state", ["CA", "Maybe", "Pre-accepted", "?"])
def test_other_states_are_not_known(state: str) -> None:
    assert is_accepted(state) is None


def test_states_are_named() -> None:
    rows = "title,state,ok\nA,confirmed,yes\nB,Rejected,yes\nC,confirmed,no\nD,Who knows,\n"
    reading = read_bytes("x.csv", rows.replace(",ok", ",status").encode())
    assert reading.titles == ["A"]
    assert reading.reasons == [
        "not accepted: Rejected",
        "not accepted: no",
        "the state 'Who knows' is not known: write accepted or rejected",
    ]


@pytest.mark.parametrize("header", ["Approved", "Accepted?", "isApproved", "Decision", "Selected"])
def test_states_have_columns_of_many_names(header: str) -> None:
    rows = f"Title,{header}\nA,Yes\nB,No\nC,Rejected\n"
    reading = read_bytes("x.csv", rows.encode())
    assert reading.titles == ["A"]
    assert reading.reasons == ["not accepted: No", "not accepted: Rejected"]


@pytest.mark.parametrize(
    "state", ['"decision": "Rejected"', '"approved": false', '"status": {"name": "Declined"}']
)
def test_states_in_json(state: str) -> None:
    content = f'[{{"title": "A", "speakers": ["Ann Poe"], {state}}}]'
    assert read_bytes("x.json", content.encode()).titles == []


def test_states_in_a_schedule() -> None:
    event = '{"id": 1, "title": "A", "state": "rejected", "start": "10:00", "duration": "00:30"}'
    content = (
        '{"schedule": {"conference": {"title": "E 2026", "days": [{"date": "2026-05-12", '
        f'"rooms": {{"R": [{event}, {event.replace("rejected", "confirmed")}]}}}}]}}}}}}'
    )
    reading = read_bytes("x.json", content.encode())
    assert reading.formats == ["schedule.json"]
    assert (reading.titles, reading.reasons) == (["A"], ["not accepted: rejected"])


def test_a_session_whose_state_is_not_known_stays_as_it_was(loading: Loading) -> None:
    file, options = loading.folder / "x.csv", Options(event="E", year=2026)
    file.write_text("id,title,state\n1,A,accepted\n2,B,accepted\n3,C,accepted\n")
    loading.files(file, options=options)
    file.write_text("id,title,state\n1,A,accepted\n2,B,Perhaps\n3,C,rejected\n")
    outcome = loading.files(file, options=options, allow_removals=False)
    assert (outcome.report.invalid, outcome.comparison.plan.protected) == (1, 1)
    assert loading.titles() == {"A", "B"}
