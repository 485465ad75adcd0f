"""Counts of values that are kept: those asked for last, and never more than fit."""

from pathlib import Path

import pytest
from support.stores import talk, write

from service.filters import Filters, Value
from service.query import facet_cache as values
from service.query.facet_cache import FacetCache
from service.search.searcher import Searcher
from service.stores.edge.generation import EdgeGeneration
from service.stores.edge.store import EdgeStore


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The facets that a store was asked to count."""
    asked: list[str] = []
    counts = EdgeGeneration.counts

    def noted(self: EdgeGeneration, field: str, filters: Filters) -> list[tuple[Value, int]]:
        asked.append(field)
        return counts(self, field, filters)

    monkeypatch.setattr(EdgeGeneration, "counts", noted)
    return asked


def test_what_was_counted_is_not_counted_again(
    loaded: tuple[EdgeStore, Searcher], counted: list[str]
) -> None:
    known = FacetCache()
    with loaded[0].reading() as generation:
        assert known.count(generation, "year") == known.count(generation, "year")
        known.count(generation, "year", Filters(event=("Summit",)))
    assert counted == ["year", "year"]


def test_only_so_many_values_are_kept(
    loaded: tuple[EdgeStore, Searcher], counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "VALUES_KEPT", 3)  # a list of two and what it takes itself
    known = FacetCache()
    with loaded[0].reading() as generation:
        for name in ("year", "year", "event", "year"):
            assert len(known.count(generation, name)) == 2
        assert counted == ["year", "event", "year"]
        for _ in range(2):  # too many for ever being kept
            assert len(known.count(generation, "speaker")) == 3
    assert counted == ["year", "event", "year", "speakers", "speakers"]


def test_part_of_a_name_stands_for_the_names_that_have_it(tmp_path: Path) -> None:
    names = ["Daniel Stenberg", "Ada Stenberg-Lindström", "Berg"]
    store = EdgeStore(tmp_path, "sessions")
    write(store, [talk(n, speakers=(name,), track="Web Dev") for n, name in enumerate(names)])
    expected = {
        "Stenberg": names[:2],
        "lindstrom stenberg": names[1:2],
        "daniel stenberg": names[:1],
        "berg": names[2:],
        "Sten": ["Sten"],
        "?": ["?"],
    }
    with store.reading() as generation:
        for typed, known in expected.items():
            spelled = FacetCache().canonicalise(generation, Filters(speaker=(typed,)))
            assert sorted(map(str, spelled["speaker"])) == sorted(known), typed
        track = FacetCache().canonicalise(generation, Filters(track=("Web",)))
        assert track["track"] == ("Web",)
    store.close()
