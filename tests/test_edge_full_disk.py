"""The embedded store on a full disk, its own writes too: it says that it is full, and serves what it did."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from support.faults import outcome
from support.full_disks import small_disks
from support.stores import talk, write

from service.errors import StorageFullError
from service.stores.backup import restore_backup, write_backup
from service.stores.edge.folder import CatalogueFolder
from service.stores.edge.store import EdgeStore
from service.stores.verification import verify

pytestmark = pytest.mark.slow

MEGABYTES = 700
"""For two generations beside what a load wants to be free before it starts."""
FULL = 3
"""What a process ends with that was told so."""
SMALL = ("verify", "rollback")
"""What writes so little that it may find the room."""


def test_a_full_disk_is_told_and_what_is_served_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup"
    operations: dict[str, Callable[[EdgeStore], object]] = {
        "load": lambda store: write(store, [talk(1), talk(2), talk(3)]),
        "restore": lambda store: restore_backup(backup, store),
        "verify": verify,
        "rollback": lambda store: store.rollback(),
    }

    def work(data: Path, operate: Callable[[EdgeStore], object]) -> int:
        with closing(EdgeStore(data, "sessions")) as store:
            try:
                operate(store)
            except StorageFullError:
                return FULL
        return 0

    with small_disks([tmp_path / "disk"], MEGABYTES) as disks:
        data = disks.path(0)

        def prepare() -> int:
            with closing(EdgeStore(data, "sessions")) as store:
                write(store, [talk(1)])
                write(store, [talk(1), talk(2)])
                write_backup(store, backup)
            return 0

        def served() -> int:
            with closing(EdgeStore(data, "sessions")) as store:
                return verify(store).sessions

        assert outcome(prepare) == "0"
        for name, operate in operations.items():
            disks.fill(0)
            ended = outcome(partial(work, data, operate))
            assert ended == str(FULL) or (ended == "0" and name in SMALL), name
            disks.free(0)
            assert outcome(served) == ("1" if (name, ended) == ("rollback", "0") else "2"), name

        # Edge writes by way of memory: without the look at the disk before each batch the system may end it.
        monkeypatch.setattr(CatalogueFolder, "check_space", lambda *args: None)
        disks.fill(0)
        assert outcome(partial(work, data, operations["load"])) in (str(FULL), "SIGBUS")
        disks.free(0)
        assert outcome(served) in ("1", "2")
