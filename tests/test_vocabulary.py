"""The words that a load counts, and what every store keeps of them."""

from pathlib import Path
from typing import Any

import pytest
from qdrant_client import QdrantClient
from support.manifests import forget_digests
from support.stores import ENCODER, OpenStore, Written, store_on, talk, write

from service.errors import DamagedError, VerificationError
from service.stores.backup import restore_backup, write_backup
from service.stores.copying import copy_catalogue
from service.stores.edge.store import EdgeStore
from service.stores.protocol import SessionStore
from service.stores.server import companions
from service.stores.verification import verify
from service.stores.vocabulary import (
    MAX_WORDS,
    Vocabulary,
    WordCounter,
    decode_counts,
    encode_counts,
)

SESSIONS = [
    talk(1, "Zebra crossings", abstract="Zebra, zebra and 健康 2026", speakers=("Zoë Müller",)),
    talk(2, "Crossings", tags=("wards",), track="Öffentlich"),
]
COUNTS = {
    "crossings": 2,
    "and": 1,
    "muller": 1,
    "offentlich": 1,
    "wards": 1,
    "zebra": 1,
    "zoe": 1,
}


def words_of(store: SessionStore) -> Vocabulary | None:
    with store.reading() as generation:
        return generation.vocabulary()


def test_a_load_counts_the_sessions_of_each_word(written: Written) -> None:
    vocabulary = words_of(written(SESSIONS))
    assert vocabulary == Vocabulary(COUNTS, is_complete=True)
    assert next(iter(vocabulary.counts)) == "crossings"


@pytest.mark.slow
def test_each_generation_has_its_own(open_store: OpenStore) -> None:
    store = open_store()
    write(store, SESSIONS)
    write(store, [talk(3, "Giraffes")])
    assert words_of(store) == Vocabulary({"giraffes": 1}, is_complete=True)
    store.rollback()
    assert words_of(store) == Vocabulary(COUNTS, is_complete=True)
    for number in range(4):
        write(store, [talk(number, "Otters")])
    assert len(store.generations()) == 3
    assert words_of(store) == Vocabulary({"otters": 1}, is_complete=True)
    assert verify(store) == store.manifest()


@pytest.mark.slow
def test_copies_and_backups_have_it(open_store: OpenStore, tmp_path: Path) -> None:
    store, copied = open_store(), EdgeStore(tmp_path / "copy", "sessions")
    write(store, SESSIONS)
    copy_catalogue(store, copied)
    assert words_of(copied) == Vocabulary(COUNTS, is_complete=True)
    write_backup(copied, tmp_path / "backup")
    write(store, [talk(3, "Giraffes")])
    restore_backup(tmp_path / "backup", store)
    assert words_of(store) == Vocabulary(COUNTS, is_complete=True)
    copied.close()


def test_a_change_in_place_adds_its_words() -> None:
    store = store_on(QdrantClient(":memory:"), in_place_from=1)
    write(store, [talk(number, "Zebra crossings") for number in range(30)])
    with store.updating(changes=2) as updater:  # type: ignore[union-attr]  # 30 sessions are enough
        new = [talk(40, "Zebra giraffe"), talk(41, "Giraffe")]
        updater.upsert(new, ENCODER.encode_sessions([session.text for session in new]))
        updater.update_payloads([talk(0, "Zebra crossings", tags=("heron",))])
        updater.commit(expected=32, sources=["test"])
    expected = {"crossings": 30, "zebra": 30, "giraffe": 2, "heron": 1}
    assert words_of(store) == Vocabulary(expected, is_complete=True)
    assert verify(store) == store.manifest()


def test_any_number_of_changes_in_place_add_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companions, "_READ", 2)
    store = store_on(QdrantClient(":memory:"), in_place_from=1)
    write(store, [talk(number, "Zebra") for number in range(60)])
    for number, word in enumerate(("giraffe", "heron", "otter", "whale")):
        with store.updating(changes=1) as updater:  # type: ignore[union-attr]  # 60 sessions are enough
            updater.upsert([talk(number, word)], ENCODER.encode_sessions([word]))
            updater.commit(expected=60, sources=["test"])
    expected = {"zebra": 60, "giraffe": 1, "heron": 1, "otter": 1, "whale": 1}
    assert words_of(store) == Vocabulary(expected, is_complete=True)


def test_a_catalogue_of_an_older_version_has_none() -> None:
    client = QdrantClient(":memory:")
    store = store_on(client, in_place_from=1)
    manifest = write(store, [talk(number) for number in range(30)])
    client.delete_collection(f"{manifest.generation}-words")
    assert words_of(store) is None
    with store.updating(changes=1) as updater:  # type: ignore[union-attr]  # 30 sessions are enough
        new = [talk(40, "Giraffe")]
        updater.upsert(new, ENCODER.encode_sessions([session.text for session in new]))
        updater.commit(expected=31, sources=["test"])
    assert words_of(store) is None
    assert verify(store) == store.manifest()


def test_an_embedded_catalogue_of_an_older_version_has_none(tmp_path: Path) -> None:
    store = EdgeStore(tmp_path, "sessions")
    write(store, SESSIONS)
    next(tmp_path.rglob("words")).unlink()
    forget_digests(tmp_path)
    assert words_of(store) is None
    store.close()


def test_a_damaged_one_is_told(tmp_path: Path) -> None:
    store = EdgeStore(tmp_path, "sessions")
    write(store, SESSIONS)
    forget_digests(tmp_path)
    file = next(tmp_path.rglob("words"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(DamagedError, match=f"{file} cannot be read"):
        words_of(store)
    with pytest.raises(VerificationError, match="cannot be read"):
        verify(store)
    store.close()


def test_a_removed_generation_leaves_no_vocabulary() -> None:
    client = QdrantClient(":memory:")
    store = store_on(client)
    for number in range(6):
        write(store, [talk(number)])
    kept = {manifest.generation for manifest in store.generations()}
    names = {one.name for one in client.get_collections().collections}
    assert names == kept | {f"{name}-words" for name in kept}


def test_it_has_as_many_replicas_as_the_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    client = QdrantClient(":memory:")
    made: dict[str, Any] = {}
    create = client.create_collection

    def noted(name: str, **options: Any) -> bool:
        made[name] = options
        return create(name, **options)

    monkeypatch.setattr(client, "create_collection", noted)
    manifest = write(store_on(client, replicas=2), [talk(1)])
    assert made[f"{manifest.generation}-words"]["replication_factor"] == 2


def test_what_is_rare_is_dropped_where_there_are_too_many_words() -> None:
    counter = WordCounter(counted=10)
    counter.add([talk(number, f"Zebra{number} crossings") for number in range(40)])
    vocabulary = counter.vocabulary()
    assert vocabulary.counts["crossings"] == 40
    assert len(vocabulary.counts) <= 10
    assert not vocabulary.is_complete


def test_words_are_added_while_there_is_room() -> None:
    full = Vocabulary({f"word{number}": 1 for number in range(MAX_WORDS - 1)}, is_complete=True)
    assert full.extended({"word1": 7}) == full
    extended = full.extended({"zebra": 1, "heron": 1})
    assert list(extended.counts)[-1] == "zebra"
    assert len(extended.counts) == MAX_WORDS
    assert not extended.is_complete


def test_counts_as_text() -> None:
    text = encode_counts(COUNTS.items())
    assert text == "2 crossings\n1 and muller offentlich wards zebra zoe"
    assert dict(decode_counts(text)) == COUNTS
    assert list(decode_counts(encode_counts([]))) == []
    with pytest.raises(ValueError, match="invalid literal"):
        list(decode_counts("many words"))
