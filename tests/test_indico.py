"""Indico's exports: events with contributions, and timetables."""

from typing import Any

from support.published import TIMED, found, read_json


def at(clock: str) -> dict[str, str]:
    return {"date": "2026-05-12", "tz": "Europe/Zurich", "time": f"{clock}:00"}


def entry(kind: str, title: str, **more: Any) -> dict[str, Any]:
    times = {"startDate": at("10:00"), "endDate": at("10:30")}
    place = {"location": "CERN", "room": "Quay", "inheritRoom": False}
    return {
        **times,
        "_type": "X",
        "entryType": kind,
        "title": title,
        "description": "",
        **place,
        **more,
    }


PERSON = {"_type": "ContributionParticipation", "name": "Line, Jo", "firstName": "Jo", "familyName": "Line",
          "email": "jo@example.org", "affiliation": "CERN"}  # fmt: skip


def test_a_timetable_of_indico_is_its_contributions_at_any_depth() -> None:
    inside = {
        "c1": entry("Contribution", "Knots", id="12", presenters=[PERSON], description="<p>About.</p>",
                    url="/event/1/contributions/12/"),
        "b1": entry("Break", "Tea and cake", id="b1"),
    }  # fmt: skip
    day = {
        "s1": entry("Session", "Ropes", id="s1", entries=inside, conveners=[{"name": "Chair, Al"}]),
        "s2": entry("Session", "Posters", id="s2", isPoster=True, entries={}),
        "b2": entry("Break", "Coffee for all", id="b2"),
        "c2": entry("Contribution", "Sails", id="c2", presenters=[]),
    }
    answer = {
        "count": 1, "_type": "HTTPAPIResult", "url": "https://indico.example/export/timetable/1.json?ak=x",
        "results": {"1": {"20260512": day, "20260513": {}}},
    }  # fmt: skip
    reading = read_json(answer)
    assert reading.titles == ["Knots", "Posters", "Sails"]
    assert reading.reasons == ["service session (break, registration)"] * 2
    reading.sessions = reading.sessions[:1]
    address = "https://indico.example/event/1/contributions/12/"
    assert found(reading) == TIMED | {"id": "12", "track": "Ropes", "url": address}


def test_an_event_of_indico_has_contributions_of_its_own_and_in_sessions() -> None:
    talk = {
        "_type": "Contribution", "id": "12", "db_id": 70, "title": "Knots", "description": "About.",
        "type": "Oral", "startDate": at("10:00"), "endDate": at("10:30"), "location": "CERN", "room": "Quay",
        "speakers": [], "primaryauthors": [PERSON], "coauthors": [], "keywords": ["Demo"],
    }  # fmt: skip
    event = {
        "_type": "Conference", "id": "1", "title": "Rope Conf 2025", "startDate": at("09:00"),
        "sessions": [{"_type": "Session", "title": "Ropes", "contributions": [talk]}],
        "contributions": [{"_type": "Contribution", "id": "9", "title": "Sails", "startDate": None}],
    }  # fmt: skip
    reading = read_json(
        {"count": 1, "_type": "HTTPAPIResult", "results": [event]}, event="", year=None
    )
    assert [(it.title, it.event, it.year) for it in reading.sessions] == [
        ("Sails", "Rope Conf", 2025), ("Knots", "Rope Conf", 2025)]  # fmt: skip
    reading.sessions = reading.sessions[1:]
    assert found(reading) == TIMED | {
        "id": "12",
        "track": "Ropes",
        "kind": "Oral",
        "tags": ("Demo",),
    }


def test_subcontributions_are_sessions_of_their_own() -> None:
    parts = [
        {
            "_type": "SubContribution",
            "id": str(number),
            "title": title,
            "duration": 15,
            "speakers": [PERSON],
        }
        for number, title in enumerate(("Knots", "Sails"), 1)
    ]
    talk = {
        "_type": "Contribution", "id": "12", "title": "Ropes", "duration": 30, "room": "Quay",
        "startDate": at("10:00"), "endDate": at("10:30"), "subContributions": parts,
    }  # fmt: skip
    event = {"_type": "Conference", "id": "1", "title": "Rope Conf", "contributions": [talk]}
    answer = {"count": 1, "_type": "HTTPAPIResult", "results": [event]}
    ropes, knots, sails = read_json(answer).sessions
    assert (knots.source_id, knots.track, knots.room) == ("12.1", "Ropes", "Quay")
    assert [f"{it.starts_at:%H:%M}" for it in (ropes, knots, sails)] == ["10:00", "10:00", "10:15"]
    talk["duration"] = 60  # its parts may have breaks between them
    assert [it.starts_at is None for it in read_json(answer).sessions] == [False, True, True]
