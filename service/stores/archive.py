"""Backups: what a catalogue serves as plain files, the same for every store, with a checksum of each.

    backup.json        the catalogue, the generation that its name led to, and that generation's manifest
    00000.jsonl        payloads, one a line
    00000.npy          their vectors, float32 (n, dimension), in the same order
    SHA256SUMS         as sha256sum writes it

A backup reads through the store, so it holds every shard of every node, and may be restored to another store,
to another number of shards and to another version.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from service.encoder import Vectors
from service.errors import InputError, StoreError, VerificationError
from service.session import Session
from service.stores.catalogue import Generation, Manifest, SessionStore

_PART = 4096
_SUMS = "SHA256SUMS"
_HEAD = "backup.json"


def write_backup(store: SessionStore, folder: Path) -> Manifest:
    """Write what the store serves to `folder` and return its manifest.

    Loads wait meanwhile (they see LockedError), readers do not. Raises InputError unless the folder is new or
    empty, StoreError if it cannot be written; the checksums come last, so half a backup is never taken for one.
    """
    with _writing(folder), store.lock(), store.reading() as generation:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"{folder} is not empty. Name a new folder for each backup.")
        names = list(_write_parts(generation, folder))
        manifest = generation.manifest
        head = {"generation": manifest.generation, "manifest": manifest.as_dict(), "parts": names}
        (folder / _HEAD).write_text(json.dumps(head, indent=1), "utf-8")
        files = [folder / _HEAD, *(path for name in names for path in _files(folder, name))]
        sums = "".join(f"{_sum(path)}  {path.name}\n" for path in files)
        (folder / _SUMS).write_text(sums, "utf-8")
    return manifest


def restore_backup(folder: Path, store: SessionStore) -> Manifest:
    """Write a backup to a new generation, verify it and switch to it; return the new manifest.

    Raises VerificationError if a file is missing or not as it was written; then nothing is touched.
    """
    check_backup(folder)
    head = json.loads((folder / _HEAD).read_text("utf-8"))
    manifest = Manifest.from_dict(head["manifest"])
    with store.building(manifest.encoder, sessions=manifest.sessions) as builder:
        for name in head["parts"]:
            sessions, vectors = _read_part(folder, name)
            builder.upsert(sessions, vectors)
        return builder.commit(
            expected=manifest.sessions,
            sources=manifest.sources,
            check=lambda restored: manifest.calibration,
        )


def check_backup(folder: Path) -> None:
    """Raise VerificationError unless every file of the backup is as it was written."""
    try:
        lines = (folder / _SUMS).read_text("utf-8").splitlines()
        wrong = [
            name
            for digest, name in map(str.split, lines)
            if _sum(folder / Path(name).name) != digest
        ]
    except (OSError, ValueError) as error:
        raise VerificationError(
            f"{folder} is not a whole backup ({error}). Use another one; nothing was changed."
        ) from error
    if wrong or not lines:
        raise VerificationError(
            f"{folder} is damaged: {', '.join(wrong) or _SUMS} is not as it was written. "
            "Use another backup; nothing was changed."
        )


def _write_parts(generation: Generation, folder: Path) -> Iterator[str]:
    for number, (sessions, vectors) in enumerate(generation.scan(batch=_PART)):
        name = f"{number:05d}"
        lines, rows = _files(folder, name)
        with lines.open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(session.payload()) + "\n" for session in sessions)
        np.save(rows, vectors)
        yield name


def _read_part(folder: Path, name: str) -> tuple[list[Session], Vectors]:
    lines, rows = _files(folder, name)
    with lines.open(encoding="utf-8") as stream:
        sessions = [Session.from_payload(json.loads(line)) for line in stream]
    vectors: Vectors = np.load(rows, allow_pickle=False)
    return sessions, vectors


def _files(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.jsonl", folder / f"{name}.npy"


def _sum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _writing(folder: Path) -> Iterator[Any]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The backup to {folder} cannot be written: {error.strerror or error}. "
            "Remove what is there and name a folder with enough space."
        ) from error
