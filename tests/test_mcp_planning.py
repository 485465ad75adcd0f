"""Tools for a plan: clashes and gaps, alternatives, and calendars."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import icalendar
import pytest
from jsonschema import Draft202012Validator
from support.assistants import Assistant, cost
from support.web_fixtures import SESSIONS, open_loaded

from service.mcp.planning import MAX_EXPORTED
from service.search.searcher import Searcher

HEALTH, REGION, PIPELINES, MAPS = SESSIONS
NOBODY = str(UUID(int=7))
NOW = "2025-01-01T09:00+02:00"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Forty sessions, of which each clashes with the next."""
    assert REGION.starts_at and REGION.ends_at
    sessions = [
        replace(
            REGION,
            source_id=f"b{number}",
            title=f"Busy {number}",
            starts_at=REGION.starts_at + timedelta(minutes=30 * number),
            ends_at=REGION.ends_at + timedelta(minutes=30 * number),
        )
        for number in range(40)
    ]
    store, searcher = open_loaded(tmp_path_factory.mktemp("busy"), sessions)
    yield Assistant(searcher, now=NOW, public_url="https://ask.example.org")
    store.close()


@pytest.fixture
def assistant(searcher: Searcher) -> Assistant:
    return Assistant(searcher, now=NOW)


def ids(assistant: Assistant) -> list[str]:
    found = assistant.call("whats_on", year=2026)
    more = assistant.call("whats_on", year=2026, cursor=found["next_cursor"])
    return [one["id"] for one in [*found["sessions"], *more["sessions"]]]


def test_clashes_come_with_what_fits_instead(busy: Assistant) -> None:
    chosen = ids(busy)[:2]
    result = busy.try_call("check_plan", ids=chosen)
    values = result["structuredContent"]
    assert values["clashes"] == [{"ids": chosen, "minutes": 15}]
    assert result["content"][0]["text"].startswith("1 clash:")
    assert {one["id"] for one in values["alternatives"]} == set(chosen)
    instead = values["alternatives"][0]["instead"][0]
    assert instead["session"]["id"] not in chosen
    rid = busy.call("check_plan", ids=[chosen[0], instead["session"]["id"]])
    assert rid["total"] == 2


def test_a_plan_without_clashes_says_so(busy: Assistant) -> None:
    chosen = ids(busy)[:6:3]
    result = busy.try_call("check_plan", ids=chosen)
    assert result["content"][0]["text"].startswith("No clashes.")
    (gap,) = result["structuredContent"]["gaps"]
    assert (gap["after"], gap["before"], gap["minutes"]) == (*chosen, 45)


def test_a_long_plan_takes_few_tokens(busy: Assistant) -> None:
    result = busy.try_call("check_plan", ids=ids(busy))
    assert cost(result) < 12_000
    assert len(result["structuredContent"]["sessions"]) == 25
    assert "The first 25 of" in result["content"][0]["text"]


def test_what_is_no_session_is_told(assistant: Assistant) -> None:
    values = assistant.call("check_plan", ids=[str(HEALTH.id), NOBODY, "five"])
    assert (values["total"], values["not_found"]) == (1, [NOBODY, "five"])


@pytest.mark.parametrize("ids", [[], "", "five", [NOBODY, "five"]])
def test_ids_of_no_session_are_no_plan_without_clashes(assistant: Assistant, ids: object) -> None:
    assert "nothing was checked. Search again" in assistant.fail("check_plan", ids=ids)


def test_ids_may_be_joined_by_commas(assistant: Assistant) -> None:
    joined = f"{HEALTH.id},{REGION.id}"
    assert assistant.call("check_plan", ids=joined)["total"] == 2
    assert assistant.call("export_calendar", ids=joined)["sessions"] == 2


def test_no_ids_are_none_beside_filters(assistant: Assistant) -> None:
    assert assistant.call("export_calendar", ids=[], year=2025)["sessions"] == 1
    assert "either ids or filters" in assistant.fail("export_calendar", ids=[" "])


@pytest.mark.parametrize("tool", ["check_plan", "export_calendar"])
def test_five_thousand_ids_are_refused(assistant: Assistant, tool: str) -> None:
    told = assistant.fail(tool, ids=[str(UUID(int=n)) for n in range(5_000)])
    assert told == "The plan has 5,000 sessions; give 200 at most."


def test_a_calendar_is_a_file_in_the_answer(assistant: Assistant) -> None:
    result = assistant.try_call("export_calendar", ids=[str(HEALTH.id), NOBODY])
    text, file = result["content"]
    assert file["resource"]["mimeType"] == "text/calendar"
    calendar = icalendar.Calendar.from_ical(file["resource"]["text"])
    (entry,) = calendar.walk("VEVENT")
    assert str(entry["UID"]) == str(HEALTH.id)
    assert "chart1" not in file["resource"]["text"]
    assert "1 ids are of no session" in text["text"]
    assert result["structuredContent"]["left_out"] == 1


def test_a_long_calendar_is_had_by_its_address(busy: Assistant, assistant: Assistant) -> None:
    assert len(ids(busy)) > MAX_EXPORTED
    values = busy.call("export_calendar", year=[2026])
    assert values["address"] == "https://ask.example.org/programme.ics?year=2026"
    few = busy.try_call("export_calendar", ids=ids(busy)[:2])
    assert few["structuredContent"]["address"].startswith("https://ask.example.org/plan.ics?ids=")
    assert "https://ask.example.org/sessions/" in few["content"][1]["resource"]["text"]


def test_a_long_calendar_without_an_address_is_refused(
    busy: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(busy.server, "_public_url", "")
    assert "Give fewer ids or more filters" in busy.fail("export_calendar", year=2026)


@pytest.mark.parametrize("arguments", [{}, {"ids": [NOBODY], "year": 2026}])
def test_a_calendar_is_of_ids_or_of_filters(
    assistant: Assistant, arguments: dict[str, object]
) -> None:
    assert "either ids or filters" in assistant.fail("export_calendar", **arguments)


def test_a_calendar_of_nothing_is_refused(assistant: Assistant) -> None:
    assert "None of the 2 ids" in assistant.fail("export_calendar", ids=[NOBODY, "x"])


def test_answers_fit_their_schema(busy: Assistant, assistant: Assistant) -> None:
    for asked, name, arguments in (
        (busy, "check_plan", {"ids": ids(busy)}),
        (assistant, "check_plan", {"ids": [str(MAPS.id), NOBODY]}),
        (assistant, "export_calendar", {"ids": str(HEALTH.id)}),
        (busy, "export_calendar", {"year": 2026}),
    ):
        schema = asked.tools[name]["outputSchema"]
        Draft202012Validator(schema).validate(asked.call(name, **arguments))
