"""Backups that are damaged, partial, forged or too new: refused in words, and nothing is touched."""

import hashlib
import json
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.copies import copy_folder
from support.stores import talk, write

from service.errors import InputError, MismatchError, VerificationError
from service.stores import backup as backup_module
from service.stores.backup import restore_backup, write_backup
from service.stores.edge import generation as edge_generation
from service.stores.edge.store import EdgeStore
from service.stores.manifest import Manifest
from service.stores.schema import SCHEMA_VERSION

pytestmark = pytest.mark.slow

SESSIONS = [talk(number) for number in range(10)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of ten sessions, and a backup of it in three parts."""
    folder = tmp_path_factory.mktemp("written")
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        closing(EdgeStore(folder / "data", "sessions")) as store,
    ):
        monkeypatch.setattr(edge_generation, "BATCH", 2)
        monkeypatch.setattr(backup_module, "_PART_BATCHES", 2)
        write(store, SESSIONS)
        write_backup(store, folder / "backup")
    return folder


@pytest.fixture
def catalogue(written: Path, tmp_path: Path) -> None:
    """A copy of the catalogue, which `store` opens."""
    copy_folder(written / "data", tmp_path / "data")


@pytest.fixture
def backup(catalogue: None, written: Path, tmp_path: Path) -> Path:
    """A copy of its backup."""
    copy_folder(written / "backup", tmp_path / "backup")
    return tmp_path / "backup"


@pytest.mark.usefixtures("catalogue")
def test_what_is_no_folder_is_no_backup(store: EdgeStore, tmp_path: Path) -> None:
    file = tmp_path / "programme.csv"
    file.write_text("mine")
    for folder in (file, tmp_path / "nothing"):
        with pytest.raises(InputError, match="There is no folder"):
            restore_backup(folder, store)
    with pytest.raises(InputError, match="is a file"):
        write_backup(store, file)
    assert file.read_text() == "mine"


def sign(folder: Path) -> None:
    """Make the checksums right again."""
    files = [path for path in sorted(folder.iterdir()) if path.name != "SHA256SUMS"]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def npy_head(rows: int) -> bytes:
    """The head of an array of so many rows, of which none follows."""
    stream = BytesIO()
    head = {"descr": "<f4", "fortran_order": False, "shape": (rows, 384)}
    np.lib.format.write_array_header_1_0(stream, head)
    return stream.getvalue()


def edit_head(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    head = json.loads((folder / "backup.json").read_text("utf-8"))
    change(head)
    (folder / "backup.json").write_text(json.dumps(head), "utf-8")
    sign(folder)


def check_refused(
    store: EdgeStore, backup: Path, match: str, error: type[Exception] = VerificationError
) -> None:
    before = store.manifest()
    files = {path: path.lstat().st_mtime_ns for path in backup.rglob("*")}
    with pytest.raises(error, match=match):
        restore_backup(backup, store)
    assert store.manifest() == before
    assert store.generations() == [before]
    assert {path: path.lstat().st_mtime_ns for path in backup.rglob("*")} == files


def test_head_says_what_the_name_led_to(store: EdgeStore, backup: Path) -> None:
    head = json.loads((backup / "backup.json").read_text("utf-8"))
    served = store.manifest()
    assert head["names"] == {"sessions": served.generation}
    assert Manifest.from_dict(head["manifest"]) == served
    assert head["parts"] == ["00000", "00001", "00002"]
    assert restore_backup(backup, store).sessions == len(SESSIONS)


def test_parts_are_held_one_at_a_time(
    store: EdgeStore, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, held = backup_module._read_part, []

    def noted(*arguments: Any) -> Any:
        part = read(*arguments)
        held.append(len(part[0]))
        return part

    monkeypatch.setattr(backup_module, "_read_part", noted)
    restore_backup(backup, store)
    assert held == [4, 4, 2]


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "00000.txt", "x/00000.npy"])
def test_checksums_that_lead_elsewhere(store: EdgeStore, backup: Path, name: str) -> None:
    with (backup / "SHA256SUMS").open("a", encoding="utf-8") as sums:
        sums.write(f"{'0' * 64}  {name}\n")
    check_refused(store, backup, "is no file of a backup")


@pytest.mark.parametrize("part", ["../00000", "/tmp/00000", "00009", ""])  # noqa: S108 -- never opened
def test_parts_that_lead_elsewhere(store: EdgeStore, backup: Path, part: str) -> None:
    edit_head(backup, lambda head: head["parts"].append(part))
    check_refused(store, backup, "not those that it lists")


def test_a_part_that_is_not_listed(store: EdgeStore, backup: Path) -> None:
    edit_head(backup, lambda head: head["parts"].pop())
    check_refused(store, backup, "not those that it lists")


def test_a_link_instead_of_a_file(store: EdgeStore, backup: Path, tmp_path: Path) -> None:
    (backup / "00001.npy").rename(tmp_path / "elsewhere.npy")
    (backup / "00001.npy").symlink_to(tmp_path / "elsewhere.npy")
    check_refused(store, backup, "00001.npy is no file of a backup")


@pytest.mark.parametrize("missing", ["SHA256SUMS", "backup.json", "00002.jsonl"])
def test_half_a_backup(store: EdgeStore, backup: Path, missing: str) -> None:
    (backup / missing).unlink()
    check_refused(store, backup, "it is not whole")


@pytest.mark.usefixtures("catalogue")
def test_a_folder_that_is_no_backup(store: EdgeStore, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="it is no backup"):
        restore_backup(tmp_path / "empty", store)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("backup.json", b"[" * 200_000),
        ("backup.json", b'{"version": 1e999}'),
        ("00001.jsonl", b'{"a":' * 200_000),
        ("00001.npy", npy_head(10**12)),
        ("00001.npy", npy_head(10**30)),
    ],
)
def test_a_forged_file(store: EdgeStore, backup: Path, name: str, content: bytes) -> None:
    (backup / name).write_bytes(content)
    sign(backup)
    check_refused(store, backup, "it is not whole|cannot be read")


@pytest.mark.parametrize("what", ["version", "schema"])
def test_a_newer_version(store: EdgeStore, backup: Path, what: str) -> None:
    def renew(head: dict[str, Any]) -> None:
        newer = {"version": 99} if what == "version" else {"schema": SCHEMA_VERSION + 1}
        (head if what == "version" else head["manifest"]).update(newer)

    edit_head(backup, renew)
    check_refused(store, backup, "newer version", MismatchError)


def test_vectors_that_do_not_belong(store: EdgeStore, backup: Path) -> None:
    np.save(backup / "00001.npy", np.zeros((4, 3), dtype=np.float32))
    sign(backup)
    check_refused(store, backup, "part 00001 cannot be read")


def test_lines_that_are_no_sessions(store: EdgeStore, backup: Path) -> None:
    (backup / "00001.jsonl").write_text("{}\n" * 4, "utf-8")
    sign(backup)
    check_refused(store, backup, "part 00001 cannot be read")
