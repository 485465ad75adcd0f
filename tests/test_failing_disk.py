"""Each write, sync, rename and removal of a load, a rollback, a restore and a migration fails or is the last.

What is served then is what was, or what was to be, whole; and the error says what happened. The operations are
the program's own: Edge writes its files itself. A short run lets some of them fail;

    CONFERENCE_HELPER_TEST_LONG=1 pytest -s tests/test_failing_disk.py

lets each fail, with a full disk and with an error of the disk, kills the process before each, and prints how
many there were.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from errno import EIO, ENOSPC
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from qdrant_client import QdrantClient
from support.faults import outcome
from support.stores import store_on, talk, write

from service.errors import ConferenceHelperError, StorageFullError
from service.stores.backup import restore_backup, write_backup
from service.stores.copying import copy_catalogue
from service.stores.edge.store import EdgeStore
from service.stores.verification import verify

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
_OPERATIONS = (
    (os, "fsync"),
    (Path, "replace"),
    (Path, "unlink"),
    (Path, "mkdir"),
    (shutil, "rmtree"),
)
"""Beside what opens a file to write it."""
KILLED = 77


class FailingDisk:
    """Counts the operations that change files, and lets the one of a number fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._done = 0
        self._fails: int | None = None
        self._number: int | None = EIO

    @contextlib.contextmanager
    def failing(self, place: int | None, number: int | None = EIO) -> Iterator[None]:
        """Let the operation at a place, from 0, fail with an error number in a `with` block.

        Without a number this process ends there.
        """
        self._done, self._fails, self._number = 0, place, number
        with self._monkeypatch.context() as patched:
            for home, name in _OPERATIONS:
                patched.setattr(home, name, self._watched(getattr(home, name)))
            opened = Path.open

            def watched_open(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
                if "w" in mode or "+" in mode:
                    self._step()
                return opened(path, mode, *args, **options)

            patched.setattr(Path, "open", watched_open)
            yield

    @property
    def done(self) -> int:
        return self._done

    def _watched(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            self._step()
            return operation(*args, **options)

        return step

    def _step(self) -> None:
        self._done += 1
        if self._done - 1 == self._fails:
            if self._number is None:
                os._exit(KILLED)
            raise OSError(self._number, os.strerror(self._number))


def _load(store: EdgeStore, folder: Path) -> None:
    write(store, [talk(1), talk(2)])


def _rollback(store: EdgeStore, folder: Path) -> None:
    store.rollback()


def _restore(store: EdgeStore, folder: Path) -> None:
    restore_backup(folder / "backup", store)


def _migrate(store: EdgeStore, folder: Path) -> None:
    with closing(store_on(QdrantClient(":memory:"))) as server:
        write(server, [talk(1), talk(2)])
        copy_catalogue(server, store)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a backup of two sessions, and a catalogue that serves one and keeps another."""
    folder = tmp_path_factory.mktemp("prepared")
    with closing(EdgeStore(folder / "other", "sessions")) as other:
        write(other, [talk(1), talk(2)])
        write_backup(other, folder / "backup")
    with closing(EdgeStore(folder / "data", "sessions")) as store:
        write(store, [talk(1), talk(2)])
        write(store, [talk(1)])
    return folder


Operation = Callable[[EdgeStore, Path], None]
OPERATIONS: tuple[Operation, ...] = (_load, _rollback, _restore, _migrate)


@pytest.mark.parametrize("operate", OPERATIONS)
def test_what_is_served_is_whole_whatever_fails(
    prepared: Path, monkeypatch: pytest.MonkeyPatch, operate: Operation
) -> None:
    disk = FailingDisk(monkeypatch)
    with closing(EdgeStore(prepared / "data", "sessions")) as store:
        with disk.failing(None):
            operate(store, prepared)
        many = disk.done
        assert many > (2 if operate is _rollback else 8)
        places = range(many) if LONG else range(many - 3, many)
        for place in places:
            for number in (ENOSPC, EIO) if LONG else ((ENOSPC, EIO)[place % 2],):
                if operate is _rollback:
                    write(store, [talk(1)])
                    write(store, [talk(1), talk(2)])
                before = store.manifest()
                with disk.failing(place, number):
                    told = _told(lambda: operate(store, prepared))
                if told is None:  # what was only to be tidied up
                    assert store.manifest() != before
                else:
                    assert os.strerror(number) in str(told) or "damaged" in str(told)
                    assert isinstance(told, StorageFullError) == (number == ENOSPC), told
                assert verify(store).sessions in (1, 2)
    print(f"{operate.__name__[1:]}: {many} operations")  # noqa: T201  # what -s is for


@pytest.mark.parametrize("operate", OPERATIONS)
def test_what_is_served_is_whole_wherever_it_is_killed(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operate: Operation
) -> None:
    disk, data = FailingDisk(monkeypatch), tmp_path / "data"

    def work(place: int | None) -> int:
        """Return how many operations there were, if this process lives."""
        with closing(EdgeStore(data, "sessions")) as store, disk.failing(place, None):
            operate(store, prepared)
        return disk.done

    def look() -> int:
        """Return how many sessions are served, after which a load works and leaves what it should."""
        with closing(EdgeStore(data, "sessions")) as store:
            served = verify(store).sessions
            write(store, [talk(1), talk(2), talk(3)])
            assert verify(store).sessions == 3
            assert not list(data.rglob("*.new"))
        return served

    def afresh() -> None:
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(prepared / "data", data)

    afresh()
    many = int(outcome(lambda: work(None)))
    assert 2 < many < KILLED
    for place in range(many) if LONG else (many - 3,):
        afresh()
        assert outcome(partial(work, place)) == str(KILLED), place
        assert outcome(look) in ("1", "2"), place
    print(f"{operate.__name__[1:]}: killed at {many} operations")  # noqa: T201  # what -s is for


def _told(work: Callable[[], None]) -> ConferenceHelperError | None:
    try:
        work()
    except ConferenceHelperError as error:
        return error
    return None
