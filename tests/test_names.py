"""Speakers that a question names, and who reads them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from support.processes import STUCK_SECONDS
from support.web_fixtures import SESSIONS, open_loaded, write

from service.filters import NO_FILTERS, Filters
from service.query.analysis import Analysis
from service.query.facet_cache import Counts, FacetCache
from service.query.names import SpeakerIndex, is_one_typo
from service.query.query import Query
from service.stores.protocol import Generation

NAMES = SpeakerIndex(
    ["Zoë Brändström", "Alexandru Agachi", "James A. Bednar", "Nikos Li", "Will May", "Ng"]
)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("zoe brandstrom", ("Zoë Brändström",)),
        ("what says Brändström, Zoë?", ("Zoë Brändström",)),
        ("james bednar", ("James A. Bednar",)),
        ("James A. Bednar on plots", ("James A. Bednar",)),
        ("alexandru agachy", ("Alexandru Agachi",)),
        ("aelxandru agachi", ("Alexandru Agachi",)),
        ("alexandru agahi", ("Alexandru Agachi",)),
        ("aelxandru agachy", ()),
        ("nixos li", ()),
        ("will we see what may come", ()),
        ("agachi", ()),
        ("ng", ()),
        ("日本語", ()),
    ],
)
def test_speakers_named_in_full(question: str, named: tuple[str, ...]) -> None:
    assert NAMES.find_named(question) == named


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("berg", "berg", True),
        ("berg", "burg", True),
        ("berg", "bergs", True),
        ("begr", "berg", True),
        ("berg", "bu", False),
        ("berg", "gerb", False),
        ("bergen", "burgan", False),
    ],
)
def test_one_typo(one: str, other: str, expected: bool) -> None:
    assert is_one_typo(one, other) is expected
    assert is_one_typo(other, one) is expected


def test_while_one_thread_reads_the_speakers_others_go_on_with_those_before(
    tmp_path: Path,
) -> None:
    store, _ = open_loaded(tmp_path)
    slow, reading, done = threading.Event(), threading.Event(), threading.Event()

    class Slow(FacetCache):
        def count(self, generation: Generation, name: str, filters: Filters = NO_FILTERS) -> Counts:
            if slow.is_set():
                reading.set()
                done.wait(STUCK_SECONDS)
            return super().count(generation, name, filters)

    def named(question: str) -> tuple[str, ...]:
        with store.reading() as generation:
            return analysis.parse(generation, Query(question)).speakers

    analysis = Analysis(Slow())
    assert named("Ana Ruiz") == ("Ana Ruiz",)
    write(store, [replace(SESSIONS[0], speakers=("New Comer",))])
    slow.set()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(named, "New Comer")
        assert reading.wait(STUCK_SECONDS)
        assert named("Ana Ruiz") == ("Ana Ruiz",)
        done.set()
        assert first.result() == ("New Comer",)
    assert named("Ana Ruiz") == ()
    store.close()
