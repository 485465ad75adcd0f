"""A full disk is said to be full, and not taken for damage."""

import gzip
import sqlite3
from errno import EACCES, ENOSPC
from io import BytesIO
from unittest.mock import Mock

import pytest
from support.programmes import Loading, row

from loaders.sources.archives import unpack
from service.errors import (
    StorageFullError,
)


def full_database_error() -> sqlite3.OperationalError:
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA max_page_count = 2")
    db.execute("CREATE TABLE t (value)")
    with pytest.raises(sqlite3.OperationalError) as raised:
        db.execute("INSERT INTO t VALUES (zeroblob(100000))")
    db.close()
    return raised.value


@pytest.mark.parametrize("error", [OSError(ENOSPC, "No space left"), full_database_error()])
def test_a_full_temporary_folder_is_called_so(
    loading: Loading, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    loading.rows([row(1)])
    monkeypatch.setattr("loaders.staging.database.Staging.add", Mock(side_effect=error))
    with pytest.raises(StorageFullError, match="set TMPDIR to a folder of another disk"):
        loading.rows([row(1), row(2)])
    assert loading.count() == 1


def test_another_error_of_the_temporary_folder_stays_what_it_is(
    loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = PermissionError(EACCES, "Permission denied", "full.csv")
    missing = sqlite3.OperationalError("no such table: full")
    for error in (denied, missing):
        monkeypatch.setattr("loaders.staging.database.Staging.add", Mock(side_effect=error))
        with pytest.raises(type(error), match="full"):
            loading.rows([row(1)])


def test_a_full_temporary_folder_is_no_damage_of_an_archive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = Mock(side_effect=OSError(ENOSPC, "No space left"))
    monkeypatch.setattr("loaders.sources.archives._Unpacker.expand", full)
    packed = gzip.compress(b"title\nHealth\n")
    with pytest.raises(OSError, match="No space left"):
        unpack("a.csv.gz", "a.csv.gz", lambda: BytesIO(packed), len(packed))
