"""The filter `fits` over every store: only what overlaps no session of a plan passes."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from support.stores import ENCODER, Written, talk

from service.errors import RefusedError
from service.filters import Filters
from service.query.facet_cache import FacetCache
from service.session import Session
from service.slots import slot_of
from service.stores.protocol import Generation, SessionStore

ZONES = (UTC, ZoneInfo("Europe/Vienna"), ZoneInfo("Asia/Kolkata"), None)
MIDNIGHT = datetime(2026, 5, 12)


def some_session(number: int) -> Session:
    """A session at a random time near midnight, some without a zone, an end or a time, some cancelled."""
    random = Random(number)
    zone = random.choice(ZONES)
    starts = (MIDNIGHT + timedelta(minutes=random.randrange(-240, 240, 5))).replace(tzinfo=zone)
    ends = starts + timedelta(minutes=random.randrange(0, 180, 5))
    return talk(
        number,
        event=random.choice(["Summit", "Meetup"]),
        starts_at=starts if random.random() > 0.1 else None,
        ends_at=ends if random.random() > 0.2 else None,
        cancelled=random.random() < 0.1,
    )


SESSIONS = [some_session(number) for number in range(150)]


@pytest.fixture
def catalogue(written: Written) -> SessionStore:
    return written(SESSIONS)


def passing(plan: list[Session]) -> set[str]:
    """Return what passes, by comparing each session with each of the plan."""

    def clashes(one: Session, other: Session) -> bool:
        first, second = slot_of(one), slot_of(other)
        return first is not None and second is not None and first.overlaps(second)

    return {one.source_id for one in SESSIONS if not any(clashes(one, other) for other in plan)}


def placed(generation: Generation, plan: list[Session]) -> Filters:
    filters = Filters(fits=[str(one.id) for one in plan])
    return FacetCache().canonicalise(generation, filters)


def test_only_what_leaves_a_plan_without_clashes_passes(catalogue: SessionStore) -> None:
    vector = ENCODER.encode_queries(["talk"])[0]
    for seed in range(12):
        random = Random(seed)
        plan = random.sample(SESSIONS, random.choice([1, 2, 5, 30]))
        with catalogue.reading() as generation:
            filters = placed(generation, plan)
            found = {hit.session.source_id for hit in generation.search(vector, 200, filters)}
            listed = {session.source_id for session in generation.programme(filters, 200)}
            counted = generation.count(filters)
        assert found == listed == passing(plan)
        assert counted == len(found)


def test_unknown_sessions_and_those_without_a_time_change_nothing(catalogue: SessionStore) -> None:
    timeless = next(one for one in SESSIONS if one.starts_at is None)
    with catalogue.reading() as generation:
        assert generation.count(placed(generation, [timeless, talk(999)])) == len(SESSIONS)
        with pytest.raises(RefusedError, match="nobody looked up their slots"):
            generation.count(Filters(fits=[str(SESSIONS[0].id)]))
