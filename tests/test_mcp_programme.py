"""Tools that list: what is on, a day page by page, and what there is to filter by."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator
from support.assistants import Assistant, cost
from support.web_fixtures import SESSIONS, open_loaded

from service.filters import FACETS
from service.mcp.programme import PAGE, VALUES
from service.programme import parts
from service.search.searcher import Searcher

REGION = SESSIONS[1]
DURING = "2026-05-12T09:10+02:00"
MANY = 700
"""More sessions of a day than one part of it has."""


@pytest.fixture
def assistant(searcher: Searcher) -> Assistant:
    return Assistant(searcher, now=DURING)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A day of MANY sessions."""
    sessions = [
        replace(
            REGION,
            source_id=f"m{number}",
            title=f"Session {number:03}",
            speakers=(f"Speaker {number:03}",),
            starts_at=REGION.starts_at and REGION.starts_at.replace(minute=number % 60),
            ends_at=None,
        )
        for number in range(MANY)
    ]
    store, searcher = open_loaded(tmp_path_factory.mktemp("long"), sessions)
    yield Assistant(searcher, now=DURING)
    store.close()


def test_what_is_on_now(assistant: Assistant) -> None:
    on = assistant.call("whats_on", when="now")
    assert [one["id"] for one in on["sessions"]] == [str(REGION.id)]
    assert (on["event"], on["year"], on["now"]) == ("Summit", 2026, "2026-05-12T09:10+02:00")
    assert assistant.call("whats_on", when="now", day="2025-05-13", event="Summit")["total"] == 1


def test_what_is_next(assistant: Assistant) -> None:
    following = assistant.call("whats_on", when="next", now="2026-05-12T08:10+02:00")
    assert [one["id"] for one in following["sessions"]] == [str(REGION.id)]


def test_where_nothing_is_on_it_says_when_something_is(assistant: Assistant) -> None:
    result = assistant.try_call(
        "whats_on", when="now", now="2026-03-01T09:00+02:00", event="Summit"
    )
    assert "it is on 2026-05-12 to 2026-05-12" in result["content"][0]["text"]
    assert result["structuredContent"]["sessions"] == []


def test_where_no_session_passes_it_says_why_and_what_there_is(assistant: Assistant) -> None:
    result = assistant.try_call("whats_on", event="Elsewhere")
    assert "NO SESSION PASSES" in result["content"][0]["text"]
    assert result["structuredContent"]["notes"] == ["No event here is called “Elsewhere”."]
    assert result["structuredContent"]["others"]


def test_a_long_day_is_read_page_by_page(long: Assistant) -> None:
    assert MANY > parts.MOST
    seen, given = list[str](), dict[str, str]()
    for _ in range(MANY // PAGE + 1):
        page = long.call("whats_on", **given)
        seen += [one["id"] for one in page["sessions"]]
        if "next_cursor" not in page:
            break
        given = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == page["total"] == MANY


def test_a_page_takes_few_tokens(long: Assistant) -> None:
    assert cost(long.try_call("whats_on")) < 3_000
    assert cost(long.try_call("list_facets", facet="speaker")) < 3_000


def test_values_are_listed_page_by_page(long: Assistant) -> None:
    first = long.call("list_facets", facet="speaker")
    assert (first["total"], len(first["values"])) == (MANY, VALUES)
    second = long.call("list_facets", facet="speaker", cursor=first["next_cursor"])
    both = {one["value"] for page in (first, second) for one in page["values"]}
    assert len(both) == 2 * VALUES
    found = long.call("list_facets", facet="speaker", contains="SPEAKER 69")
    assert (found["total"], "next_cursor" in found) == (10, False)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("whats_on", {"day": "2026-05-12"}),
        ("list_facets", {"facet": "speaker"}),
        ("whats_on", {"cursor": "15-abc"}),
        ("whats_on", {"cursor": "x" * 5_000}),
    ],
)
def test_a_cursor_of_another_list_is_refused(
    long: Assistant, tool: str, arguments: dict[str, str]
) -> None:
    cursor = long.call("whats_on")["next_cursor"]
    told = long.fail(tool, **{"cursor": cursor, **arguments})
    assert "Ask again without a cursor" in told
    assert len(told) < 200


def test_some_values_of_each_facet_are_listed(assistant: Assistant) -> None:
    facets = assistant.call("list_facets")["facets"]
    assert [one["facet"] for one in facets] == list(FACETS)
    speakers = next(one for one in facets if one["facet"] == "speaker")
    assert speakers["values"][0] == {"value": "Ana Ruiz", "count": 2}
    years = assistant.call("list_facets", facet="year")
    assert [one["value"] for one in years["values"]] == [2025, 2026]


def test_answers_fit_their_schema(long: Assistant, assistant: Assistant) -> None:
    for asked, name, arguments in (
        (long, "whats_on", {}),
        (long, "whats_on", {"when": "now"}),
        (assistant, "whats_on", {"when": "next"}),
        (assistant, "whats_on", {"event": "x"}),
        (assistant, "list_facets", {}),
        (long, "list_facets", {"facet": "speaker"}),
    ):
        schema = asked.tools[name]["outputSchema"]
        Draft202012Validator(schema).validate(asked.call(name, **arguments))
