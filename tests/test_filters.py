"""The table of filter fields, and the filters made of it."""

import pytest

from service.errors import QueryError
from service.filters import FACETS, FIELDS, NO_FILTERS, Filters
from service.session import Session


def test_every_field_is_one_that_sessions_are_stored_with() -> None:
    session = Session(event="Summit", year=2026, source_id="1", title="x")
    assert {field.attribute for field in FIELDS.values()} <= session.as_dict().keys()
    assert set(FACETS) <= FIELDS.keys()


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
    ],
)
def test_filters_that_cannot_be_used(given: dict[str, list[str]], says: str) -> None:
    with pytest.raises(QueryError, match=says):
        Filters.parse(given)


def test_typed_values_are_trimmed_and_blank_ones_left_out() -> None:
    given = {"year": [" 2026 ", ""], "speaker": [" Ana Ruiz "], "track": [" "]}
    assert Filters.parse(given) == Filters(year=(2026,), speaker=("Ana Ruiz",))
