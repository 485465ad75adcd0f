"""The load as a whole: what it plans, embeds, keeps, refuses and survives."""

import json
import sqlite3
import sys
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from support.fakes import BagOfWords
from support.manifests import change_manifest
from support.programmes import Loading, row, write_csv

from loaders.records.record import Options
from loaders.sync import remove_event
from service.errors import (
    InputError,
    LockedError,
    MismatchError,
    NothingLoadedError,
    RefusedError,
)
from service.filters import NO_FILTERS
from service.stores.edge.store import EdgeStore


def test_load_change_load_touches_only_what_changed(loading: Loading) -> None:
    first = [row(number) for number in range(100)]
    outcome = loading.rows(first)
    assert str(outcome.comparison) == "100 new, 0 changed (0 embedded again), 0 gone, 0 same"
    assert len(loading.encoder.embedded) == 100
    with loading.store.reading() as generation:
        before = {item.id for item in generation.hashes()}

    second = first[2:] + [row(number) for number in range(100, 112)]
    for position in range(3):
        second[position] = {**second[position], "abstract": f"Rewritten {position}."}
    for position in range(3, 7):
        second[position] = {**second[position], "room": "Moved"}
    loading.encoder.embedded.clear()
    outcome = loading.rows(second)
    assert str(outcome.comparison) == "12 new, 7 changed (3 embedded again), 2 gone, 91 same"
    assert len(loading.encoder.embedded) == 15
    with loading.store.reading() as generation:
        after = {item.id for item in generation.hashes()}
        moved = [s for some, _ in generation.scan() for s in some if s.room == "Moved"]
        rewritten = generation.search(
            loading.encoder.encode_queries(["Title number2. Rewritten 0."])[0], 1, NO_FILTERS
        )
    assert len(after & before) == 98
    assert len(moved) == 4
    assert rewritten[0].score == pytest.approx(1, abs=1e-5)


def test_the_same_file_again_embeds_and_writes_nothing(loading: Loading) -> None:
    rows = [row(number) for number in range(20)]
    served = loading.rows(rows).manifest
    loading.encoder.embedded.clear()
    again = loading.rows(list(reversed(rows)))
    assert str(again.comparison) == "0 new, 0 changed (0 embedded again), 0 gone, 20 same"
    assert again.manifest == served
    assert loading.encoder.embedded == []


@pytest.mark.slow
def test_an_unchanged_load_adds_what_was_removed_or_rolled_back_since(loading: Loading) -> None:
    loading.rows([row(1, event="Other")])
    rows = [row(number) for number in range(3)]
    loading.rows(rows)
    remove_event(loading.store, "Summit", 2026)
    assert loading.rows(rows).comparison.plan.new == 3
    loading.rows(rows[:2])
    loading.store.rollback()
    assert loading.rows(rows).comparison.is_empty
    assert loading.rows(rows[:2]).comparison.plan.gone == 1


def test_standard_input_is_read_by_each_load(
    loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.dumps([{"title": "A", "id": 1, "event": "E", "year": 2026}]).encode()
    for new in (1, 0):
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(content)))
        assert loading.files(Path("-")).comparison.plan.new == new


def test_other_events_and_years_are_left_alone(loading: Loading) -> None:
    loading.rows([row(number, year=2025) for number in range(12)])
    outcome = loading.rows([row(number) for number in range(3)])
    assert outcome.comparison.plan.other_events == 12
    assert loading.count() == 15


def test_dry_run_writes_nothing(loading: Loading, tmp_path: Path) -> None:
    outcome = loading.rows([row(1)], dry_run=True)
    assert outcome.comparison.plan.new == 1
    assert loading.encoder.embedded == []
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "vectors.sqlite").exists()
    with pytest.raises(NothingLoadedError):
        loading.store.manifest()


def test_a_mass_removal_is_refused_unless_allowed(loading: Loading) -> None:
    loading.rows([row(number) for number in range(10)])
    with pytest.raises(
        RefusedError, match=r"3 of the 10 sessions of Summit 2026.*--allow-removals"
    ):
        loading.rows([row(number) for number in range(7)])
    assert loading.count() == 10
    loading.rows([row(number) for number in range(8)])
    assert loading.count() == 8
    loading.rows([row(1)])  # fewer than ten sessions are not guarded
    assert loading.count() == 1


def test_a_mass_removal_can_be_allowed(loading: Loading) -> None:
    loading.rows([row(number) for number in range(10)])
    loading.rows([row(1)], allow_removals=True)
    assert loading.count() == 1


def test_another_encoder_embeds_everything_anew(loading: Loading) -> None:
    loading.rows([row(number, year=2025) for number in range(5)])
    loading.encoder = BagOfWords(weights="tuned")
    outcome = loading.rows([row(number) for number in range(3)])
    assert "the encoder changed: all 8 embedded anew" in str(outcome.comparison)
    assert len(loading.encoder.embedded) == 5  # three texts stand in both years
    assert loading.store.manifest().encoder.weights == "tuned"
    assert loading.count() == 8


def test_vectors_of_an_interrupted_load_are_used_by_the_next(loading: Loading) -> None:
    rows = [row(number) for number in range(300)]

    class Interrupted(BagOfWords):
        def encode_sessions(self, texts: object) -> object:  # type: ignore[override]  # any texts will do
            if len(self.embedded) >= 128:
                raise KeyboardInterrupt
            return super().encode_sessions(texts)  # type: ignore[arg-type]  # they are passed on

    loading.encoder = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        loading.rows(rows)
    loading.encoder = BagOfWords()
    loading.rows(rows)
    assert len(loading.encoder.embedded) == 300 - 256
    assert loading.count() == 300


def test_a_damaged_cache_is_set_aside_and_said(
    loading: Loading, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"not a database, but long enough to be one" * 100)
    loading.rows([row(1)])
    assert loading.count() == 1
    assert "set aside" in caplog.text
    assert (tmp_path / "vectors.damaged").exists()


def test_the_cache_forgets_what_was_used_longest_ago(
    loading: Loading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.vector_cache.VectorCache.trim.__defaults__", (5,))
    loading.rows([row(number) for number in range(20)])
    with sqlite3.connect(tmp_path / "vectors.sqlite") as db:
        assert db.execute("SELECT count(*) FROM vectors").fetchone() == (5,)
    db.close()


def test_the_same_row_twice_is_one_session(loading: Loading) -> None:
    outcome = loading.rows([row(1), row(1), row(2)])
    assert outcome.report.as_dict()["skipped"] == {"read twice": 1}
    assert (outcome.report.read, outcome.report.accepted, loading.count()) == (3, 2, 2)


def test_sittings_of_one_id_are_told_apart_whatever_their_order(loading: Loading) -> None:
    morning, evening = row(1), row(1, start="2026-05-12T18:00:00+02:00")
    silent = row(1, start="", room="")
    other = row(1, start="", room="", abstract="Another talk under the same number.")
    loading.rows([morning, evening, silent, other])
    with loading.store.reading() as generation:
        ids = {item.id for item in generation.hashes()}
    assert len(ids) == 4
    outcome = loading.rows([other, evening, silent, morning])
    assert outcome.comparison.is_empty


def test_two_talks_of_one_title_never_share_a_vector(loading: Loading) -> None:
    loading.rows([row(1, id="", title="Welcome", abstract="To the dogs."),
                  row(1, id="", title="Welcome", abstract="To the cats.", room="Other")])  # fmt: skip
    with loading.store.reading() as generation:
        found = generation.search(
            loading.encoder.encode_queries(["Welcome. To the cats."])[0], 2, NO_FILTERS
        )
    assert [hit.session.abstract for hit in found] == ["To the cats.", "To the dogs."]
    assert found[0].score == pytest.approx(1, abs=1e-5)


def test_a_second_loader_is_told_to_wait(loading: Loading, tmp_path: Path) -> None:
    other = EdgeStore(tmp_path / "data", "sessions")
    with other.lock(), pytest.raises(LockedError, match="try again"):
        loading.rows([row(1)])


def test_a_session_without_event_or_year_is_refused_with_the_remedy(loading: Loading) -> None:
    with pytest.raises(InputError, match="--event NAME"):
        loading.rows([row(1, event="")])
    with pytest.raises(InputError, match="--year YEAR"):
        loading.rows([row(1, year="", start="")])
    path = write_csv(loading.folder / "bare.csv", [row(1, event="", year="")])
    loading.files(path, options=Options(event="Given", year=2030))
    assert [(e.event, e.year) for e in loading.store.manifest().events] == [("Given", 2030)]


def test_sessions_without_abstract_are_counted_as_thin(loading: Loading) -> None:
    outcome = loading.rows([row(1), row(2, abstract="TBA")])
    assert outcome.report.without_abstract == 1
    assert "no abstract" in "\n".join(loading.said)


def test_progress_is_given_every_session_to_embed(loading: Loading) -> None:
    from loaders.load import LoadRequest, run

    seen: list[tuple[int, int]] = []
    path = write_csv(loading.folder / "p.csv", [row(number) for number in range(600)])
    run(
        LoadRequest(
            sources=(str(path),), options=Options(), cache_file=loading.folder / "v.sqlite"
        ),
        loading.store,
        lambda store: loading.encoder,
        say=lambda text: None,
        progress=lambda steps, total: [seen.append((step, total)) or step for step in steps],  # type: ignore[func-returns-value]  # None, so step follows
    )
    assert seen == [(256, 600), (256, 600), (88, 600)]


def test_longer_texts_are_encoded_first_and_together(loading: Loading) -> None:
    loading.rows([row(number, abstract="word " * number) for number in range(1, 80)])
    lengths = [len(text) for text in loading.encoder.embedded[:79]]
    assert lengths == sorted(lengths, reverse=True)


def test_a_rolled_back_generation_is_compared_against_next(loading: Loading) -> None:
    loading.rows([row(1)])
    loading.rows([row(1), row(2)])
    loading.store.rollback()
    outcome = loading.rows([row(1), row(2)])
    assert replace(outcome.comparison.plan, other_events=0) == outcome.comparison.plan
    assert (outcome.comparison.plan.new, outcome.comparison.plan.same) == (1, 1)


def test_a_catalogue_of_an_older_version_is_written_anew_from_its_vectors(
    loading: Loading, store: EdgeStore
) -> None:
    loading.rows([row(1), row(2)])
    manifest = next((loading.folder / "data").rglob("manifest.json"))
    change_manifest(manifest, schema=1, languages=[])
    reader = EdgeStore(loading.folder / "data", "sessions")
    with pytest.raises(MismatchError, match="nothing is embedded again"), reader.reading():
        pass
    loading.encoder.embedded.clear()
    loading.store = reader
    loading.rows([row(1), row(2)])
    assert "of an older version: all 2 written anew" in loading.said[-2]
    assert loading.encoder.embedded == []
    assert reader.manifest().schema == 2
    assert loading.count() == 2
    with pytest.raises(MismatchError, match="by an older version"):
        reader.rollback()
    assert reader.manifest().schema == 2
    served = next(
        file for file in (loading.folder / "data").rglob("manifest.json") if file != manifest
    )
    served.write_text("damaged")
    assert reader.rollback().schema == 1, "the only way out of what is damaged"
    reader.close()
