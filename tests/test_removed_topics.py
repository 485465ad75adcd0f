"""Where every session of a topic is gone, asking for the topic is seldom judged strong.

Topics (tracks, tags) are removed one at a time; the name of each and the titles of its sessions are asked of
what is left, calibrated anew, with the base model.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from support.reading_sources import read

from loaders.embedding import vectors_of
from loaders.vector_cache import VectorCache
from service.encoder import Encoder
from service.query.query import Query
from service.search.searcher import Searcher
from service.session import Session
from service.settings import load_settings
from service.stores.edge.store import EdgeStore
from service.verdict.calibrate import calibrate

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("all_off_topic_queries")]

LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
MOST = 0.1
"""Share of the questions that may be judged strong."""
Topics = list[tuple[str, list[Session]]]


class Remover:
    """Asks for topics after their sessions were removed; embeds each text once, those of the cache never."""

    def __init__(
        self,
        sessions: Sequence[Session],
        encoder: Encoder,
        folder: Path,
        off_topic: Path,
        cache: VectorCache,
    ) -> None:
        self.sessions = sessions
        self._encoder = encoder
        self._folder = folder
        self._off_topic = off_topic
        self._embed = partial(vectors_of, encoder=encoder, cache=cache)

    def topics(self, least: int) -> Topics:
        """Return the tracks and tags with the sessions that have them, those of a few left out."""
        found: dict[str, list[Session]] = defaultdict(list)
        for session in self.sessions:
            for name in {session.track, *session.tags} - {""}:
                found[name].append(session)
        return sorted((name, some) for name, some in found.items() if len(some) >= least)

    def strong(self, topics: Topics) -> tuple[list[str], int]:
        """Return the questions that were judged strong, and how many were asked."""
        strong, asked = [], 0
        for name, gone in topics:
            left = [session for session in self.sessions if session not in gone]
            with self._open(left, name) as searcher:
                for question in [name, *dict.fromkeys(session.title for session in gone)]:
                    asked += 1
                    if searcher.search(Query(question, interpret=False)).verdict == "strong":
                        strong.append(f"{name}: {question}")
        return strong, asked

    @contextmanager
    def _open(self, sessions: Sequence[Session], name: str) -> Iterator[Searcher]:
        """Load the sessions into a store of their own."""
        store = EdgeStore(self._folder / name.replace("/", " "), "sessions")
        vectors = self._embed(sessions)
        with store.building(self._encoder.fingerprint, sessions=len(sessions)) as builder:
            builder.upsert(sessions, vectors)
            builder.commit(
                expected=len(sessions),
                sources=("test",),
                check=lambda generation: calibrate(
                    generation, self._encoder, self._embed, self._off_topic
                ),
            )
        yield Searcher(store, lambda _: self._encoder, off_topic=self._off_topic)
        store.close()


@pytest.fixture
def removal(
    fast: Callable[[str], Encoder], sample_data: Path, tmp_path: Path
) -> Iterator[Callable[[Sequence[Session]], Remover]]:
    encoder, kept = fast("int8"), load_settings(data_dir=sample_data).files.off_topic
    shutil.copy(sample_data / "vectors.sqlite", tmp_path)
    with closing(VectorCache(tmp_path / "vectors.sqlite", encoder.fingerprint)) as cache:
        yield lambda sessions: Remover(sessions, encoder, tmp_path / "removal", kept, cache)


def test_topics_removed_from_the_sample_summit(
    removal: Callable[[Sequence[Session]], Remover], sample_searcher: Searcher
) -> None:
    """One of its topics; six under CONFERENCE_HELPER_TEST_LONG."""
    first, step, least = (0, 4, 40) if LONG else (4, 100, 20)
    with sample_searcher.store.reading() as generation:
        remover = removal([session for some, _ in generation.scan() for session in some])
    strong, asked = remover.strong(list(islice(remover.topics(5), first, None, step)))
    assert asked > least
    assert len(strong) <= MOST * asked, strong


def test_tracks_removed_from_a_real_programme(
    shared_data: Callable[[str], Path], removal: Callable[[Sequence[Session]], Remover]
) -> None:
    """One track of an early FOSDEM; under CONFERENCE_HELPER_TEST_LONG more, of one four times its size."""
    year, step, least = (2019, 8, 40) if LONG else (2007, 100, 10)
    source = shared_data(f"fosdem/schedule_{year}.xml")
    remover = removal(read(source, timezone="Europe/Brussels").sessions)
    strong, asked = remover.strong(list(islice(remover.topics(10), 0, None, step)))
    assert asked > least
    assert len(strong) <= MOST * asked, strong
