"""One file to read, as bounded bytes, lines or text, however it is encoded."""

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO

from service.errors import InputError

MAX_FILE_BYTES = 512 * 2**20
MAX_LINE = 8 * 2**20
_HEAD = 64 * 2**10
_BLOCK_SIZE = 2**20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class SourceFile:
    """One file to read: its name for messages, a function that opens it, and its siblings by their paths.

    `path` is relative to the folder or archive it came from; `origin` is what the caller named, and
    `is_named` whether that was this very file. `notes` are for the report: how a file was come by. `packed` is
    a member's share of the bytes of its archive.
    """

    name: str
    path: str
    open: Callable[[], BinaryIO]
    size: int
    siblings: dict[str, "SourceFile"] = field(default_factory=dict, repr=False, compare=False)
    origin: str = ""
    is_named: bool = False
    notes: tuple[str, ...] = ()
    packed: int | None = None

    @property
    def stored_size(self) -> int:
        """The bytes that it takes where it is kept: in an archive its share of that."""
        return self.size if self.packed is None else self.packed

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB: enough to tell a format by."""
        with self.open() as stream:
            return stream.read(_HEAD)

    @cached_property
    def head_text(self) -> str:
        """The first 64 KiB as text, in whatever encoding, without leading white space."""
        decode = codecs.getincrementaldecoder(_encoding_of_mark(self.head) or "utf-8")
        try:
            return decode().decode(self.head).lstrip("\ufeff \t\r\n")
        except UnicodeDecodeError:
            return self.head.decode("cp1252", "replace").lstrip()

    def read(self) -> bytes:
        """Return the whole content. Raises InputError if it is larger than 512 MiB."""
        if self.size > MAX_FILE_BYTES:
            self._refuse_size()
        with self.open() as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            self._refuse_size()
        return content

    def text(self) -> str:
        """Return the whole content as text. Raises InputError if it is not text."""
        content = self.read()
        try:
            return _decode(content)
        except UnicodeDecodeError as error:
            number = content.count(b"\n", 0, error.start) + 1
            raise self._not_text(number) from error

    def lines(self) -> Iterator[tuple[int, bytes | None]]:
        """Yield (line number, line), None in place of a line that is longer than 8 MiB.

        Lines of UTF-16 and UTF-32 are given as UTF-8.
        """
        if _encoding_of_mark(self.head) not in ("", "utf-8-sig"):
            yield from ((number, line.encode()) for number, line in enumerate(self.text_lines(), 1))
            return
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

    def text_lines(self) -> Iterator[str]:
        """Yield the lines as text with their ends, one longer than 8 MiB cut off there.

        Raises InputError if it is not text.
        """
        number = 0
        with io.TextIOWrapper(self.open(), self.detect_encoding(), newline="") as stream:
            try:
                while block := stream.readline(MAX_LINE):
                    number += 1
                    yield block
                    while len(block) >= MAX_LINE and not block.endswith(("\n", "\r")):
                        block = stream.readline(MAX_LINE)
            except UnicodeError as error:
                raise self._not_text(number + 1) from error

    def detect_encoding(self, declared: str = "") -> str:
        """Return the encoding of the whole content, read in blocks: that of its mark, or UTF-8.

        What is neither is in the encoding that it is `declared` to be in, or else in Windows-1252.
        """
        if named := _encoding_of_mark(self.head):
            return named
        decoder = codecs.getincrementaldecoder("utf-8")()
        with self.open() as stream:
            try:
                while block := stream.read(_BLOCK_SIZE):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return declared or "cp1252"
        return "utf-8"

    def _refuse_size(self) -> None:
        raise InputError(
            f"{self.name} is larger than {MAX_FILE_BYTES // 2**20} MiB. Split it into several files."
        )

    def _not_text(self, number: int) -> InputError:
        return InputError(
            f"{self.name}:{number}: the text is neither UTF-8 nor Windows-1252. Save it as UTF-8."
        )


def _encoding_of_mark(head: bytes) -> str:
    """Return the encoding of a byte order mark, "" without one."""
    return next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), "")


def _decode(content: bytes) -> str:
    """Decode by the byte order mark, else as UTF-8 if valid, else as Windows-1252."""
    if named := _encoding_of_mark(content[:4]):
        return content.decode(named)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252")
