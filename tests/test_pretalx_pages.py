"""Answers of pretalx' REST API, and those of any service that come in pages."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.published import END, START, TIMED, found, read_json
from support.reading_sources import read, write_file

from service.errors import InputError

TALK = {
    "code": "12", "title": "Knots", "speakers": [{"code": "JO", "name": "Jo Line", "biography": None}],
    "submission_type": {"id": 3, "name": {"en": "Talk"}}, "track": {"id": 5, "name": {"en": "Ropes"}},
    "tags": [{"id": 1, "tag": "Demo"}], "state": "confirmed", "abstract": "About.", "duration": 30,
    "content_locale": "en", "resources": [{"resource": "https://example.org/s.pdf", "description": "Slides"}],
}  # fmt: skip
SLOT = {
    "id": 77,
    "room": {"id": 2, "name": {"en": "Quay"}},
    "start": START,
    "end": END,
    "duration": 30,
}
OF_PRETALX = TIMED | {"id": "12", "track": "Ropes", "kind": "Talk", "tags": ("Demo",), "language": "en",
                      "links": ("slides",)}  # fmt: skip


def page(*results: Any, count: int = 0, following: str | None = None) -> dict[str, Any]:
    count = count or len(results)
    return {"count": count, "next": following, "previous": None, "results": list(results)}


@pytest.mark.parametrize(
    "value",
    [page({**TALK, "slots": [SLOT]}), page({**SLOT, "submission": TALK, "description": None, "schedule": 4})],
    ids=["submissions", "slots"],
)  # fmt: skip
def test_submissions_and_slots_of_pretalx(value: Any) -> None:
    assert found(read_json(value)) == OF_PRETALX


def test_a_slot_without_a_submission_is_a_break() -> None:
    pause = {**SLOT, "id": 78, "submission": None, "description": {"en": "Coffee and cake"}}
    reading = read_json(page({**SLOT, "submission": TALK}, pause))
    assert (reading.titles, reading.reasons) == (
        ["Knots"],
        ["service session (break, registration)"],
    )


def test_speakers_come_from_the_page_of_speakers_beside(tmp_path: Path) -> None:
    talk = {**TALK, "speakers": ["JO"], "slots": [SLOT]}
    people = page({"code": "JO", "name": "Jo Line", "submissions": ["12"]})
    write_file(tmp_path / "submissions.json", json.dumps(page(talk)).encode())
    write_file(tmp_path / "speakers.json", json.dumps(people).encode())
    for sources in ([tmp_path], [tmp_path / "submissions.json", tmp_path / "speakers.json"]):
        assert found(read(*sources)) == OF_PRETALX


def test_times_that_are_only_ids_are_told() -> None:
    reading = read_json(page({**TALK, "slots": [77]}))
    assert reading.sessions[0].starts_at is None
    told = "slots are given by ids, without times: ask pretalx with ?expand=speakers,track,"
    assert any(note.startswith(told) for note in reading.noted)


# Pages.

NEXT = "https://pretalx.example/api/events/x/submissions/?page=2&key=secret"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (page(TALK, count=3, following=NEXT),
         "1 of 3 are here, others at https://pretalx.example/api/events/x/submissions/. Load all pages"),
        ({"data": [{"type": "session", "id": "12", "attributes": {"title": "Knots"}}], "meta": {"count": 1},
          "links": {"next": "https://example.org/sessions?page[number]=2"}},
         "more are elsewhere at https://example.org/sessions. Ask"),
        ({**page(TALK, count=3), "previous": "?page=1"}, "1 of 3 are here, others. Load all pages"),
        (page(TALK, following="http://[x"), "more are elsewhere at http://[x. Ask"),
        ({"records": [{"id": "rec1", "fields": {"Title": "Knots", "Room": "Quay"}}], "offset": "itr1/rec1"},
         "more are elsewhere. Ask"),
        ({"documents": [{"name": "talks/1", "fields": {"title": {"stringValue": "Knots"}}}],
          "nextPageToken": "x"},
         "more are elsewhere. Ask"),
        ({"data": {"talks": {"pageInfo": {"hasNextPage": True}, "edges": [{"node": {"id": "1", "title": "Knots",
                                                                                   "room": "Quay"}}]}}},
         "more are elsewhere. Ask"),
    ],
    ids=["pretalx", "JSON:API", "last", "no address", "Airtable", "Firestore", "GraphQL"],
)  # fmt: skip
def test_one_page_of_several_is_a_bad_row_so_that_nothing_is_removed(value: Any, told: str) -> None:
    reading = read_json(value)
    assert reading.titles == ["Knots"]
    ((place, reason),) = reading.skipped
    assert place == "x.json"
    assert reason.startswith("one page of several: " + told)
    assert "secret" not in reason


@pytest.mark.parametrize("beside", [True, False])
def test_pages_that_are_loaded_together_are_whole(tmp_path: Path, beside: bool) -> None:
    first, second = (
        page(TALK, count=2, following=NEXT),
        page({**TALK, "code": "13", "title": "Sails"}, count=2),
    )
    write_file(tmp_path / "1.json", json.dumps(first).encode())
    if beside:
        write_file(tmp_path / "2.json", json.dumps(second).encode())
    reading = read(tmp_path)
    assert reading.titles == (["Knots", "Sails"] if beside else ["Knots"])
    assert len(reading.skipped) == (0 if beside else 1)


def test_a_page_without_titles_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"x\.json holds slots that name .* \?expand=room,submission,"
    ):
        read_json(page({"id": 77, "submission": "12", "start": START, "end": END}))


def test_a_next_session_is_no_next_page() -> None:
    assert (
        read_json({"next": "Sails", "sessions": [{"title": "Knots", "room": "Quay"}]}).skipped == []
    )
