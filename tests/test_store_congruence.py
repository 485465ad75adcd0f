"""The same operations on the embedded store and on a server's client give the same answers."""

import contextlib
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.stores import ENCODER, KINDS, OpenStore, opening, talk, write

from service.filters import FACETS, NO_FILTERS, Filters
from service.session import STATUSES, Session
from service.stores.protocol import SessionStore

_WORDS = "health data maps trees wards sleep tests birds trains music law rain".split()  # noqa: SIM905  # shorter to read


_VIENNA = ZoneInfo("Europe/Vienna")


def programme(seed: int, count: int = 120) -> list[Session]:
    """Sessions of random words, tracks, years, speakers and times, of which some are local and some off."""
    pick = random.Random(seed)
    start = datetime(2026, 5, 12, 9)
    starts = [start + timedelta(minutes=30 * slot) for slot in range(6)]
    times = [None, *starts, *(one.replace(tzinfo=_VIENNA) for one in starts)]
    return [
        talk(
            number,
            " ".join(pick.choices(_WORDS, k=5)),
            abstract=" ".join(pick.choices(_WORDS, k=pick.randrange(30))),
            year=pick.choice([2024, 2025, 2026]),
            track=pick.choice(["", "Health", "Data", "Maps"]),
            level=pick.choice(["Beginner", "Advanced"]),
            language=pick.choice(["en", "de", "fr"]),
            speakers=tuple(pick.sample(["Ana", "Bo", "Cy", "Di"], k=pick.randrange(3))),
            starts_at=pick.choice(times),
            cancelled=pick.random() < 0.2,
        )
        for number in range(count)
    ]


def answers(store: SessionStore) -> tuple[list[Any], list[float]]:
    """Everything that a reader can ask, made comparable, and the scores."""
    pick = random.Random(1)
    got: list[Any] = []
    scores: list[float] = []
    with store.reading() as generation:
        for _ in range(20):
            filters = Filters(
                year=tuple(pick.sample([2024, 2025, 2026], k=pick.randrange(3))),
                track=tuple(pick.sample(["Health", "Data", "Maps"], k=pick.randrange(3))),
                speaker=tuple(pick.sample(["Ana", "Bo"], k=pick.randrange(2))),
                status=tuple(pick.sample(STATUSES, k=pick.randrange(3))),
            )
            vector = ENCODER.encode_queries([" ".join(pick.choices(_WORDS, k=3))])[0]
            hits = generation.search(vector, 200, filters)
            hits.sort(key=lambda hit: str(hit.session.id))
            got.append([hit.session for hit in hits])
            scores.extend(hit.score for hit in hits)
            got.append(generation.count(filters))
            got.append(generation.facets(FACETS, filters))
            got.append(generation.programme(filters, pick.randrange(1, 60)))
        got.append(sorted(generation.hashes(), key=lambda known: str(known.id)))
        ids = sorted((known.id for known in got[-1]), key=str)
        got.append(generation.get(ids[::3]))
        got.append(generation.count(NO_FILTERS))
        got.append(generation.calendar())
    manifest = store.manifest()
    kept = len(store.generations())
    return [*got, manifest.sessions, manifest.events, manifest.encoder, kept], scores


def check_same(one: SessionStore, other: SessionStore) -> None:
    (got, scores), (other_got, other_scores) = answers(one), answers(other)
    assert got == other_got
    assert scores == pytest.approx(other_scores, abs=1e-5)


@contextlib.contextmanager
def pair(
    kind: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[OpenStore, OpenStore]]:
    with opening("embedded", folder, request) as one, opening(kind, folder, request) as other:
        yield one, other


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS[1:])
def test_same_operations_same_answers(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with pair(kind, tmp_path, request) as (open_one, open_other):
        one, other = open_one(), open_other()
        for seed in (1, 2):
            for store in (one, other):
                write(store, programme(seed))
            check_same(one, other)
        for store in (one, other):
            store.rollback()
        check_same(one, other)
