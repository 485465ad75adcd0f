from service.filters import NO_FILTERS, Filters
from service.query.interpretation import Constraint, filters_of

SUNDAY = Constraint("day", "Sunday", "2019-02-03", 0, 6, filters=Filters(day=["2019-02-03"]))
SATURDAY = Constraint("day", "Saturday", "2019-02-02", 7, 15, filters=Filters(day=["2019-02-02"]))
HALL = Constraint("room", "in K", "K", 16, 20, filters=Filters(room=["K.1", "K.2"]))
DROPPED = Constraint("level", "for beginners", "Beginner", 21, 34, dropped=True)


def test_constraints_stand_for_filters_together() -> None:
    together = filters_of([SUNDAY, SATURDAY, HALL, DROPPED])
    assert together == Filters(day=["2019-02-03", "2019-02-02"], room=["K.1", "K.2"])
    assert filters_of([SUNDAY, SUNDAY]) == Filters(day=["2019-02-03"])
    assert filters_of([]) == NO_FILTERS


def test_the_tightest_of_several_bounds_holds() -> None:
    times = [
        Constraint("time", "words", "", 0, 5, filters=Filters(**{"from": [start], "to": [end]}))
        for start, end in (("09:00", "12:00"), ("10:00", "17:00"))
    ]
    assert filters_of(times) == Filters(**{"from": ["10:00"], "to": ["12:00"]})
    lengths = [
        Constraint("duration", "words", "", 0, 5, filters=Filters(max_minutes=[most]))
        for most in (20, 30)
    ]
    assert filters_of(lengths) == Filters(max_minutes=[20])
