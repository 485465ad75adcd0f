"""The relevance verdict from a load to page and command line."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from support.fakes import BagOfWords
from support.manifests import change_manifest
from support.programmes import Loading, row
from support.web_fixtures import open_loaded

from conference_helper.printing import print_answer
from service.encoder import Vectors
from service.filters import Filters
from service.query.query import Query
from service.ranking import weights_digest
from service.search.searcher import Searcher
from service.stores.copying import copy_catalogue
from service.stores.edge.store import EdgeStore
from service.verdict import off_topic
from service.verdict.off_topic import OffTopicQueries, OffTopicQuery, queries_digest
from service.web import create_app

TOPICS = ("harbour", "glacier", "orchard", "railway", "violin", "lantern", "pottery", "compass")


def programme(count: int = 40) -> list[dict[str, object]]:
    """Sessions on eight topics, each with words of its own."""
    return [
        row(
            number,
            title=f"The {TOPICS[number % 8]} of {TOPICS[number // 8]}{number}",
            abstract=f"Notes on {TOPICS[number % 8]} work: {TOPICS[number // 8]}{number} explained by those "
            f"who build it every day, with figures and mistakes from site {number} and its archive.",
        )
        for number in range(count)
    ]


@pytest.fixture
def searcher(loading: Loading) -> Searcher:
    loading.rows(programme())
    return Searcher(loading.store, lambda fingerprint: loading.encoder)


@pytest.fixture(scope="module")
def _calibrated(
    tmp_path_factory: pytest.TempPathFactory, every_off_topic_query: tuple[OffTopicQuery, ...]
) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp("calibrated")
    loading = Loading(EdgeStore(folder, "sessions"), folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(off_topic, "read_queries", lambda: every_off_topic_query)
        loading.rows(programme())
    yield loading
    loading.store.close()


@pytest.fixture
def calibrated(_calibrated: Loading, all_off_topic_queries: None) -> Searcher:
    """A searcher over the programme, which a load calibrated with every off-topic query."""
    return Searcher(_calibrated.store, lambda fingerprint: _calibrated.encoder)


def test_a_load_calibrates_and_answers_say_whether_they_fit(calibrated: Searcher) -> None:
    for mode in ("hybrid", "semantic", "keyword"):
        assert calibrated.search(Query("glacier of harbour1", mode=mode)).verdict in (
            "strong",
            "related",
        )
        assert calibrated.search(Query("how long do pandas sleep", mode=mode)).verdict == "none"
    answer = calibrated.search(Query("how long do pandas sleep"))
    assert len(answer.results) == 3
    assert answer.as_dict()["verdict"] == "none"
    assert calibrated.search(Query("pandas", filters=Filters(year=(1999,)))).verdict == "none"


def test_what_is_named_is_strong(searcher: Searcher) -> None:
    for question in ("Speaker Number7", '"from site 9 and its archive"', "The railway of harbour3"):
        assert searcher.search(Query(question)).verdict == "strong"


def test_a_catalogue_that_was_never_calibrated_says_nothing(tmp_path: Path) -> None:
    _, searcher = open_loaded(tmp_path)
    answer = searcher.search(Query("health analytics"))
    assert answer.verdict is None
    assert answer.as_dict()["verdict"] is None


@pytest.mark.parametrize("digest", [queries_digest, weights_digest])
def test_an_older_catalogue_is_calibrated_by_the_next_load(
    loading: Loading, digest: Callable[[], str]
) -> None:
    rows = programme()
    manifest = loading.rows(rows).manifest
    assert manifest is not None
    file = loading.folder / f"data/catalogues/sessions/generations/{manifest.generation}"
    change_manifest(file / "manifest.json")
    text = (file / "manifest.json").read_text("utf-8")
    (file / "manifest.json").write_text(text.replace(digest(), "0" * 16), "utf-8")
    store = loading.store = EdgeStore(loading.folder / "data", "sessions")
    searcher = Searcher(store, lambda fingerprint: loading.encoder)
    assert searcher.search(Query("glacier")).verdict is None
    loading.encoder.embedded.clear()
    outcome = loading.rows(rows)
    assert str(outcome.comparison).endswith("its verdicts are calibrated anew")
    assert searcher.search(Query("glacier")).verdict is not None
    assert loading.encoder.embedded == []
    assert loading.rows(rows).manifest == outcome.manifest
    store.close()


def test_a_copy_and_a_removal_keep_the_calibration(loading: Loading, tmp_path: Path) -> None:
    from loaders.sync import remove_event

    manifest = loading.rows([*programme(20), *(row(i, year=2025) for i in range(30, 35))]).manifest
    assert manifest is not None
    target = EdgeStore(tmp_path / "copy", "sessions")
    assert copy_catalogue(loading.store, target).calibration == manifest.calibration
    target.close()
    assert remove_event(loading.store, "Summit", 2025).calibration == manifest.calibration


def test_off_topic_queries_are_embedded_once_for_an_encoder(
    searcher: Searcher, query_batches: list[int]
) -> None:
    searcher.warm_up()
    searcher.search(Query("glacier"))
    searcher.search(Query("harbour"))
    asked = ["ready", "glacier", "harbour"]
    assert sum(query_batches) == len(off_topic.read_queries()) + len(asked)


def test_page_and_command_line_say_that_nothing_fits(
    calibrated: Searcher, capsys: pytest.CaptureFixture[str]
) -> None:
    client = create_app(calibrated).test_client()
    assert "No session found that fits" in client.get("/?q=how+long+do+pandas+sleep").text
    assert "No session found that fits" not in client.get("/?q=glacier+of+harbour1").text
    filtered = client.get("/?q=how+long+do+pandas+sleep&year=2026").text
    assert "Nothing that passes these filters fits" in filtered
    assert client.get("/api/search?q=how+long+do+pandas+sleep").json["verdict"] == "none"  # type: ignore[index]  # it is JSON
    print_answer(calibrated.search(Query("how long do pandas sleep")), filtered=False)
    said = capsys.readouterr().out
    assert said.startswith("Nothing in this programme fits. The nearest sessions:\n1. ")
    print_answer(calibrated.search(Query("how long do pandas sleep")), filtered=True)
    assert capsys.readouterr().out.startswith("Nothing that passes these filters fits.")


def test_what_is_asked_in_another_language_finds_nothing_for_that_reason(
    calibrated: Searcher,
) -> None:
    """The programme names no language: its abstracts tell it."""
    german = calibrated.search(Query("wie lange schlafen eigentlich die Pandabären"))
    assert (german.verdict, german.in_other_language) == ("none", True)
    assert german.notes == ("The programme is in English.",)
    on_a_day = calibrated.search(Query("wie lange schlafen Pandas am Sonntag"))
    assert on_a_day.understood, "its day is not searched for, but tells the language"
    assert "The programme is in English." in on_a_day.notes
    english = calibrated.search(Query("how long do pandas sleep"))
    assert (english.verdict, english.in_other_language, english.notes) == ("none", False, ())
    page = create_app(calibrated).test_client().get("/?q=wie+lange+schlafen+die+Pandas").text
    assert "The programme is in English." in page
    assert "No session found that fits" not in page


def test_off_topic_is_what_is_searched_or_what_was_typed(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[Vectors] = []
    similarity = OffTopicQueries.similarity

    def note(queries: OffTopicQueries, vector: Vectors, *, excluding: Sequence[int] = ()) -> float:
        looked_at.append(vector)
        return similarity(queries, vector, excluding=excluding)

    monkeypatch.setattr(OffTopicQueries, "similarity", note)
    typed, searched = BagOfWords().encode_queries(["glacier on 12 May 2026", "glacier"])
    answer = searcher.search(Query("glacier on 12 May 2026"))
    assert [one.kind for one in answer.understood] == ["day"]
    assert np.allclose(looked_at, [searched, typed])
    looked_at.clear()
    searcher.search(Query("glacier"))
    assert np.allclose(looked_at, [searched])
