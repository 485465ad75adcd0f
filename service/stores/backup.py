"""Backups: a catalogue's served generation as plain files, the same for every store, with a checksum of each.

    backup.json        the catalogue's name, the generation that it led to, its manifest, its tombstones, parts
    00000.jsonl        payloads, one a line
    00000.npy          their vectors, float32 (n, dimension), in the same order
    SHA256SUMS         as sha256sum writes it

A backup reads through the store, so it holds every shard of every node, and may be restored to another store,
to another number of shards and to another version. Parts are written and read one at a time: memory does not
grow with the catalogue.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np

from service.encoder import Vectors, checked
from service.errors import EncoderError, InputError, MismatchError, StoreError, VerificationError
from service.session import Session
from service.stores.copying import rebuild
from service.stores.manifest import Manifest
from service.stores.payload import decode_payload, encode_payload
from service.stores.protocol import Generation, SessionStore
from service.stores.tombstones import Tombstone, decode_tombstone, encode_tombstone
from service.stores.waiting import locked

_PART_BATCHES = 16
"""Batches of sessions in one part, some 4,000 sessions."""
_CHECKSUMS = "SHA256SUMS"
_INDEX = "backup.json"
_VERSION = 1
_SUFFIXES = ("jsonl", "npy")
_FORGED = (MemoryError, OverflowError, RecursionError)
"""What parsers raise for values that no backup has: nested without end, or as large as memory."""
_PART_NAME = re.compile(r"\d{5,9}")


def write_backup(store: SessionStore, folder: Path, *, wait: float = 0) -> Manifest:
    """Write what the store serves to `folder` and return its manifest.

    Loads wait meanwhile (they see LockedError), readers do not; a load at work is waited for up to `wait`
    seconds. Raises InputError unless the folder is new or
    empty, StoreError if it cannot be written; the checksums come last, so half a backup is never taken for one.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file. Name a new folder for each backup.")
    with _translate_errors(folder), locked(store, wait=wait), store.reading() as generation:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"{folder} is not empty. Name a new folder for each backup.")
        names = list(_write_parts(generation, folder))
        manifest = generation.manifest
        head = {
            "version": _VERSION,
            "names": {store.name: manifest.generation},
            "manifest": manifest.as_dict(),
            "parts": names,
            "removed": [encode_tombstone(one) for one in generation.tombstones()],
        }
        (folder / _INDEX).write_text(json.dumps(head, indent=1), "utf-8")
        files = [folder / _INDEX, *(path for name in names for path in _files(folder, name))]
        sums = "".join(f"{_checksum(path)}  {path.name}\n" for path in files)
        (folder / _CHECKSUMS).write_text(sums, "utf-8")
    return manifest


def restore_backup(folder: Path, store: SessionStore, *, wait: float = 0) -> Manifest:
    """Write a backup to a new generation, verify it and switch to it; return the new manifest.

    A load at work is waited for up to `wait` seconds.

    Raises VerificationError if a file is missing or not as it was written, MismatchError if a newer version
    wrote it; then nothing is touched.
    """
    manifest, parts, tombstones = check_backup(folder)
    batches = (_read_part(folder, name, manifest.encoder.dimension) for name in parts)
    with locked(store, wait=wait):
        return rebuild(store, batches, manifest, tombstones)


def check_backup(folder: Path) -> tuple[Manifest, list[str], list[Tombstone]]:
    """Return a backup's manifest, the names of its parts and its tombstones; every file is as it was written.

    Raises InputError if there is no backup, VerificationError, saying what is wrong, or MismatchError if
    a newer version wrote it.
    """
    if not folder.is_dir():
        raise InputError(
            f"There is no folder {folder}. Name one that `conference-helper backup` wrote."
        )
    if not any((folder / name).exists() for name in (_INDEX, _CHECKSUMS)):
        raise InputError(
            f"{folder} has no {_INDEX}: it is no backup, or one that was never finished. Name another folder."
        )
    try:
        lines = (folder / _CHECKSUMS).read_text("utf-8").splitlines()
        sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
        if unknown := [name for name in sums if not _is_backup_file(folder, name)]:
            raise _damaged(folder, f"{', '.join(unknown)} is no file of a backup")
        if wrong := [name for name, digest in sums.items() if _checksum(folder / name) != digest]:
            raise _damaged(folder, f"{', '.join(wrong)} is not as it was written")
        head = json.loads((folder / _INDEX).read_text("utf-8"))
        if int(head["version"]) > _VERSION:
            raise MismatchError(
                f"{folder} was written by a newer version. Upgrade conference-helper; nothing was changed."
            )
        parts = [str(name) for name in head["parts"]]
        if {f"{name}.{suffix}" for name in parts for suffix in _SUFFIXES} | {_INDEX} != set(sums):
            raise _damaged(folder, "its parts are not those that it lists")
        tombstones = [decode_tombstone(values) for values in head.get("removed", ())]
        return Manifest.from_dict(head["manifest"]), parts, tombstones
    except (OSError, ValueError, TypeError, KeyError, *_FORGED) as error:
        raise _damaged(folder, f"it is not whole ({error!r})") from error


def _is_backup_file(folder: Path, name: str) -> bool:
    """Whether a name is that of a backup's file, and the file lies in the folder itself."""
    stem, _, suffix = name.partition(".")
    part = _PART_NAME.fullmatch(stem) and suffix in _SUFFIXES
    return (name == _INDEX or bool(part)) and not (folder / name).is_symlink()


def _damaged(folder: Path, why: str) -> VerificationError:
    return VerificationError(
        f"The backup in {folder} is damaged: {why}. Use another one; nothing was changed."
    )


def _write_parts(generation: Generation, folder: Path) -> Iterator[str]:
    batches = generation.scan()
    for number in count():
        some = list(islice(batches, _PART_BATCHES))
        if not some:
            return
        name = f"{number:05d}"
        lines, rows = _files(folder, name)
        with lines.open("w", encoding="utf-8") as stream:
            for sessions, _ in some:
                stream.writelines(
                    json.dumps(encode_payload(session)) + "\n" for session in sessions
                )
        np.save(rows, np.concatenate([vectors for _, vectors in some]))
        yield name


def _read_part(folder: Path, name: str, dimension: int) -> tuple[list[Session], Vectors]:
    lines, rows = _files(folder, name)
    try:
        with lines.open(encoding="utf-8") as stream:
            sessions = [decode_payload(json.loads(line)) for line in stream]
        # Mapped, since a forged head may claim any size.
        vectors = np.load(rows, mmap_mode="c", allow_pickle=False)
        return sessions, checked(vectors, len(sessions), dimension)
    except (OSError, ValueError, EOFError, StoreError, EncoderError, *_FORGED) as error:
        raise _damaged(folder, f"part {name} cannot be read ({error})") from error


def _files(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.jsonl", folder / f"{name}.npy"


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _translate_errors(folder: Path) -> Iterator[Any]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The backup to {folder} cannot be written: {error.strerror or error}. "
            "Remove what is there and name a folder with enough space."
        ) from error
