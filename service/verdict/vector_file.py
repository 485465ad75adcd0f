"""The file of the off-topic queries' vectors: embedding them takes seconds, which every start would wait for.

DATA_DIR/off-topic/<the fingerprint's key>.npz    the vectors, and the digest of the queries that they are of
"""

import logging
import os
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from service.encoder import Fingerprint, Vectors, checked
from service.errors import EncoderError

log = logging.getLogger(__name__)


def read_vectors(folder: Path, encoder: Fingerprint, digest: str, rows: int) -> Vectors | None:
    """Return the vectors (rows, dimension) of the queries with this digest; None if they are not there."""
    file = _file(folder, encoder)
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            if str(kept["digest"]) != digest:
                return None
            return checked(kept["vectors"], rows, encoder.dimension)
    except FileNotFoundError:
        return None
    except (OSError, EOFError, KeyError, ValueError, BadZipFile, EncoderError) as error:
        log.warning("%s cannot be read (%s). It is made anew.", file, error)
        return None


def write_vectors(folder: Path, encoder: Fingerprint, digest: str, vectors: Vectors) -> None:
    """Write the vectors in one atomic step; where that fails, the log says so."""
    file = _file(folder, encoder)
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as stream:
                np.savez(stream, digest=np.array(digest), vectors=vectors)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s cannot be written (%s): each start takes seconds longer.", file, error)


def _file(folder: Path, encoder: Fingerprint) -> Path:
    return folder / f"{encoder.key}.npz"
