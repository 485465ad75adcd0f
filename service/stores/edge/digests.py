"""Digests of the files of an embedded generation, by which damage is seen before Edge reads it.

    <generation>/digests    a line a file: its digest, bytes and path; the manifest has the list's own digest

Edge opens, reads and closes a finished generation without changing a byte of it, though it writes some files
again as they are. Its files are mostly holes (300 MB of which 3 are used), so a digest is the SHA-256 of the
blocks that are not all zeros, each after its place; with the file's size that is all of it.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from service.errors import REMEDY, DamagedError
from service.runtime.atomic_file import write_synced

LIST = "digests"
_OUTSIDE = (LIST, "manifest.json", "manifest.json.new")
"""What the list has no line of: itself, and the manifest, which ends the generation after it."""
_BLOCK = 2**16
_EMPTY = bytes(_BLOCK)
_SMALL = 2**16
"""Bytes of the files that are read when a generation is opened; of larger ones the size is looked at."""
_NAMED = 3


class _File(NamedTuple):
    """A file of a generation as it was written; its path is relative to the generation's folder."""

    digest: str
    size: int
    path: str


def write_digests(folder: Path) -> str:
    """Write the list of the digests of all files of a generation; return the list's own digest."""
    files = [
        _File(_digest(folder / path), (folder / path).stat().st_size, path)
        for path in _list(folder)
    ]
    text = "".join(f"{file.digest}  {file.size}  {file.path}\n" for file in files)
    write_synced(folder / LIST, text.encode("utf-8"))
    return _digest(folder / LIST)


def check_before_opening(folder: Path, digest: str) -> None:
    """Raise DamagedError if a file has another size, or a small one another content, than its digest says."""
    wrong = _differing(folder, _read(folder, digest), up_to=_SMALL)
    if damaged := _told(wrong):
        raise DamagedError(f"{folder} is damaged: {damaged}. {REMEDY}")


def find_damage(folder: Path, digest: str) -> str:
    """Return what is not as written of the generation in `folder`, every byte of it read; nothing if all is."""
    files = _read(folder, digest)
    more = set(_list(folder)) - {file.path for file in files}
    return _told([*_differing(folder, files), *(f"{path} is none of its files" for path in more)])


def _differing(folder: Path, files: list[_File], *, up_to: float = float("inf")) -> Iterator[str]:
    """Yield what is wrong with each file that differs; contents are read of those of `up_to` bytes."""
    for file in files:
        path = folder / file.path
        try:
            size = path.stat().st_size
            if size != file.size:
                yield f"{file.path} has {size} bytes instead of {file.size}"
            elif size <= up_to and _digest(path) != file.digest:
                yield f"{file.path} is not as it was written"
        except OSError as error:
            yield f"{file.path} cannot be read ({error.strerror})"


def _told(problems: Iterator[str] | list[str]) -> str:
    every = sorted(problems)
    more = [f"{len(every) - _NAMED} more of its files are damaged"] if every[_NAMED:] else []
    return "; ".join([*every[:_NAMED], *more])


def _list(folder: Path) -> list[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return sorted(path for path in found if path not in _OUTSIDE)


def _read(folder: Path, digest: str) -> list[_File]:
    """Return the files that a generation has. Raises DamagedError if their list is not as it was written."""
    file = folder / LIST
    try:
        if _digest(file) != digest:
            raise DamagedError(f"{file} is not as it was written. {REMEDY}")
        lines = [line.split("  ", 2) for line in file.read_text("utf-8").splitlines()]
    except OSError as error:
        raise DamagedError(f"{file} cannot be read ({error.strerror}). {REMEDY}") from error
    return [_File(digest, int(size), path) for digest, size, path in lines]


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        for place in _written_blocks(stream.fileno()):
            block = os.pread(stream.fileno(), _BLOCK, place)
            if block != _EMPTY[: len(block)]:
                digest.update(place.to_bytes(8, "big") + block)
    return digest.hexdigest()


def _written_blocks(file: int) -> Iterator[int]:
    """Yield where the blocks of an open file begin, but for those of which no byte was ever written."""
    size = os.fstat(file).st_size
    place = 0
    while place < size:
        place = _next_written(file, place)
        if place < size:
            yield place
        place += _BLOCK


def _next_written(file: int, place: int) -> int:
    """Return the first block from `place` on in which something was written, the file's size if in none."""
    if not hasattr(os, "SEEK_DATA"):
        return place
    try:
        found = os.lseek(file, place, os.SEEK_DATA)
    except OSError:  # nothing follows but a hole
        return os.fstat(file).st_size
    return max(place, found - found % _BLOCK)
