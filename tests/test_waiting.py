"""Waiting for another loader: until it ends, not for ever, and with a word about it."""

import logging
import re
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from support.stores import OpenStore, talk, write

from service.errors import LockedError, RefusedError
from service.stores import waiting
from service.stores.edge.store import EdgeStore
from service.stores.waiting import locked, rollback_to


def test_the_lock_is_waited_for_until_the_other_loader_ends(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pauses = []
    with ExitStack() as other:
        other.enter_context(open_store().lock())

        def end_after_two(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                other.close()

        monkeypatch.setattr(waiting, "sleep", end_after_two)
        with locked(open_store(), wait=600), pytest.raises(LockedError), open_store().lock():
            pass
    assert pauses == [1, 1]
    (said,) = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert re.fullmatch(
        r"Another loader is at work on .* Waiting until it ends, \d\d:\d\d:\d\d at the latest\.",
        said,
    )
    with open_store().lock():
        pass


def test_a_wait_ends_and_says_for_how_long_it_was(open_store: OpenStore) -> None:
    with (
        open_store().lock(),
        pytest.raises(LockedError, match=r"still at work after 0.1 s.*_WAIT_SECONDS"),
        locked(open_store(), wait=0.1),
    ):
        pass


def test_a_lock_that_is_lost_later_is_not_waited_for(open_store: OpenStore) -> None:
    with pytest.raises(LockedError, match="lost"), locked(open_store(), wait=600):
        raise LockedError("It is lost.", "")


def test_a_rollback_that_waits_undoes_what_was_served_when_it_was_called(
    store: EdgeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, *_ = [write(store, [talk(number)]) for number in (1, 2)]
    with closing(EdgeStore(tmp_path / "data", "sessions")) as loader, ExitStack() as stack:
        stack.enter_context(loader.lock())

        def end_the_load(seconds: float) -> None:
            write(loader, [talk(3)])
            stack.close()

        monkeypatch.setattr(waiting, "sleep", end_the_load)
        with pytest.raises(LockedError):
            rollback_to(store, None, wait=0)
        assert rollback_to(store, None, wait=600) == wanted
    with pytest.raises(RefusedError, match="no earlier generation"):
        rollback_to(store, None, wait=600)
