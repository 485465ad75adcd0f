"""The vocabulary of an embedded generation: a compressed file in its folder, written before the manifest."""

import zlib
from pathlib import Path

from service.errors import REMEDY, DamagedError
from service.runtime.atomic_file import write_synced
from service.stores.vocabulary import Vocabulary, decode_counts, encode_counts

_FILE = "words"
_COMPLETE, _BOUNDED = "complete", "bounded"
"""The first line: whether every word is there."""


def write_vocabulary(folder: Path, vocabulary: Vocabulary) -> None:
    """Write the vocabulary of the generation in `folder`. Raises OSError if it cannot be written."""
    head = _COMPLETE if vocabulary.is_complete else _BOUNDED
    text = f"{head}\n{encode_counts(vocabulary.counts.items())}"
    write_synced(folder / _FILE, zlib.compress(text.encode("utf-8")))


def read_vocabulary(folder: Path) -> Vocabulary | None:
    """Return the vocabulary of the generation in `folder`, None if it has none.

    Raises DamagedError if it is not as it was written: the compression carries a checksum.
    """
    file = folder / _FILE
    try:
        head, _, text = zlib.decompress(file.read_bytes()).decode("utf-8").partition("\n")
        return Vocabulary(dict(decode_counts(text)), head == _COMPLETE)
    except FileNotFoundError:
        return None
    except (OSError, zlib.error, ValueError) as error:
        raise DamagedError(f"{file} cannot be read ({error}). {REMEDY}") from error
