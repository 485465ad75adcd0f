"""What is on now and next, whichever part of the day is known already."""

import pytest
from support.programme_days import day, moment

from service.programme.now_next import Known, NowFinder
from service.programme.parts import MINUTES, Part
from service.programme.programmes import Programmes


@pytest.mark.parametrize(("first", "end"), [(0, MINUTES), (555, MINUTES), (0, 570), (550, 600)])
def test_what_is_known_saves_reads_and_changes_nothing(
    programmes: Programmes, first: int, end: int
) -> None:
    shown = day(programmes)
    sessions = tuple(
        one
        for one in shown.sessions
        if one.start_minute is not None and first <= one.start_minute < end
    )
    known = Known(shown.day, Part(first, end, len(sessions)), sessions)
    nothing = Known("", Part(None, MINUTES, 0), ())
    with programmes._store.reading() as generation:
        for clock in ("08:30", "09:00", "09:15", "09:20", "09:55", "10:50", "11:30", "23:40"):
            ways = [
                NowFinder(generation, shown.filters, shown.edition, one).find(moment(f"12T{clock}"))
                for one in (known, nothing)
            ]
            assert ways[0] == ways[1], clock
