"""How constraints are told to people."""

import pytest

from service.query.interpretation import Constraint, Kind
from service.query.wording import tell, tell_all


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("day", "2019-02-03", "Sunday 3 February 2019"),
        ("day", "2019-02-02..2019-02-03", "Saturday 2 February 2019 to Sunday 3 February 2019"),
        ("day", "2018-02-04, 2019-02-03", "Sunday 4 February 2018 or Sunday 3 February 2019"),
        (
            "day",
            "2016-01-31, 2017-02-05, 2018-02-04, 2019-02-03",
            "Sunday 31 January 2016, Sunday 5 February 2017, Sunday 4 February 2018 or 1 more day",
        ),
        ("time", "09:00..12:00", "09:00 to 12:00"),
        ("time", "..12:00", "before 12:00"),
        ("time", "17:00..", "from 17:00"),
        ("time", "10:30", "at 10:30"),
        ("duration", "..20", "up to 20 minutes"),
        ("duration", "30..", "at least 30 minutes"),
        ("language", "de", "in German"),
        ("year", 2019, "2019"),
        ("room", "Hall A", "room Hall A"),
        ("room", "Room Cartographer", "Room Cartographer"),
        ("kind", "Workshop", "kind Workshop"),
        ("track", "Health", "track Health"),
        ("level", "Beginner", "level Beginner"),
        ("event", "FOSDEM", "event FOSDEM"),
        ("speaker", "Ana Ruiz", "speaker Ana Ruiz"),
    ],
)
def test_constraints_in_words(kind: Kind, value: str | int, told: str) -> None:
    assert tell(Constraint(kind, "words", value, 0, 5)) == told


def test_days_and_times_are_told_first_and_dropped_constraints_not() -> None:
    constraints = [
        Constraint("level", "beginner", "Beginner", 0, 8),
        Constraint("time", "at 10:30", "10:30", 9, 17),
        Constraint("room", "in K", "K", 18, 22, dropped=True),
        Constraint("day", "on Sunday", "2019-02-03", 23, 32),
    ]
    assert tell_all(constraints) == "Sunday 3 February 2019, at 10:30, level Beginner"
    assert tell_all([]) == ""
