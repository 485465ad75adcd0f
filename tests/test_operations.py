"""backup, restore, verify, generations and migrate, over every store."""

import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from qdrant_client import QdrantClient
from support.stores import ENCODER, OpenStore, Written, store_on, talk, write
from test_store_congruence import programme

from conference_helper.cli import main
from service.errors import InputError, LockedError, StoreError, VerificationError
from service.stores import waiting
from service.stores.backup import check_backup, restore_backup, write_backup
from service.stores.copying import copy_catalogue
from service.stores.edge.store import EdgeStore
from service.stores.payload import encode_payload
from service.stores.protocol import SessionStore
from service.stores.verification import verify

SESSIONS = programme(3, 300)


def contents(store: SessionStore) -> dict[Any, Any]:
    """Every session and its vector, by id."""
    with store.reading() as generation:
        return {
            session.id: (encode_payload(session), row.tobytes())
            for sessions, vectors in generation.scan()
            for session, row in zip(sessions, vectors, strict=True)
        }


def test_backup_lose_restore_verify(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    manifest = write(store, SESSIONS)
    before = contents(store)
    assert write_backup(store, tmp_path / "backup") == manifest
    write(store, [talk(1)])
    restored = restore_backup(tmp_path / "backup", store)
    assert contents(store) == before
    assert restored.events == manifest.events
    assert restored.encoder == manifest.encoder
    assert verify(store) == restored
    assert store.rollback().sessions == 1


def test_backup_restores_to_an_empty_store_of_another_kind(
    written: Written, tmp_path: Path
) -> None:
    store = written(SESSIONS)
    write_backup(store, tmp_path / "backup")
    other = EdgeStore(tmp_path / "other", "sessions")
    restore_backup(tmp_path / "backup", other)
    assert contents(other) == contents(store)


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup that can be restored; to be copied before it is changed."""
    folder = tmp_path_factory.mktemp("written") / "backup"
    store = store_on(QdrantClient(":memory:"), manifest_ttl=1)
    write(store, SESSIONS)
    write_backup(store, folder)
    check_backup(folder)
    return folder


@pytest.mark.parametrize("file", ["backup.json", "00000.jsonl", "00000.npy", "SHA256SUMS"])
@pytest.mark.parametrize("harm", ["change", "remove"])
def test_damaged_backup_is_refused(tmp_path: Path, backup: Path, file: str, harm: str) -> None:
    store = store_on(QdrantClient(":memory:"), manifest_ttl=1)
    write(store, [talk(1)])
    folder = Path(shutil.copytree(backup, tmp_path / "backup"))
    path = folder / file
    if harm == "remove":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[5] ^= 1
        path.write_bytes(content)
    before = store.manifest()
    with pytest.raises(VerificationError, match="backup"):
        restore_backup(folder, store)
    assert store.manifest() == before


def test_backup_wants_a_folder_of_its_own(tmp_path: Path) -> None:
    store = store_on(QdrantClient(":memory:"), manifest_ttl=1)
    write(store, [talk(1)])
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(InputError, match="not empty"):
        write_backup(store, tmp_path)
    with pytest.raises(StoreError, match="cannot be written"):
        write_backup(store, tmp_path / "file" / "below")


def test_backup_and_load_keep_out_of_each_others_way(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store()
    write(store, [talk(1)])
    with open_store().lock(), pytest.raises(LockedError):
        write_backup(store, tmp_path / "backup")


def test_a_copy_waits_for_loads_into_either_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = QdrantClient(":memory:")
    embedded, server = EdgeStore(tmp_path, "sessions"), store_on(client)
    write(embedded, [talk(1)])
    for locked in (EdgeStore(tmp_path, "sessions"), store_on(client)):
        with ExitStack() as other:
            other.enter_context(locked.lock())
            with pytest.raises(LockedError):
                copy_catalogue(embedded, server)
            monkeypatch.setattr(waiting, "sleep", lambda seconds, end=other.close: end())
            assert copy_catalogue(embedded, server, wait=60).sessions == 1


@pytest.mark.slow
def test_migrate_there_and_back(tmp_path: Path) -> None:
    embedded = EdgeStore(tmp_path / "one", "sessions")
    server = store_on(QdrantClient(":memory:"))
    back = EdgeStore(tmp_path / "two", "sessions")
    write(embedded, SESSIONS)
    copy_catalogue(embedded, server)
    copy_catalogue(server, back)
    assert contents(back) == contents(server) == contents(embedded)
    assert back.manifest().events == embedded.manifest().events


def test_verify_finds_what_is_wrong() -> None:
    client = QdrantClient(":memory:")
    store = store_on(client)
    write(store, SESSIONS)
    verify(store)
    client.set_payload("sessions", {"title": "Another"}, points=[str(SESSIONS[0].id)])
    with pytest.raises(VerificationError, match="does not say what was written"):
        verify(store)
    client.delete("sessions", [str(SESSIONS[1].id)])
    with pytest.raises(VerificationError, match="299 sessions"):
        verify(store)


def test_verify_finds_vectors_that_are_not_unit() -> None:
    client = QdrantClient(":memory:")
    store = store_on(client)
    write(store, SESSIONS)
    name = store.manifest().generation
    from qdrant_client import models

    long = (2 * np.ones(ENCODER.fingerprint.dimension)).tolist()
    point = models.PointVectors(id=str(SESSIONS[0].id), vector={"text": long})
    client.update_vectors(name, [point])
    with pytest.raises(VerificationError, match="length"):
        verify(store)


def test_commands_over_an_embedded_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("CONFERENCE_HELPER_QDRANT_URL", raising=False)
    write(EdgeStore(tmp_path, "sessions"), SESSIONS)
    for arguments, says in (
        (["verify"], "is sound: 300 sessions"),
        (["backup", str(tmp_path / "backup")], "Wrote 300 sessions"),
        (["restore", str(tmp_path / "backup")], "Serving 300 sessions in generation 000002"),
        (["generations"], "* 000002"),
        (["generations", "--json"], '"served": "000002'),
        (["generations"], "back, for 1 more load"),
        (
            ["rollback"],
            "Forward again, until the next load: conference-helper rollback --to 000002",
        ),
        (["generations"], "forward, until the next load"),
        (["generations", "--json"], '"place": "forward"'),
    ):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
        assert says in result.output
    newest = json.loads(result.output)["generations"][0]["generation"]
    forward = CliRunner().invoke(main, ["rollback", "--to", newest])
    assert forward.output == f"Serving generation {newest} with 300 sessions again.\n"
    unknown = CliRunner().invoke(main, ["rollback", "--to", "000009"])
    assert (unknown.exit_code, "No generation 000009 is kept" in unknown.output) == (4, True)
    refused = CliRunner().invoke(main, ["migrate", "server"])
    assert refused.exit_code == 2
    assert "CONFERENCE_HELPER_QDRANT_URL" in refused.output
