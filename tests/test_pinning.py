"""What one request answers is of one generation, though others are switched to meanwhile."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.fakes import BagOfWords
from support.stores import OpenStore, session, write

from service.errors import StoreError
from service.search.pinning import PinnedStore
from service.search.searcher import Searcher
from service.stores.protocol import Generation, SessionStore
from service.web import create_app

REVISIONS = ("older", "newer")
MANY = range(12)


class Switching:
    """A store that serves another of its generations each time that it is opened."""

    def __init__(self, store: SessionStore) -> None:
        self.kind = store.kind
        self._store = store
        newest, oldest = store.generations()
        self._turns = itertools.cycle((oldest, newest))
        self.open = 0
        self.opened = 0

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        self.open += 1
        self.opened += 1
        try:
            with self._store.opening(next(self._turns)) as generation:
                yield generation
        finally:
            self.open -= 1

    def manifest(self):  # type: ignore[no-untyped-def]  # as the protocol says
        return next(self._turns)

    def check(self) -> None:
        return None


@pytest.fixture
def switching(open_store: OpenStore) -> Switching:
    store = open_store()
    for revision in REVISIONS:
        write(
            store,
            [
                session(number, title=f"Title{number} {revision}", room=f"Hall {revision}")
                for number in MANY
            ],
        )
    return Switching(store)


def test_no_answer_mixes_two_generations(switching: Switching) -> None:
    client = create_app(Searcher(switching, lambda fingerprint: BagOfWords())).test_client()
    id, other = (str(session(number).id) for number in (1, 3))
    paths = (
        "/",
        "/?q=common",
        "/?q=title1+in+Hall+older",
        "/programme",
        "/programme/rooms",
        f"/sessions/{id}",
        f"/sessions/{id}/similar",
        f"/plan?ids={id},{other}",
        f"/api/plan?ids={id},{other}",
        "/api/search?q=common&limit=12",
        "/api/facets?q=common",
        "/programme.ics",
        f"/sessions/{id}.ics",
        "/calendar",
    )
    seen = set()
    for path in paths * 2:
        before = switching.opened
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert switching.opened - before <= 1, path
        assert switching.open == 0
        told = {revision for revision in REVISIONS if f'"Hall {revision}"' in answer.text}
        told |= {revision for revision in REVISIONS if f"{revision}</a>" in answer.text}
        assert len(told) <= 1, path
        seen |= told
    assert seen == set(REVISIONS)


def test_a_generation_stays_open_for_its_last_reader(switching: Switching) -> None:
    store = PinnedStore(switching)
    with store.pinned(), store.pinned():
        assert switching.opened == 0
        outlasting = store.reading()
        generation = outlasting.__enter__()
        with store.reading() as again:
            assert again is generation
        assert store.manifest() == generation.manifest
    assert switching.open == 1
    with store.reading() as other:
        assert other.manifest != generation.manifest
    outlasting.__exit__(None, None, None)
    assert switching.open == 0


def test_the_store_is_told_of_trouble_that_was_met(switching: Switching) -> None:
    told: list[BaseException] = []

    class Telling(Switching):
        @contextmanager
        def reading(self) -> Iterator[Generation]:
            try:
                with Switching.reading(self) as generation:
                    yield generation
            except StoreError as error:
                told.append(error)
                raise

    switching.__class__ = Telling
    store, gone = PinnedStore(switching), StoreError("It is gone.")
    with store.pinned():
        with pytest.raises(StoreError), store.reading():
            raise gone
        assert not told
    assert told == [gone]
