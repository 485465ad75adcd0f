"""VectorCache: vectors by encoder and text hash in SQLite, so that an interrupted load loses no work."""

import json
import logging
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from service.encoder import Fingerprint, Vectors, checked
from service.errors import EncoderError, StorageFullError, StoreError, is_disk_full

CAPACITY = 100_000
"""Maximum number of vectors kept after a load, by last use; about 1.5 kB each at 384 dimensions."""

log = logging.getLogger(__name__)


class VectorCache:
    """The unit vectors of one encoder, in a database file that it shares with other encoders' vectors."""

    def __init__(self, file: Path, encoder: Fingerprint) -> None:
        """Open or create the file; a damaged one is renamed, and logged. Raises StoreError."""
        self._encoder = encoder.key
        self._dimension = encoder.dimension
        self._file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._connect()
        except OSError as error:
            raise StoreError(
                f"{file.parent} cannot be written: {error.strerror}. "
                "Set CONFERENCE_HELPER_DATA_DIR to a folder you may write to."
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def missing(self, text_hashes: Sequence[str]) -> set[str]:
        """Return the hashes that have no vector yet; the others count as used now."""
        with self._translated():
            self._db.executemany(
                "UPDATE vectors SET used = ? WHERE encoder = ? AND text_hash = ?",
                [(_now(), self._encoder, text_hash) for text_hash in text_hashes],
            )
            return set(text_hashes) - self._found(text_hashes).keys()

    def put(self, text_hashes: Sequence[str], vectors: Vectors) -> None:
        """Store the vectors (n, dimension) of texts, durably once this returns. Raises EncoderError."""
        rows = checked(vectors, len(text_hashes), self._dimension)
        with self._translated():
            self._db.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)",
                [
                    (self._encoder, text_hash, row.astype("<f4").tobytes(), _now())
                    for text_hash, row in zip(text_hashes, rows, strict=True)
                ],
            )

    def get(self, text_hashes: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) vectors of texts. Raises EncoderError if one is missing or damaged."""
        with self._translated():
            found = self._found(text_hashes)
        try:
            rows = [np.frombuffer(found[text_hash], dtype="<f4") for text_hash in text_hashes]
            return checked(np.asarray(rows), len(text_hashes), self._dimension)
        except (KeyError, ValueError) as error:
            raise EncoderError(
                f"{self._file} lacks or garbles a vector ({error}). Delete it and load again."
            ) from error

    def trim(self, capacity: int = CAPACITY) -> None:
        """Delete all but the most recently used vectors."""
        with self._translated():
            self._db.execute(
                "DELETE FROM vectors WHERE (encoder, text_hash) IN (SELECT encoder, text_hash "
                "FROM vectors ORDER BY used DESC LIMIT -1 OFFSET ?)",
                (capacity,),
            )

    def _found(self, text_hashes: Sequence[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for start in range(0, len(text_hashes), 500):
            some = text_hashes[start : start + 500]
            found.update(
                self._db.execute(
                    "SELECT text_hash, vector FROM vectors"
                    " WHERE encoder = ? AND text_hash IN (SELECT value FROM json_each(?))",
                    (self._encoder, json.dumps(list(some))),
                )
            )
        return found

    def _connect(self) -> sqlite3.Connection:
        try:
            return _opened(self._file)
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self._file} cannot be opened: {error}.") from error
        except sqlite3.DatabaseError as error:
            aside = self._file.with_suffix(".damaged")
            log.warning("%s is damaged (%s): set aside as %s.", self._file, error, aside)
            self._file.replace(aside)
            return _opened(self._file)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with self._db:
                yield
        except sqlite3.Error as error:
            if is_disk_full(error):
                raise StorageFullError(
                    f"{self._file}: the disk is full. Free some space and load again; "
                    "the vectors computed so far are kept."
                ) from error
            raise StoreError(
                f"{self._file} cannot be used: {error}. Delete it and load again."
            ) from error


def _now() -> int:
    return time.time_ns() // 1_000_000


def _opened(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=10)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    db.execute(
        "CREATE TABLE IF NOT EXISTS vectors (encoder TEXT, text_hash TEXT, vector BLOB NOT NULL, "
        "used INTEGER NOT NULL, PRIMARY KEY (encoder, text_hash)) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX IF NOT EXISTS vectors_used ON vectors (used)")
    return db
