"""One loader at a time on a server: locks that expire, and loaders that find theirs taken over."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import httpx
import pytest
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import UnexpectedResponse
from support.processes import TESTS, running, wait_until
from support.stores import ENCODER, server_store, store_on, talk, write

from service.errors import LockedError, StorageFullError
from service.runtime.process import current_process
from service.settings import Settings
from service.stores.verification import verify


@pytest.fixture
def client() -> QdrantClient:
    return QdrantClient(":memory:")


def test_lock_of_a_dead_loader_is_taken_over(client: QdrantClient) -> None:
    dead = {"owner": "elsewhere process 7 abc", "until": time.time() - 1}
    client.create_collection("sessions-lock", vectors_config={}, metadata=dead)
    store = store_on(client)
    write(store, [talk(1)])
    assert not client.collection_exists("sessions-lock")


def test_lock_of_a_living_loader_names_it(client: QdrantClient) -> None:
    alive = {"owner": "elsewhere process 7 abc", "until": time.time() + 60}
    client.create_collection("sessions-lock", vectors_config={}, metadata=alive)
    with (
        pytest.raises(LockedError, match=r"elsewhere process 7.* runs out in (60|59) s"),
        store_on(client).lock(),
    ):
        pass
    assert client.collection_exists("sessions-lock")


def test_lock_of_a_loader_of_this_machine_that_was_killed_is_taken_over_at_once(
    client: QdrantClient,
) -> None:
    hold_lock_and_die(client)
    store = store_on(client)
    write(store, [talk(1)])
    assert not client.collection_exists("sessions-lock")


def test_lock_of_a_living_process_of_this_machine_is_not(client: QdrantClient) -> None:
    with store_on(client).lock():
        held = client.get_collection("sessions-lock").config.metadata or {}
        assert held["process"]["pid"] == os.getpid()
        with pytest.raises(LockedError, match="Another loader"), store_on(client).lock():
            pass


def test_lock_that_a_full_disk_refused_does_not_stay(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One node of a cluster has no space for it, the others made it."""
    create = client.create_collection

    def made_elsewhere(*arguments: Any, **options: Any) -> None:
        create(*arguments, **options)
        raise UnexpectedResponse(500, "", b"No space left on device", httpx.Headers())

    with monkeypatch.context() as patch:
        patch.setattr(client, "create_collection", made_elsewhere)
        with pytest.raises(StorageFullError, match="create a lock"), store_on(client).lock():
            pass
    assert not client.collection_exists("sessions-lock")
    write(store_on(client), [talk(1)])


def test_of_two_that_take_a_lock_over_at_once_one_goes_on(
    client: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one had read the dead loader's lock too, and removes what the first one made."""
    hold_lock_and_die(client)

    def be_overtaken(seconds: float) -> None:
        client.delete_collection("sessions-lock")
        other = {"owner": "elsewhere process 8 def", "until": time.time() + 60}
        client.create_collection("sessions-lock", vectors_config={}, metadata=other)

    monkeypatch.setattr(time, "sleep", be_overtaken)
    with pytest.raises(LockedError, match="started at this moment"), store_on(client).lock():
        pass
    assert (client.get_collection("sessions-lock").config.metadata or {})["until"] > time.time()


def hold_lock_and_die(client: QdrantClient) -> None:
    """Leave the lock of a process of this machine that has ended, with most of its time left."""
    this = current_process()
    if this is None:
        pytest.skip("this system does not tell a process from those before it")
    dead = replace(this, started=this.started - 1).as_dict()
    held = {"owner": "here process 7 abc", "until": time.time() + 60, "process": dead}
    client.create_collection("sessions-lock", vectors_config={}, metadata=held)


def test_lock_of_a_killed_loader_on_a_server(server_settings: Settings) -> None:
    arguments = (TESTS / "support/dying_server_loader.py", server_settings.catalogue)
    env = {"CONFERENCE_HELPER_QDRANT_URL": str(server_settings.qdrant.url)}
    if key := server_settings.qdrant.api_key:
        env["CONFERENCE_HELPER_QDRANT_API_KEY"] = key.get_secret_value()
    with running(*arguments, env=env) as process:
        assert process.wait() == -signal.SIGKILL
        with closing(server_store(server_settings)) as store:
            write(store, [talk(1)])  # its lock has more than a minute left


def test_lock_is_renewed_while_held(client: QdrantClient) -> None:
    def until() -> float:
        return float((client.get_collection("sessions-lock").config.metadata or {})["until"])

    with store_on(client, lock_seconds=4).lock():
        first = until()
        wait_until(lambda: until() > first)
        with pytest.raises(LockedError), store_on(client).lock():
            pass


def test_load_that_lost_its_lock_switches_nothing(client: QdrantClient) -> None:
    store = store_on(client)
    first = write(store, [talk(1)])
    with store.building(ENCODER.fingerprint, sessions=1) as builder:
        builder.upsert([talk(2)], ENCODER.encode_sessions([talk(2).text]))
        client.update_collection("sessions-lock", metadata={"owner": "another process 1 x"})
        with pytest.raises(LockedError, match="took over"):
            builder.commit(expected=1, sources=[])
    assert store.manifest() == first
    assert client.collection_exists("sessions-lock")  # it is the other loader's now


def test_threads_of_one_store_keep_each_other_out(client: QdrantClient) -> None:
    store = store_on(client)
    raised: list[LockedError] = []

    def load() -> None:
        try:
            with store.lock():
                pass
        except LockedError as error:
            raised.append(error)

    with store.lock():
        thread = threading.Thread(target=load)
        thread.start()
        thread.join()
    assert len(raised) == 1


def fall_silent(client: QdrantClient) -> None:
    """Make the lock look as if its holder had given no sign of life for too long."""
    metadata = dict(client.get_collection("sessions-lock").config.metadata or {})
    client.update_collection("sessions-lock", metadata={**metadata, "until": time.time() - 1})


def test_load_that_lost_its_lock_leaves_alone_what_the_other_one_builds(
    client: QdrantClient,
) -> None:
    slow, quick = store_on(client), store_on(client)
    vectors = ENCODER.encode_sessions([talk(1).text])
    with contextlib.ExitStack() as stack:
        with slow.building(ENCODER.fingerprint, sessions=1) as builder:
            fall_silent(client)
            other = stack.enter_context(quick.building(ENCODER.fingerprint, sessions=1))
            other.upsert([talk(1)], vectors)
            with pytest.raises(LockedError, match="took over"):
                builder.upsert([talk(1)], vectors)
        built = other.commit(expected=1, sources=[])
    assert quick.manifest() == built


def test_change_in_place_that_lost_its_lock_writes_nothing(client: QdrantClient) -> None:
    slow, quick = store_on(client, in_place_from=0), store_on(client, in_place_from=0)
    before = write(slow, [talk(number) for number in range(40)])
    updating = slow.updating(changes=2)
    assert updating is not None
    with updating as updater:
        fall_silent(client)
        write(quick, [talk(number) for number in range(41)])
        changes: tuple[Callable[[], None], ...] = (
            lambda: updater.remove([talk(1).id]),
            lambda: updater.update_payloads([talk(2, "Another title")]),
            lambda: updater.upsert([talk(50)], ENCODER.encode_sessions([talk(50).text])),
        )
        for change in changes:
            with pytest.raises(LockedError, match="took over"):
                change()
    assert quick.rollback().generation == before.generation
    verify(quick)
