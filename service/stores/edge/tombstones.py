"""The tombstones of an embedded generation: a compressed file in its folder, written before the manifest."""

import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from service.errors import REMEDY, DamagedError
from service.runtime.atomic_file import write_synced
from service.stores.tombstones import Tombstone, decode_tombstone, encode_tombstone

_FILE = "removed"


def write_tombstones(folder: Path, tombstones: Iterable[Tombstone]) -> None:
    """Write the tombstones of the generation in `folder`. Raises OSError if they cannot be written."""
    text = "\n".join(json.dumps(encode_tombstone(one)) for one in tombstones)
    write_synced(folder / _FILE, zlib.compress(text.encode("utf-8")))


def read_tombstones(folder: Path) -> dict[UUID, Tombstone]:
    """Return the tombstones of the generation in `folder` by their ids; older versions wrote none.

    Raises DamagedError if they are not as they were written: the compression carries a checksum.
    """
    file = folder / _FILE
    try:
        lines = zlib.decompress(file.read_bytes()).decode("utf-8").splitlines()
        found = (decode_tombstone(json.loads(line)) for line in lines)
        return {one.id: one for one in found}
    except FileNotFoundError:
        return {}
    except (OSError, zlib.error, ValueError) as error:
        raise DamagedError(f"{file} cannot be read ({error}). {REMEDY}") from error
