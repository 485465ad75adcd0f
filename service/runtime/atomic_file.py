"""Small files that are on the disk before anything leads to them, or are replaced in one step."""

import os
from pathlib import Path


def write_synced(file: Path, content: bytes) -> None:
    """Write a file that nothing leads to yet, all of it on the disk. Raises OSError if it cannot be written."""
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def write_atomically(file: Path, text: str, *, mode: int | None = None) -> None:
    """Write a small file so that a reader, or a crash, sees the old text or the new, never a part.

    It gets the permissions `mode`; None leaves them to the umask. Raises OSError if it cannot be written.
    """
    beside = file.with_name(file.name + ".new")
    with beside.open("w", encoding="utf-8") as stream:
        if mode is not None:
            os.fchmod(stream.fileno(), mode)
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
