"""Verifying: what indexes count and find, vectors against digests, and with --deep all of it computed anew."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from qdrant_client import QdrantClient, models
from support.fakes import BagOfWords
from support.manifests import forget_digests, generation_folder
from support.stores import ENCODER, SESSIONS, session, store_on, write

from conference_helper.cli import main
from service.errors import MismatchError, VerificationError
from service.filters import Filters
from service.stores.deep_check import DeepCheck
from service.stores.edge.generation import EdgeGeneration
from service.stores.edge.store import EdgeStore
from service.stores.protocol import SessionStore
from service.stores.server.store import ServerStore
from service.stores.vector_sample import SIZE, choose_sample
from service.stores.verification import verify


def steps(counts: Iterable[int], total: int) -> Iterator[int]:
    yield from counts


DEEP = DeepCheck(ENCODER, steps)


def test_what_is_sound_is_so_in_every_store(filled: SessionStore) -> None:
    manifest = verify(filled, DEEP)
    assert manifest == filled.manifest()
    assert manifest.is_recorded


@pytest.mark.parametrize("written", ["embedded"], indirect=True)
@pytest.mark.parametrize("name", ["track", "speaker", "day", "from", "fits"])
def test_an_index_that_finds_less_is_told(
    filled: SessionStore, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    count = EdgeGeneration.count

    def lose(generation: EdgeGeneration, filters: Filters) -> int:
        return max(0, count(generation, filters) - (name in filters))

    monkeypatch.setattr(EdgeGeneration, "count", lose)
    with pytest.raises(VerificationError, match=f"filtering by {name} does not find"):
        verify(filled)


@pytest.mark.parametrize("written", ["embedded"], indirect=True)
def test_values_that_are_counted_otherwise_are_told(
    filled: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = EdgeGeneration.counts

    def lose(generation: EdgeGeneration, field: str, filters: Filters) -> Any:
        return counts(generation, field, filters)[field == "room" :]

    monkeypatch.setattr(EdgeGeneration, "counts", lose)
    with pytest.raises(VerificationError, match="the values of room are not counted"):
        verify(filled)


@pytest.fixture
def client() -> QdrantClient:
    return QdrantClient(":memory:")


def on_server(client: QdrantClient) -> ServerStore:
    return store_on(client, in_place_from=0)


def test_a_vector_on_a_server_is_compared_with_its_digest(client: QdrantClient) -> None:
    store = on_server(client)
    manifest = write(store, SESSIONS)
    assert manifest.sample.keys() == {str(one.id) for one in SESSIONS}
    turned = -ENCODER.encode_sessions([SESSIONS[3].text])[0]
    client.update_vectors(
        manifest.generation,
        points=[models.PointVectors(id=str(SESSIONS[3].id), vector={"text": turned.tolist()})],
    )
    with pytest.raises(VerificationError, match=f"session {SESSIONS[3].id} has not the vector"):
        verify(on_server(client))


def test_the_sample_follows_changes_in_place(client: QdrantClient) -> None:
    store = on_server(client)
    before = write(store, SESSIONS)
    changed = session(3, title="Another")
    with store.updating(changes=0) or pytest.fail("not in place") as updater:
        updater.upsert([changed], ENCODER.encode_sessions([changed.text]))
        updater.remove([SESSIONS[5].id])
        after = updater.commit(expected=len(SESSIONS) - 1, sources=[])
    differing = {id for id in before.sample if before.sample[id] != after.sample.get(id)}
    assert differing == {str(SESSIONS[3].id), str(SESSIONS[5].id)}
    assert verify(on_server(client)) == after


def test_a_sample_is_small_and_the_same_in_any_order() -> None:
    digests = {str(number): f"{number * 7919 % 1000:03d}" for number in range(200)}
    sample = choose_sample(digests)
    assert len(sample) == SIZE
    assert choose_sample(dict(reversed(digests.items()))) == sample


@pytest.mark.slow
def test_a_vector_of_another_text_is_seen_by_a_deep_look(store: EdgeStore) -> None:
    vectors = ENCODER.encode_sessions([one.text for one in SESSIONS])
    vectors[4] = -vectors[4]
    with store.building(ENCODER.fingerprint, sessions=len(SESSIONS)) as builder:
        builder.upsert(SESSIONS, vectors)
        builder.commit(expected=len(SESSIONS), sources=[])
    verify(store)
    with pytest.raises(VerificationError, match=f"{SESSIONS[4].id} has not the vector of its text"):
        verify(store, DEEP)
    with pytest.raises(MismatchError, match="differ in weights"):
        verify(store, DeepCheck(BagOfWords(weights="other"), steps))


@pytest.mark.slow
def test_keywords_of_another_text_are_seen_by_a_deep_look(
    store: EdgeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.stores.keywords import session_terms

    monkeypatch.setattr(
        "service.stores.edge.writing.session_terms",
        lambda one: session_terms(SESSIONS[8] if one.source_id == "7" else one),
    )
    write(store, SESSIONS)
    with pytest.raises(VerificationError, match="has not the keywords of its texts"):
        verify(store, DEEP)


@pytest.mark.slow
def test_the_command_says_what_it_found(
    store: EdgeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conference_helper.catalogue.catalogue_encoder", lambda *_: ENCODER)
    manifest = write(store, SESSIONS)
    deep = CliRunner().invoke(main, ["verify", "--deep"])
    assert deep.exit_code == 0, deep.output
    assert f"Generation {manifest.generation} is sound: 20 sessions." in deep.output
    assert "no digests" not in deep.output
    folder = generation_folder(tmp_path / "data", manifest)
    matrix = next(folder.rglob("matrix.dat"))
    content = bytearray(matrix.read_bytes())
    content[1000] ^= 4
    matrix.write_bytes(content)
    damaged = CliRunner().invoke(main, ["verify"])
    assert damaged.exit_code == 5
    assert "matrix.dat is not as it was written. Roll back" in damaged.output
    forget_digests(folder)
    older = CliRunner().invoke(main, ["verify"])
    assert "It has no digests of what was written" in older.output
