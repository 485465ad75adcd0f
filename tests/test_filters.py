"""The table of filter fields, and the filters made of it."""

from datetime import UTC, datetime, timedelta

import pytest

from service.errors import QueryError
from service.filters import FACETS, FIELDS, NO_FILTERS, Filters
from service.session import Session
from service.stores.payload import encode_payload


def test_every_field_is_one_that_sessions_are_stored_with() -> None:
    start = datetime(2026, 5, 12, 9, tzinfo=UTC)
    session = Session(
        event="Summit",
        year=2026,
        source_id="1",
        title="Maps",
        speakers=("Ana Ruiz",),
        track="Health",
        level="Beginner",
        kind="Talk",
        language="en",
        room="Hall A",
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
    )
    stored = encode_payload(session).keys()
    assert {name for field in FIELDS.values() for name in field.payload_fields} <= stored
    assert {FIELDS[name].attribute for name in FACETS} <= session.as_dict().keys()
    assert set(FACETS) < FIELDS.keys()


def test_filters_are_values() -> None:
    one = Filters(track=("Health",), year=(2026,))
    other = Filters(year=[2026], track=["Health"], level=())
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == "Filters(year=(2026,), track=('Health',))"
    assert one.replace(track=()) == Filters(year=(2026,))
    assert one.replace(track=(), year=()) == NO_FILTERS
    assert not NO_FILTERS


def test_filters_of_no_field_are_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        Filters(colour=("red",))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"colour": ["red"]}, "Known filters: event, year"),
        ({"year": ["soon"]}, "year is 'soon'"),
        ({"year": ["²"]}, "year is"),
        ({"day": ["12.5.2026"]}, "2026-05-12"),
        ({"day": [".."]}, "one start and one end"),
        ({"day": ["2026-01-01..2026-01-02..2026-01-03"]}, "one start and one end"),
        ({"day": ["2026-01-02..2026-01-01"]}, "ends before it starts"),
        ({"day": ["2026-01-02..soon"]}, "or a range such as"),
        ({"from": ["25:00"]}, "from is '25:00'; give a time of day from 00:00 to 23:59"),
        ({"to": ["ten"]}, "to is 'ten'; give a time of day"),
        ({"at": ["10"]}, "such as 09:30"),
        ({"at": ["10:60"]}, "at is '10:60'"),
        ({"at": ["१०:३०"]}, "at is"),
        ({"from": ["09:00", "10:00"]}, "from is given 2 times; give it once"),
        ({"min_minutes": ["ten"]}, "min_minutes is 'ten'; give a number of minutes such as 30"),
        ({"max_minutes": ["-5"]}, "give a number of minutes"),
        ({"max_minutes": ["20", "30"]}, "max_minutes is given 2 times"),
        ({"track": [f"T{n}" for n in range(21)]}, "track has 21 values; give 20 at most"),
        ({"day": [f"2026-05-{n:02}" for n in range(1, 22)]}, "day has 21 values; give 20 at most"),
        (
            {name: [f"v{n}" for n in range(17)] for name in ("track", "room", "speaker")},
            "The filters have 51 values; give 50 at most",
        ),
        (
            {"from": ["14:00"], "to": ["9:00"]},
            "from is 14:00 and to is 09:00: no session passes both. Give from earlier or to later",
        ),
        ({"from": ["09:00"], "to": ["09:00"]}, "no session passes both"),
        ({"from": ["09:01"], "at": ["09:00"]}, "from is 09:01 and at is 09:00"),
        ({"min_minutes": ["31"], "max_minutes": ["30"]}, "Give min_minutes lower or max_minutes"),
    ],
)
def test_filters_that_cannot_be_used(given: dict[str, list[str]], says: str) -> None:
    with pytest.raises(QueryError, match=says):
        Filters.parse(given)


def test_typed_values_are_trimmed_and_blank_ones_left_out() -> None:
    given = {"year": [" 2026 ", ""], "speaker": [" Ana Ruiz "], "track": [" "]}
    assert Filters.parse(given) == Filters(year=(2026,), speaker=("Ana Ruiz",))


def test_a_value_counts_once_however_often_it_is_given() -> None:
    given = {"track": [f"T{n % 20}" for n in range(4_000)], "year": ["2026", "02026"[1:]] * 100}
    assert len(Filters.parse(given)["track"]) == 20
    assert Filters.parse(given)["year"] == (2026,)


def test_times_and_lengths_are_bounds() -> None:
    given = {"from": ["9:00"], "to": ["12:30"], "at": ["10:00", " "], "min_minutes": ["20"]}
    filters = Filters.parse({**given, "max_minutes": ["20"], "room": ["Hall A", "Hall B"]})
    assert dict(filters) == {
        "from": ("09:00",),
        "to": ("12:30",),
        "at": ("10:00",),
        "min_minutes": (20,),
        "max_minutes": (20,),
        "room": ("Hall A", "Hall B"),
    }
    assert list(filters.matches()) == [("room", ("Hall A", "Hall B"))]
    assert list(filters.bounds()) == [
        ("start_minute", "gte", 540),
        ("start_minute", "lt", 750),
        ("start_minute", "lte", 600),
        ("end_minute", "gt", 600),
        ("duration_minutes", "gte", 20),
        ("duration_minutes", "lte", 20),
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"from": ["09:00"], "to": ["09:01"]},
        {"from": ["09:00"], "at": ["09:00"]},
        {"from": ["00:00"], "to": ["23:59"]},
        {"min_minutes": ["0"], "max_minutes": ["0"]},
    ],
)
def test_bounds_that_leave_one_value_are_no_contradiction(given: dict[str, list[str]]) -> None:
    assert Filters.parse(given).keys() == given.keys()


def test_a_bound_has_one_value() -> None:
    with pytest.raises(TypeError, match="one value each: from"):
        Filters(**{"from": ("09:00", "10:00")})
    with pytest.raises(ValueError, match="no time of day"):
        list(Filters(at=("noon",)).bounds())
