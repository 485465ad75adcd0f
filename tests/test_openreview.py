"""Papers as OpenReview's API gives them: every value in an object of its own, decisions in the venue."""

import json
from typing import Any

from support.reading_sources import Reading, read_bytes


def notes(*papers: dict[str, Any]) -> Reading:
    """Read papers, each with what the API puts around it."""
    listed = [
        {
            "id": f"n{number}",
            "forum": f"n{number}",
            "cdate": 1_695_000_000_000,
            "content": {key: {"value": value} for key, value in paper.items()},
        }
        for number, paper in enumerate(papers)
    ]
    return read_bytes("notes.json", json.dumps({"notes": listed, "count": len(listed)}).encode())


def paper(title: str, venue: str, group: str) -> dict[str, Any]:
    return {
        "title": title,
        "authors": ["Ada Knot", "Bo Sail"],
        "authorids": ["~Ada_Knot1", "~Bo_Sail1"],
        "abstract": f"{title} in detail.",
        "keywords": ["ropes", "wind"],
        "primary_area": "rigging",
        "venue": venue,
        "venueid": f"Sails.cc/2024/Conference{group}",
    }


def test_the_venue_is_event_year_and_kind_and_no_room() -> None:
    (session,) = notes(paper("Knots", "Sails 2024 poster", "")).sessions
    assert (session.event, session.year, session.kind) == ("Sails", 2024, "poster")
    assert (session.room, session.track, session.tags) == ("", "rigging", ("ropes", "wind"))
    assert session.speakers == ("Ada Knot", "Bo Sail")
    assert session.abstract == "Knots in detail."


def test_papers_that_were_not_accepted_are_left_out() -> None:
    found = notes(
        paper("Knots", "Sails 2024 oral", ""),
        paper("Tar", "Submitted to Sails 2024", "/Rejected_Submission"),
        paper("Rust", "Sails 2024 Conference Withdrawn Submission", "/Withdrawn_Submission"),
        paper("Rot", "Sails 2024 Conference Desk Rejected Submission", "/Desk_Rejected_Submission"),
        paper("Mould", "Sails 2024 Conference Submission", "/Submission"),
        paper("Moss", "Submitted to Sails 2024", ""),
    )
    assert found.titles == ["Knots"]
    assert len(found.reasons) == 5
    assert all(reason.startswith("not accepted: ") for reason in found.reasons)
