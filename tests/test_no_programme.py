"""Why no session passes the filters of a programme, and what is there instead."""

import pytest
from support.programme_days import SESSIONS, none
from support.stores import OpenStore, write

from service.errors import RefusedError
from service.filters import Filters
from service.programme.programmes import Programmes
from service.query.facet_cache import FacetCache
from service.stores.schema import payload_indexes


def test_why_no_session_passes(programmes: Programmes) -> None:
    event = none(programmes, event=["Sumit"])
    assert event.notes == ("No event here is called “Sumit”.",)
    assert [one.name for one in event.others] == ["Summit 2026"]
    assert event.edition is None
    year = none(programmes, event=["Summit"], year=[2031])
    assert year.notes == ("There are no sessions of Summit in 2031; there are in 2026.",)
    outside = none(programmes, event=["Summit"], day=["2026-06-01"])
    assert outside.notes == (
        "Summit 2026 has no session on Monday 1 June 2026; it is on "
        "Tuesday 12 May 2026 to Wednesday 13 May 2026.",
    )
    assert outside.days == (("2026-05-12", 10), ("2026-05-13", 1))
    foreign = none(programmes, event=["Summit"], track=["Maps"], room=["Hall B"])
    assert foreign.notes == ("Summit 2026 has no track “Maps”.",)
    assert foreign.lacking == ("track",)
    together = none(programmes, event=["Summit"], track=["Health"], room=["Hall B"])
    assert together.notes == ("No session of Summit 2026 passes all of these filters together.",)
    elsewhere = none(programmes, event=["Meetup"], track=["Maps"])
    assert [one.name for one in elsewhere.others] == ["Archive 2011"]
    undated = none(programmes, event=["Archive"], day=["2026-06-01"])
    assert "no day is known" in undated.notes[0]
    assert none(programmes, event=["Summit"], language=["de"]).notes == (
        "Summit 2026 has no language “German”.",
    )
    assert none(programmes, event=["Meetup"], min_minutes=[50]).lacking == ("min_minutes",)
    assert none(programmes, event=["Meetup"], fits=[str(SESSIONS[-2].id)]).notes == (
        "No session of Meetup 2026 fits the plan.",
    )


def test_values_that_attack_are_values_that_no_session_has(programmes: Programmes) -> None:
    for value in ("<script>", "' OR 1=1", "\x00", "a" * 5_000, "🎪", "{{7*7}}"):
        assert none(programmes, room=[value]).lacking == ("room",)


def test_a_catalogue_without_a_calendar_is_told(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {name: kind for name, kind in payload_indexes().items() if name != "calendar"}
    for module in ("edge.writing", "server.create", "server.store"):
        monkeypatch.setattr(f"service.stores.{module}.payload_indexes", lambda: known)
    store = open_store()
    write(store, SESSIONS[:1])
    with pytest.raises(RefusedError, match="before its programme could be shown"):
        Programmes(store, FacetCache()).find(Filters())
