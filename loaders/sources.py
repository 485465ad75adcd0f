"""Sources as the caller names them, files and folders, opened as bounded text."""

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from service.errors import InputError

MAX_FILE_BYTES = 512 * 2**20
MAX_LINE = 8 * 2**20
_HEAD = 64 * 2**10
_PROSE = {".md", ".rst", ".html", ".py", ".pdf", ".png", ".jpg"}
_PROSE_NAMES = {"license", "licence", "readme", "changelog", "copying"}


@dataclass(frozen=True)
class SourceFile:
    """One file to read: its name for people, a way to open it (again), and the files beside it by path."""

    name: str
    path: str
    open: Callable[[], BinaryIO]
    size: int
    beside: dict[str, "SourceFile"] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB: enough to tell a format by."""
        with self.open() as stream:
            return stream.read(_HEAD)

    def read(self) -> bytes:
        """Return the whole content. Raises InputError if it is larger than 512 MiB."""
        with self.open() as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise InputError(
                f"{self.name} is larger than {MAX_FILE_BYTES // 2**20} MiB. Split it into several files."
            )
        return content

    def text(self) -> str:
        """Return the whole content as text. Raises InputError if it is not text."""
        content = self.read()
        try:
            return content.decode(encoding_of(content[:4], content))
        except UnicodeDecodeError as error:
            number = content.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"{self.name}:{number}: the text is neither UTF-8 nor Windows-1252. Save it as UTF-8."
            ) from error

    def lines(self) -> Iterator[tuple[int, bytes | None]]:
        """Yield (line number, line), None for a line that is longer than 8 MiB, which is passed over."""
        with self.open() as stream:
            number = 0
            while block := stream.readline(MAX_LINE + 1):
                number += 1
                if len(block) > MAX_LINE and not block.endswith(b"\n"):
                    while block and not block.endswith(b"\n"):
                        block = stream.readline(MAX_LINE)
                    yield number, None
                else:
                    yield number, block


def encoding_of(head: bytes, content: bytes) -> str:
    """Return the encoding of text: by its byte order mark, else UTF-8 if it is that, else Windows-1252."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def find_sources(names: Iterable[str]) -> Iterator[SourceFile]:
    """Yield the files that the names stand for; folders give all the files in them, sorted.

    Raises InputError for a name that is not there or a file that is empty.
    """
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from _folder(path)
        elif path.is_file():
            source = _file(path, path.name, {})
            if not source.size:
                raise InputError(f"{name} is empty. Export the programme again.")
            yield source
        else:
            raise InputError(f"There is no file or folder {name}. Check the path.")


def _folder(root: Path) -> Iterator[SourceFile]:
    beside: dict[str, SourceFile] = {}
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        hidden = any(part.startswith(".") for part in relative.parts)
        prose = path.suffix.lower() in _PROSE or path.stem.lower() in _PROSE_NAMES
        if path.is_file() and not hidden and not prose:
            beside[relative.as_posix()] = _file(path, relative.as_posix(), beside)
    if not beside:
        raise InputError(f"{root} holds no files. Name a folder with session data.")
    yield from list(beside.values())


def _file(path: Path, relative: str, beside: dict[str, SourceFile]) -> SourceFile:
    def open_file() -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}.") from error

    return SourceFile(str(path), relative, open_file, path.stat().st_size, beside)


def from_bytes(name: str, content: bytes) -> SourceFile:
    """Return a source whose content is already at hand."""
    return SourceFile(name, name, lambda: io.BytesIO(content), len(content))
