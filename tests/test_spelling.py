"""Questions in the catalogue's spelling: what is corrected, and what is left alone."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.manifests import forget_digests
from support.stores import ENCODER, talk, write

from service.query.analysis import Analysis
from service.query.facet_cache import FacetCache
from service.query.names import SpeakerIndex
from service.query.query import Query
from service.query.spelling import Speller
from service.search.searcher import Searcher
from service.stores.edge.store import EdgeStore
from service.stores.protocol import Generation
from service.stores.vocabulary import Vocabulary

TEXTS = [
    (
        "Kubernetes networking",
        "Kubernetes clusters, observability and their networking",
        "Zoë Müller",
    ),
    ("Kubernetes in production", "Running kubernetes, a11y and accessibility", "Daniel Stenberg"),
    (
        "SQLite inside",
        "How sqlite stores rows, over IPv6 and behind a firewall",
        "Alexey Milovidov",
    ),
    ("Nextcloud", "Your own nextcloud, a data pipeline with Michal", "Linus Torvalds"),
    (
        "Asyncio and numpy",
        "Python with asyncio, numpy, and the clock of the k3s cluster",
        "Danial Karimi",
    ),
    ("健康データ分析", "Straße und Übung", "Jörg Poettering"),
    (".NET for everybody", "Dotnet and internationalization of the web", "John Smith"),
    ("The open source web", "A web of open source, in the next cloud region", "Ann O'Neill"),
]
SESSIONS = [
    talk(number, title, abstract=abstract, speakers=(speaker,))
    for number, (title, abstract, speaker) in enumerate(TEXTS)
]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeStore]:
    store = EdgeStore(tmp_path_factory.mktemp("spelling"), "sessions")
    write(store, SESSIONS)
    yield store
    store.close()


@pytest.fixture(scope="module")
def generation(catalogue: EdgeStore) -> Iterator[Generation]:
    with catalogue.reading() as generation:
        yield generation


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return Analysis(FacetCache())


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("kuberntes", "kubernetes"),
        ("Kuberntes netwroking", "Kubernetes networking"),
        ("KUBERNTES", "KUBERNETES"),
        ("ukbernetes", "kubernetes"),  # another first letter
        ("observbility of clsuters", "observability of clusters"),
        ("how do I run kubernetis in prodcution?", "how do I run kubernetes in production?"),
        ("intrnationalisation", "internationalization"),  # two typos in a long word
        ("nupmy and asincio", "numpy and asyncio"),
        ("Pyhton", "Python"),
        ("iLnux, pyhton", "iLnux, python"),
        ("Milovidow", "Milovidov"),
        ("danial stenburg", "Daniel Stenberg"),  # danial is known
        ("curl by danial stenburg", "curl by Daniel Stenberg"),
        ("jhon smiht", "John Smith"),  # a short part
        ("Jhon F. Smith", "John F. Smith"),
        ("Linus Torwalds", "Linus Torvalds"),
        ("danial stenberg", "Daniel Stenberg"),  # both are known, of two people
        ("mueller", "Müller"),
        ("Mueller", "Müller"),
        ("uebung", "ubung"),
        ("Pöttering", "Poettering"),
        ("sql lite", "sqlite"),
        ("ipv 6", "ipv6"),
        ("IPv 6 fire wall", "IPv6 firewall"),
        ("fire wall", "firewall"),
        ("datapipeline", "data pipeline"),
        ("a11y", "a11y accessibility"),
        ("i18n for all", "internationalization for all"),
        ("o11y", "observability"),
        ("k8s", "kubernetes"),
        (".NET core", ".NET dotnet core"),
    ],
)
def test_corrected(analysis: Analysis, generation: Generation, typed: str, corrected: str) -> None:
    assert analysis.correct(generation, typed) == corrected


@pytest.mark.parametrize(
    "question",
    [
        "kubernetes networking",
        "networks",  # of the same stem
        "networked clusters",
        "clock",
        "block",  # English: no typo of clock
        "roller coaster",
        "containerised multiprocessing",  # made of English words
        "coks cats",  # too short
        '"kuberntes netwroking"',
        "„kuberntes“",
        "kuberntes_netwroking",
        "kuberntes.io/netwroking",
        "me@kuberntes.io",
        "KUBERNTES for all",  # an acronym, as far as we know
        "which about gegen contre sobre",  # stop words
        "shouldnt",
        "una clocka de los relojes",  # Spanish
        "k3s",
        "h2o",
        "numpy asyncio python",
        "健康",
        "健庫データ",
        "Straße",
        "strasse",
        "open source",  # open source is not written together
        "next cloud",  # written apart too
        "Running kubernetes, a11y and accessibility",  # as a session has it
        "2026",
        "Michael",  # no Michal
        "wie funktioniert eigentlich Datenhaltung im Großrechner",  # another language
        "John Smith",
        "?",
    ],
)
def test_left_alone(analysis: Analysis, generation: Generation, question: str) -> None:
    assert analysis.correct(generation, question) is None


def test_protected_parts_stay(analysis: Analysis, generation: Generation) -> None:
    text = "kuberntes netwroking"
    assert analysis.correct(generation, text, [(0, 9)]) == "kuberntes networking"
    assert analysis.correct(generation, text, [(0, 9), (10, 20)]) is None
    assert analysis.correct(generation, text, [(12, 13)]) == "kubernetes netwroking"


@pytest.mark.parametrize(
    "garbage",
    [
        "xq" * 1000,
        " ".join(f"qxz{chr(97 + n % 26)}{chr(97 + n // 26)}wv" for n in range(250)),
        "a.b" * 660,
        "(" * 1999 + "a",
        '"' * 2000,
        "kuberntes " * 200,
    ],
)
def test_garbage_takes_no_time(analysis: Analysis, generation: Generation, garbage: str) -> None:
    analysis.correct(generation, "raedy")
    times = []
    for _ in range(3):
        started = time.process_time()
        analysis.correct(generation, garbage)
        times.append(time.process_time() - started)
    assert (
        min(times) < 0.5
    )  # 1 to 3 ms where nothing else runs, 33 on a busy machine under coverage


def test_a_correction_is_no_longer_than_a_question_may_be(
    analysis: Analysis, generation: Generation
) -> None:
    assert analysis.correct(generation, "k8s " * 300) is None


def speller(counts: dict[str, int], *, sessions: int = 10, is_complete: bool = True) -> Speller:
    return Speller(Vocabulary(counts, is_complete), SpeakerIndex(()), sessions=sessions)


def test_the_frequent_one_wins_only_clearly(generation: Generation) -> None:
    assert speller({"ramble": 9, "rumble": 3}).correct(generation, "rqmble") == "ramble"
    assert speller({"ramble": 8, "rumble": 3}).correct(generation, "rqmble") is None


def test_in_a_large_catalogue_one_session_is_no_evidence(generation: Generation) -> None:
    question = "how to run kuberntes at home"
    assert speller({"kubernetes": 10}, sessions=20_000).correct(generation, question) is None
    assert speller({"kubernetes": 11}, sessions=20_000).correct(generation, question)
    assert speller({"observable": 1}, sessions=20_000).correct(generation, "what is obsrvable here")
    for least, question in ((3, "run kuberntes"), (1, "K. Kuberntes")):
        assert speller({"kubernetes": least}, sessions=20_000).correct(generation, question)
        fewer = {"kubernetes": least - 1} if least > 1 else {}
        assert speller(fewer, sessions=20_000).correct(generation, question) is None


def test_a_word_beyond_the_vocabulary_is_known_to_the_store(generation: Generation) -> None:
    assert speller({"milovidova": 1}).correct(generation, "milovidov") == "milovidova"
    bounded = speller({"milovidova": 1}, is_complete=False)
    assert bounded.correct(generation, "milovidov") is None
    assert bounded.correct(generation, "milovidova x milvidova") == "milovidova x milovidova"


def test_a_numeronym_of_two_words_is_left_alone(generation: Generation) -> None:
    assert speller({"condition": 3, "collision": 2}).correct(generation, "c7n") is None
    assert speller({"automatically": 9, "accessibility": 1}).correct(generation, "a11y") == (
        "accessibility"
    )


def test_each_generation_has_its_speller(tmp_path: Path, analysis: Analysis) -> None:
    store, asked = EdgeStore(tmp_path, "sessions"), Analysis(FacetCache())
    for title, wanted in (("Zeppelin", "zeppelin"), ("Zeppelins again", "zeppelins")):
        write(store, [talk(1, title)])
        with store.reading() as generation:
            assert asked.correct(generation, "zepelin") == wanted or wanted == "zeppelins"
            assert asked.correct(generation, f"{wanted[:-2]}x{wanted[-1]}") is not None
    store.close()


def test_without_a_vocabulary_nothing_is_corrected(tmp_path: Path) -> None:
    store = EdgeStore(tmp_path, "sessions")
    write(store, SESSIONS)
    next(tmp_path.rglob("words")).unlink()
    forget_digests(tmp_path)
    with store.reading() as generation:
        assert Analysis(FacetCache()).correct(generation, "kuberntes") is None
    store.close()


def test_an_answer_says_what_was_searched(catalogue: EdgeStore) -> None:
    searcher = Searcher(catalogue, lambda _: ENCODER)
    answer = searcher.search(Query("kuberntes netwroking"))
    assert answer.corrected is not None
    assert answer.corrected.as_dict() == {
        "from": "kuberntes netwroking",
        "to": "kubernetes networking",
    }
    assert answer.query == "kuberntes netwroking"
    assert answer.results == searcher.search(Query("kubernetes networking")).results
    as_typed = searcher.search(Query("kuberntes netwroking", interpret=False))
    assert as_typed.corrected is None
    assert as_typed.results != answer.results
    counts = searcher.facets(Query("kuberntes netwroking"))
    assert counts == searcher.facets(Query("kubernetes networking"))
