"""How much a source may unpack to."""

from collections.abc import Iterator
from typing import BinaryIO

from service.errors import InputError

MAX_UNPACKED = 2**30
MAX_RATIO = 200
RATIO_CHECKED_FROM = 10 * 2**20
"""Bytes: a small file of one letter shrinks by more than 200 and does no harm."""
_BLOCK_SIZE = 2**20


class Budget:
    """Limits the unpacked size of one source, over all nested archives."""

    def __init__(self, name: str, packed: int) -> None:
        """Set the limit for a source of `packed` bytes."""
        self._name, self._packed, self._unpacked = name, packed, 0

    def blocks(self, stream: BinaryIO) -> Iterator[bytes]:
        """Yield a stream's content. Raises InputError once the source has unpacked to more than allowed."""
        while block := stream.read(_BLOCK_SIZE):
            self._unpacked += len(block)
            if self._unpacked > MAX_UNPACKED:
                raise InputError(
                    f"{self._name} unpacks to more than {MAX_UNPACKED // 2**20:,} MiB. "
                    "Unpack it yourself and load it in parts."
                )
            if self._unpacked > RATIO_CHECKED_FROM and self._unpacked > MAX_RATIO * self._packed:
                raise InputError(
                    f"{self._name} unpacks to more than {MAX_RATIO} times its size, as bombs do. "
                    "If you trust it, unpack it yourself and load the files."
                )
            yield block
