"""Archives (zip, tar) and compressed files, unpacked into one temporary file: no member gets a path on disk."""

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, cast

from loaders.records.text import drop_surrogates
from loaders.sources.budget import Budget
from service.errors import InputError, is_disk_full

MAX_MEMBERS = 200_000
_MAX_DEPTH = 4  # .gz in a .tar.xz is three
_BLOCK_SIZE = 2**20
_TAR_MAGIC = slice(257, 262)
DAMAGE = (
    OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile,
    NotImplementedError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
_OPENERS: dict[str, Callable[[BinaryIO], Any]] = {
    "gz": lambda stream: gzip.GzipFile(fileobj=stream),
    "xz": lzma.LZMAFile,
    "bz2": bz2.BZ2File,
}
_SUFFIXES = {
    ".tgz": ".tar", ".txz": ".tar", ".tbz": ".tar", ".tbz2": ".tar", ".gz": "", ".xz": "",
    ".bz2": "", ".zip": "", ".tar": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A file from inside an archive: its path there, a function that opens it, and its size in bytes."""

    path: str
    open: Callable[[], BinaryIO]
    size: int


def looks_packed(path: str) -> bool:
    """Whether a name has the suffix of an archive or compressed file."""
    return path.lower().endswith(tuple(_SUFFIXES))


def unpack(
    name: str, path: str, open_source: Callable[[], BinaryIO], size: int
) -> list[Member] | None:
    """Return the files inside an archive or a compressed file, None if it is neither, by its content.

    Raises InputError if it is damaged, or unpacks to more than the limits allow.
    """
    with open_source() as stream:
        kind = _kind(stream)
        if kind is None:
            return None
        unpacker = _Unpacker(name, size)
        try:
            unpacker.expand(path, kind, stream)
        except DAMAGE as error:
            if is_disk_full(error):
                raise  # the temporary folder's disk, not the source
            raise InputError(
                f"{name} is damaged, cut off or encrypted ({error or type(error).__name__}). Fetch it again."
            ) from error
    return unpacker.members


class Spool:
    """A temporary file of parts, one after the other; it is removed with the last reference to a part."""

    def __init__(self) -> None:
        """Create the file; it has no name."""
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # the finalizer below closes it
        self._end = 0
        weakref.finalize(self, self._file.close)

    def add(self, blocks: Iterable[bytes]) -> tuple[int, int]:
        """Write a part and return its offset and size."""
        start = self._end
        self._file.seek(start)
        for block in blocks:
            view = memoryview(block)
            while view:
                view = view[self._file.write(view) :]
            self._end += len(block)
        return start, self._end - start

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`."""
        self._file.seek(offset)
        return self._file.read(size)

    def open(self, offset: int, size: int) -> BinaryIO:
        """Return a part as a stream of its own."""
        if size <= _BLOCK_SIZE:
            return io.BytesIO(self.read(offset, size))
        return io.BufferedReader(_Part(self, offset, size))


class _Part(io.RawIOBase):
    """A part of a spool as a stream."""

    def __init__(self, spool: Spool, offset: int, size: int) -> None:
        self._spool, self._offset, self._size, self._position = spool, offset, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, origin + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader, the only caller, passes a memoryview
        wanted = min(len(buffer), max(0, self._size - self._position))
        block = self._spool.read(self._offset + self._position, wanted)
        buffer[: len(block)] = block
        self._position += len(block)
        return len(block)


class _Unpacker:
    """Unpacks nested archives within limits on total size, depth and number of files."""

    def __init__(self, name: str, packed: int) -> None:
        self._name, self._budget = name, Budget(name, packed)
        self._spool = Spool()
        self.members: list[Member] = []

    def expand(self, path: str, kind: str, stream: BinaryIO, depth: int = 1) -> None:
        """Add what an archive or compressed file holds to the members."""
        if kind == "zip":
            self._zip(stream, depth)
        elif kind == "tar":
            self._tar(*self._store(stream), depth)
        else:
            opened = _OPENERS[kind](stream)
            self._add(_without_suffix(path), *self._store(opened), depth, is_layer=True)

    def _add(
        self, path: str, offset: int, size: int, depth: int, *, is_layer: bool = False
    ) -> None:
        """Add a member, or what it holds if it is an archive or compressed itself."""
        if depth < _MAX_DEPTH and (is_layer or looks_packed(path)):
            with self._spool.open(offset, size) as stream:
                kind = _kind(stream)
                if kind == "tar":
                    return self._tar(offset, size, depth + 1)
                if kind:
                    return self.expand(path, kind, stream, depth + 1)
        if len(self.members) >= MAX_MEMBERS:
            raise InputError(
                f"{self._name} holds more than {MAX_MEMBERS:,} files. Split it into several."
            )
        self.members.append(Member(path, partial(self._spool.open, offset, size), size))
        return None

    def _tar(self, start: int, length: int, depth: int) -> None:
        with self._spool.open(start, length) as stream, tarfile.open(fileobj=stream) as tar:
            while (info := tar.next()) is not None:
                tar.members = []  # type: ignore[attr-defined]  # typeshed omits it; it would keep every header in memory
                if info.offset_data + info.size > length:
                    raise tarfile.ReadError("it ends within a file")
                path = _safe_path(info.name)
                if path and info.isreg() and not info.issparse():
                    self._add(path, start + info.offset_data, info.size, depth)
            if self._spool.read(start + tar.offset, 512)[: length - tar.offset].strip(b"\0"):
                raise tarfile.ReadError("it ends within a header")

    def _zip(self, stream: BinaryIO, depth: int) -> None:
        with zipfile.ZipFile(stream) as archive:
            for info in archive.infolist():
                member = _safe_path(info.filename)
                if member and not info.is_dir():
                    with archive.open(info) as opened:
                        part = self._store(cast(BinaryIO, opened))
                    self._add(member, *part, depth)

    def _store(self, stream: BinaryIO) -> tuple[int, int]:
        return self._spool.add(self._budget.blocks(stream))


def _kind(stream: BinaryIO) -> str | None:
    """Return the format of an archive or compressed stream, by its first bytes; a workbook is neither."""
    head = stream.read(512)
    stream.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"\xfd7zXZ\0"):
        return "xz"
    if head.startswith(b"BZh"):
        return "bz2"
    if head[_TAR_MAGIC] == b"ustar":
        return "tar"
    if head.startswith((b"PK\3\4", b"PK\5\6")) and not is_workbook(stream):
        return "zip"
    return None


def is_workbook(stream: BinaryIO) -> bool:
    """Whether a zip file is a workbook: XLSX or ODS. The stream is left at its start."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
    except DAMAGE:
        return False
    finally:
        stream.seek(0)
    return "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names


def _safe_path(name: str) -> str:
    """A member's path as a harmless relative name; empty if it points outside the archive."""
    parts = [
        part
        for part in drop_surrogates(name).replace("\\", "/").split("/")
        if part not in ("", ".")
    ]
    return "" if ".." in parts else "/".join(parts)


def _without_suffix(path: str) -> str:
    for suffix, replacement in _SUFFIXES.items():
        if path.lower().endswith(suffix):
            return path[: -len(suffix)] + replacement
    return path
