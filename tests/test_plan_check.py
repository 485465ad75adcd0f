"""Checking a plan by ids: what is known of them, and what fits instead of what clashes."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from uuid import UUID

import pytest
from support.stores import talk
from support.web_fixtures import open_loaded

from service.errors import QueryError
from service.plan.check import MAX_CLASHES, MAX_RESOLVED, check_plan, parse_ids
from service.search.searcher import Searcher
from service.session import Session
from service.slots import MAX_PLAN

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def at(number: int, title: str, hour: int, **fields: object) -> Session:
    times = {
        "starts_at": datetime(2026, 5, 12, hour, tzinfo=UTC),
        "ends_at": datetime(2026, 5, 12, hour, 45, tzinfo=UTC),
    }
    return talk(number, title, **{**times, "speakers": ("Ana Ruiz",), **fields})


MAPS = at(1, "Maps of tides", 10)
WARDS = at(2, "Wards of hospitals", 10)
MAPS_AGAIN = at(3, "Maps of tides", 15)
MAPS_AT_LUNCH = at(4, "Maps of tides", 12)
MAPS_LAST_YEAR = at(5, "Maps of tides", 14, year=2025)
TIDES = at(6, "Maps of other tides", 11)
AT_ONCE = at(7, "Maps of tides at once", 10)
OFF = at(8, "Maps of tides cancelled", 16, cancelled=True)
AFTERNOON = at(10, "Wards in the afternoon", 15)
TIMELESS = talk(9, "Maps of tides anywhen")
SESSIONS = [
    *(MAPS, WARDS, MAPS_AGAIN, MAPS_AT_LUNCH, MAPS_LAST_YEAR),
    *(TIDES, AT_ONCE, OFF, AFTERNOON, TIMELESS),
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    store, searcher = open_loaded(tmp_path_factory.mktemp("plan"), SESSIONS)
    with closing(store):
        yield searcher


def instead(
    searcher: Searcher, wanted: Session, *plan: Session, now: datetime = NOW
) -> list[tuple[str, str]]:
    """Return what fits instead of a session of a plan: its kind and source id."""
    checked = check_plan(searcher, [str(one.id) for one in (wanted, *plan)], now)
    return [(one.kind, one.session.source_id) for one in checked.alternatives[wanted.id]]


def test_its_other_sittings_come_first_the_nearest_in_time_before_others(
    searcher: Searcher,
) -> None:
    assert instead(searcher, MAPS, WARDS) == [("sitting", "4"), ("sitting", "3"), ("similar", "6")]


def test_alternatives_fit_the_rest_of_the_plan_and_are_not_in_it(searcher: Searcher) -> None:
    lunch = at(20, "Lunch", 12)
    assert ("sitting", "4") not in instead(searcher, MAPS, WARDS, MAPS_AT_LUNCH)
    assert ("similar", "6") not in instead(searcher, MAPS, WARDS, TIDES)
    assert ("sitting", "4") in instead(searcher, MAPS, WARDS, lunch)  # nobody knows that one


def test_what_is_past_is_no_alternative_to_what_is_to_come(searcher: Searcher) -> None:
    before, between, after = (datetime(2026, 5, 12, hour, tzinfo=UTC) for hour in (9, 14, 16))
    assert instead(searcher, MAPS_AGAIN, AFTERNOON, now=before)[:2] == [
        ("sitting", "4"),
        ("sitting", "1"),
    ]
    assert instead(searcher, MAPS_AGAIN, AFTERNOON, now=between) == []
    assert instead(searcher, MAPS_AGAIN, AFTERNOON, now=after)[:1] == [("sitting", "4")]


def test_without_a_clash_nothing_is_looked_for(searcher: Searcher) -> None:
    assert check_plan(searcher, [str(MAPS.id), str(TIDES.id)], NOW).alternatives == {}


def test_ids_that_are_unknown_or_none_are_told(searcher: Searcher) -> None:
    ids = [str(MAPS.id), str(UUID(int=7)), "7", "<b>" * 40, f" {MAPS.id} ", ""]
    checked = check_plan(searcher, ids, NOW)
    assert [one.id for one in checked.plan.sessions] == [MAPS.id]
    assert checked.unknown == (UUID(int=7),)
    assert checked.invalid == ("7", ("<b>" * 40)[:80])
    assert checked.notes == (
        "1 session of the plan is not in the programme.",
        "2 parts of the link are no id of a session.",
    )
    assert check_plan(searcher, [], NOW).plan.sessions == []


def test_too_many_ids_are_refused() -> None:
    ids = [str(UUID(int=number)) for number in range(MAX_PLAN + 1)]
    assert len(parse_ids(ids[:MAX_PLAN])[0]) == MAX_PLAN
    with pytest.raises(QueryError, match=r"The plan has 201 sessions; give 200 at most\."):
        parse_ids(ids)


def test_the_largest_plan_with_the_most_clashes_is_bounded(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    crowd = [at(number, f"Talk number{number}", 10) for number in range(MAX_PLAN)]
    store, searcher = open_loaded(tmp_path_factory.mktemp("crowd"), crowd)
    with closing(store):
        checked = check_plan(searcher, [str(one.id) for one in crowd], NOW)
    assert len(checked.plan.clashes) == MAX_PLAN * (MAX_PLAN - 1) // 2
    assert len(checked.alternatives) == MAX_RESOLVED
    body = checked.as_dict()
    assert len(body["clashes"]) == MAX_CLASHES
    assert "The plan has 19,900 clashes; the first 500 are listed." in body["notes"]
    assert "Alternatives are looked for to the first 12 sessions that clash." in body["notes"]
