"""Who asks for a title gets its session first, however many others repeat it."""

from collections.abc import Callable

import pytest
from support.fakes import BagOfWords
from support.stores import Written, talk

from service.query.query import Query
from service.search.searcher import Searcher
from service.session import Session
from service.stores.protocol import Mode

TITLE = "Tracing queues in production"
LONG = "We tell what we did in the last years and why, with many words of other things. " * 30


def repeated(number: int) -> Session:
    """Return another session that has the title in a short abstract, again and again."""
    return talk(number, title=f"Workshop {number}", abstract=f"{TITLE}. " * 4)


def part(number: int) -> Session:
    return talk(number, title=f"{TITLE} (part {number})", abstract=f"{TITLE}, continued. {TITLE}.")


def quoted(number: int) -> Session:
    return talk(number, title=f'After "{TITLE}": questions {number}', abstract=TITLE)


@pytest.mark.parametrize("others", [repeated, part, quoted])
@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_the_session_with_the_title_stands_first(
    written: Written, mode: Mode, others: Callable[[int], Session]
) -> None:
    asked = talk(900, title=TITLE, abstract=LONG)
    store = written([*map(others, range(80)), asked])
    searcher = Searcher(store, lambda fingerprint: BagOfWords())
    for question in (TITLE, TITLE.upper(), f"{TITLE}?"):
        found = searcher.search(Query(question, mode=mode, interpret=False)).results
        assert found[0].session == asked


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_it_stands_before_the_sessions_of_a_speaker_in_its_title(
    written: Written, mode: Mode
) -> None:
    """Twice named, twice boosted: the speakers' own sessions repeat the title."""
    title = "Remembering Ana Ruiz and Ola Berg"
    others = [
        talk(number, title=f"Session {number}", abstract=title, speakers=("Ana Ruiz", "Ola Berg"))
        for number in range(40)
    ]
    asked = talk(900, title=title, abstract=LONG, speakers=("Kim Park",))
    store = written([*others, asked])
    searcher = Searcher(store, lambda fingerprint: BagOfWords())
    found = searcher.search(Query(title, mode=mode)).results
    assert found[0].session == asked


def test_a_title_of_one_common_word_is_found_among_many(written: Written) -> None:
    many = [
        talk(number, title=f"Queues {number}", abstract="Queues, queues.") for number in range(90)
    ]
    asked = talk(900, title="Queues", abstract=LONG)
    store = written([*many, asked])
    searcher = Searcher(store, lambda fingerprint: BagOfWords())
    results = searcher.search(Query("queues", limit=5)).results
    assert results[0].session == asked
    assert len({result.session.id for result in results}) == 5
