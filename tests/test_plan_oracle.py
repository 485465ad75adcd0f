"""Random plans over real programmes, compared with a plain oracle.

Compared are clashes, gaps, alternatives, what fits, what is cancelled and what is unknown, for fifty
plans; and what the page says of sessions that were moved or renamed, for five hundred. With
CONFERENCE_HELPER_TEST_LONG=1 it is 10,000 each:

    CONFERENCE_HELPER_TEST_LONG=1 pytest -s tests/test_plan_oracle.py
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support import plan_oracle as oracle
from support.browser import OpenBrowser, needs_browser, serving
from support.reading_sources import read
from support.web_fixtures import open_loaded

from service.filters import Filters
from service.plan.check import CheckedPlan, check_plan
from service.query.facet_cache import FacetCache
from service.search.searcher import Searcher
from service.session import Session
from service.web.plan import facts

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
PLANS = 10_000 if LONG else 50
MOVED = 10_000 if LONG else 500
SOURCES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("fosdem/schedule_2018.xml", {"timezone": "Europe/Brussels"}),
    ("fosdem/schedule_2019.xml", {"timezone": "Europe/Brussels"}),
    ("fosdem/schedule_2017.xml", {}),
    ("frab/frab-camp2019.json", {}),
    ("frab/pretalx-democon.json", {}),
    ("ics/pycones_2020.ics", {}),
    ("sessionize/cdkday_sessions.json", {"event": "CDK Day", "year": 2021}),
    ("sessionize/global_azure_austria_2024.json", {"event": "Global Azure Austria", "year": 2024}),
    ("sessionize/global_azure_linz_2022.json", {"event": "Global Azure Linz", "year": 2022}),
)
"""Programmes with zones and without, one over midnight, and one of which hardly any session has a time."""


@pytest.fixture(scope="module")
def everything(shared_data: Callable[[str], Path]) -> list[Session]:
    """Every session, those that the catalogue does not have too."""
    found = [
        session
        for name, options in SOURCES
        for session in read(shared_data(name), **{"event": "", "year": None, **options}).sessions
    ]
    return oracle.disturbed(found, Random(0))


@pytest.fixture(scope="module")
def catalogue(everything: list[Session]) -> oracle.Catalogue:
    """What is loaded: one of fifty is not."""
    random = Random(1)
    return oracle.Catalogue(tuple(one for one in everything if random.random() > 0.02))


@pytest.fixture(scope="module")
def searcher(
    catalogue: oracle.Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Searcher]:
    store, searcher = open_loaded(tmp_path_factory.mktemp("plans"), catalogue.sessions)
    with closing(store):
        yield searcher


def test_random_plans_are_as_the_oracle_says(
    everything: list[Session], catalogue: oracle.Catalogue, searcher: Searcher
) -> None:
    counted: Counter[str] = Counter()
    for seed in range(PLANS):
        counted += compare(everything, catalogue, searcher, seed)
    print(f"\n{PLANS:,} plans, 0 differences: {dict(counted)}")  # noqa: T201  # what -s is for
    assert counted.keys() == {"clashes", "gaps", "alternatives", "cancelled", "unknown"}


def compare(
    everything: list[Session], catalogue: oracle.Catalogue, searcher: Searcher, seed: int
) -> Counter[str]:
    """Compare one plan with the oracle's; return how much there was to compare."""
    random = Random(seed)
    wanted = oracle.random_plan(everything, random)
    plan = [one for one in wanted if one.id in catalogue.places]
    timed = [one.starts_at for one in plan if one.starts_at and one.starts_at.tzinfo]
    now = random.choice([*timed, datetime.fromisoformat("2017-01-01T00:00+00:00")])
    checked = check_plan(searcher, [str(one.id) for one in wanted], now)

    assert {one.id for one in checked.plan.sessions} == {one.id for one in plan}, seed
    assert set(checked.unknown) == {one.id for one in wanted} - {one.id for one in plan}, seed
    assert _cancelled(checked.plan.sessions) == _cancelled(plan), seed
    clashes = {
        (frozenset({one.first.id, one.second.id}), one.minutes) for one in checked.plan.clashes
    }
    assert clashes == oracle.clashes(plan), seed
    _check_gaps(checked, plan, seed)
    _check_alternatives(checked, plan, now, catalogue, seed)
    if seed % 10 == 0:
        _check_fits(searcher, catalogue, plan, seed)
    return Counter(
        clashes=len(clashes),
        gaps=len(checked.plan.gaps),
        alternatives=sum(map(len, checked.alternatives.values())),
        cancelled=len(_cancelled(plan)),
        unknown=len(checked.unknown),
    )


def _check_gaps(checked: CheckedPlan, plan: list[Session], seed: int) -> None:
    expected = oracle.gaps(plan)
    assert {one.before.id for one in checked.plan.gaps} == expected.keys(), seed
    for gap in checked.plan.gaps:
        minutes, after = expected[gap.before.id]
        assert gap.after.id in after, seed
        assert gap.minutes == minutes or (len(after) > 1 and None in (gap.minutes, minutes)), seed
        rooms = (gap.after.room, gap.before.room)
        assert gap.changes_room == (rooms[0] != rooms[1] if all(rooms) else None), seed


def _check_alternatives(
    checked: CheckedPlan,
    plan: list[Session],
    now: datetime,
    catalogue: oracle.Catalogue,
    seed: int,
) -> None:
    known = {one.id: one for one in plan}
    for id, found in checked.alternatives.items():
        sittings, alike = catalogue.alternatives(known[id], plan, now)
        assert [one.session.id for one in found if one.kind == "sitting"] == sittings, seed
        similar = [one.session for one in found if one.kind == "similar"]
        others = [one for one in plan if one.id != id]
        assert not any(oracle.overlap(one, other) for one in similar for other in others), seed
        scores = [catalogue.likeness(one, known[id]) for one in similar]
        assert scores == pytest.approx(alike, abs=1e-5), seed


def _check_fits(
    searcher: Searcher, catalogue: oracle.Catalogue, plan: list[Session], seed: int
) -> None:
    filters = Filters(fits=[str(one.id) for one in plan])
    with searcher.store.reading() as generation:
        placed = FacetCache().canonicalise(generation, filters)
        found = generation.programme(placed, len(catalogue.sessions))
        counted = generation.count(placed)
    assert {one.id for one in found} == catalogue.fitting(plan), seed
    assert counted == len(found), seed


def _cancelled(sessions: list[Session]) -> set[object]:
    return {one.id for one in sessions if one.cancelled}


@needs_browser
def test_what_the_page_says_of_moved_sessions_is_as_the_oracle_says(
    everything: list[Session], searcher: Searcher, open_browser: OpenBrowser
) -> None:
    random = Random(2)
    cases = [(one, *oracle.moved(one, random)) for one in random.choices(everything, k=MOVED)]
    browser = open_browser()
    with serving(searcher) as address:
        browser.get(f"{address}/plan")
        found = browser.execute_async_script(
            "const [cases, done] = arguments;"
            "Promise.all([import('/static/plan.js'), import('/static/plan_page.js')]).then(([plan, page]) =>"
            "done(cases.map(([was, now]) => page.changes(plan.facts(was), plan.facts(now)))))",
            [(facts(was), facts(now)) for now, was, _ in cases],
        )
    assert found == [told for *_, told in cases]
    print(f"\n{MOVED:,} sessions, 0 differences: {sum(map(bool, found)):,} were moved or renamed")  # noqa: T201  # what -s is for
