"""Random operations on a catalogue, against a plain-Python oracle of what it must hold afterwards.

Loaders are killed among them: a process by SIGKILL on the embedded store, on a server one whose calls no longer
arrive. By default some hundred operations are run on the embedded store, three hundred on each of the others.

    CONFERENCE_HELPER_TEST_LONG=1 pytest -s tests/test_store_machine.py

runs over a thousand on each and prints how many of them were kills."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from qdrant_client import QdrantClient
from support.fakes import BagOfWords
from support.revisions import Revisions, read_revisions
from support.stores import ENCODER, store_on, talk

from loaders.load import LoadRequest, run
from loaders.records.record import Options
from service.errors import NothingLoadedError, RefusedError
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.stores.generations import KEPT_GENERATIONS
from service.stores.protocol import SessionStore

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
MEMORY = Path("/dev/shm")  # noqa: S108 -- generations are many small files: keep them off the disk
WORDS = ("whale", "heron", "otter", "crane", "moth", "lynx")

programmes = st.dictionaries(st.integers(0, 30), st.sampled_from(WORDS), max_size=12)
years = st.sampled_from([2025, 2026])
rooms = st.sampled_from(["A", "B"])
State = dict[UUID, Session]


class Machine(RuleBasedStateMachine):
    """One catalogue, and the states it must have.

    `history` ends with what is served, `left` with what the last rollback left. A first load that is
    `abandoned` leaves a whole generation, to which a rollback may lead.
    """

    folder: Path
    short = (4, 25)
    """Examples, and steps of each, of a short run."""
    operations = kills = 0
    """Run so far, in all examples."""

    def __init__(self) -> None:
        super().__init__()
        root = str(MEMORY) if MEMORY.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="machine-", dir=root))
        self.client = QdrantClient(":memory:")
        self.history: list[tuple[State, BagOfWords, Revisions]] = []
        self.left: list[tuple[str, tuple[State, BagOfWords, Revisions]]] = []
        self.encoder = ENCODER
        self.generation, self.abandoned = "", False

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def open(self) -> SessionStore:
        """Open the catalogue."""
        raise NotImplementedError

    def kill_loader(self, moment: str) -> None:
        """Leave behind what a loader leaves that dies."""
        raise NotImplementedError

    @initialize()
    def start(self) -> None:
        self.store = self.open()
        type(self).operations -= 1  # the look that follows is no operation's

    @property
    def served(self) -> State:
        return self.history[-1][0] if self.history else {}

    @rule(year=years, titles=programmes.filter(bool), room=rooms)
    def load(self, year: int, titles: dict[int, str], room: str) -> None:
        self._sync([talk(n, f"The {t} number{n}", year=year, room=room) for n, t in titles.items()])

    @precondition(lambda self: self.served)
    @rule(data=st.data(), room=rooms)
    def sync_a_few_changes(self, data: st.DataObject, room: str) -> None:
        year = data.draw(st.sampled_from(sorted({one.year for one in self.served.values()})))
        sessions = [one for one in self.served.values() if one.year == year]
        changed = data.draw(st.sampled_from(sorted(one.source_id for one in sessions)))
        self._sync(
            [
                talk(int(changed), one.title, year=year, room=room)
                if one.source_id == changed
                else one
                for one in sessions
            ]
        )

    @precondition(lambda self: len(self.served) > 1)
    @rule(data=st.data())
    def remove_one(self, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(sorted(self.served, key=str)))
        left = [one for one in self.served.values() if one.id != gone]
        same_year = [one for one in left if one.year == self.served[gone].year]
        if same_year:
            self._sync(same_year)

    @rule(weights=st.sampled_from(["bag-of-words", "other"]))
    def choose_another_encoder(self, weights: str) -> None:
        self.encoder = BagOfWords(weights=weights)

    @rule()
    def rollback(self) -> None:
        if len(self.history) > 1:
            name = self.store.manifest().generation
            self.store.rollback()
            self.left.append((name, self.history.pop()))
        elif not self.abandoned:
            with pytest.raises((RefusedError, NothingLoadedError)):
                self.store.rollback()

    @precondition(lambda self: self.left)
    @rule()
    def roll_forward(self) -> None:
        name, state = self.left.pop()
        assert self.store.rollback(name).generation == name
        self.history.append(state)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.open()

    @rule(moment=st.sampled_from(["upsert", "commit"]))
    def kill(self, moment: str) -> None:
        self.kill_loader(moment)
        self.abandoned |= moment == "commit" and not self.history
        type(self).kills += 1

    @rule(sessions=programmes)
    def fail_before_commit(self, sessions: dict[int, str]) -> None:
        batch = [talk(number, title) for number, title in sessions.items()]
        vectors = self.encoder.encode_sessions([one.text for one in batch])
        with pytest.raises(ZeroDivisionError):
            self._build_and_fail(batch, vectors)

    def _build_and_fail(self, batch: list[Session], vectors: Any) -> None:
        with self.store.building(self.encoder.fingerprint, sessions=len(batch)) as builder:
            builder.upsert(batch, vectors)
            raise ZeroDivisionError

    @invariant()
    def store_holds_what_the_oracle_says(self) -> None:
        type(self).operations += 1
        if not self.history:
            with pytest.raises(NothingLoadedError):
                self.store.manifest()
            return
        state, encoder, revisions = self.history[-1]
        with self.store.reading() as generation:
            held = {}
            for sessions, vectors in generation.scan():
                texts = [session.text for session in sessions]
                np.testing.assert_allclose(vectors, encoder.encode_sessions(texts), atol=1e-6)
                held.update({session.id: session for session in sessions})
            assert held == state
            assert read_revisions(generation) == revisions
            assert generation.manifest.sessions == len(state)
            assert sum(event.sessions for event in generation.manifest.events) == len(state)
            assert not generation.manifest.encoder.differences(encoder.fingerprint)

    def _sync(self, sessions: list[Session]) -> None:
        file = self.folder / "programme.csv"
        lines = [
            f"{one.source_id},{one.title},{one.room},{one.event},{one.year}" for one in sessions
        ]
        file.write_text("\n".join(["id,title,room,event,year", *lines]), "utf-8")
        request = LoadRequest(
            sources=(str(file),),
            options=Options(),
            cache_file=self.folder / "vectors.sqlite",
            allow_removals=True,
        )
        before = self.history[-1] if self.history else None
        run(
            request,
            self.store,
            lambda _: self.encoder,
            say=lambda text: None,
            progress=lambda counts, total: counts,
        )
        keys = {(one.event, one.year) for one in sessions}
        state = {id: one for id, one in self.served.items() if (one.event, one.year) not in keys}
        state.update({one.id: one for one in sessions})
        same_encoder = before and not before[1].fingerprint.differences(self.encoder.fingerprint)
        if before and state == before[0] and same_encoder:
            return
        known = before[2] if before else Revisions()
        held = (state, self.encoder, known.after(self.served, state))
        if self.store.manifest().revision:  # changed in place: there is no generation of its own
            self.history[-1] = held
        else:
            self.left.clear()
            self.history.append(held)
            del self.history[: -KEPT_GENERATIONS - 1]


class EmbeddedMachine(Machine):
    """The embedded store."""

    short = (8, 15)

    def open(self) -> SessionStore:
        return EdgeStore(self.folder, "sessions")

    def kill_loader(self, moment: str) -> None:
        script = Path(__file__).parent / "support/dying_loader.py"
        path = os.pathsep.join([str(script.parents[1]), str(script.parents[2])])
        died = subprocess.run(
            [sys.executable, str(script), str(self.folder), moment],
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
        assert died.returncode == -9


class MemoryMachine(Machine):
    """The server store over a client in memory."""

    in_place_from = 10**9

    def open(self) -> SessionStore:
        return store_on(self.client, in_place_from=self.in_place_from)

    def kill_loader(self, moment: str) -> None:
        """Nothing that the loader would still do reaches the server; then its lock expires."""
        dying = self.open()
        lost: dict[str, Any] = {
            name: mock.Mock(side_effect=ConnectionError)
            for name in ("delete_collection", "update_collection_aliases")
        }
        with mock.patch.multiple(self.client, **lost), pytest.raises(ConnectionError):
            self._load_and_die(dying, moment)
        if self.client.collection_exists("sessions-lock"):
            self.client.update_collection("sessions-lock", metadata={"until": 0.0})

    @staticmethod
    def _load_and_die(store: SessionStore, moment: str) -> None:
        with store.building(ENCODER.fingerprint, sessions=1) as builder:
            builder.upsert([talk(1)], ENCODER.encode_sessions([talk(1).text]))
            if moment == "commit":
                builder.commit(expected=1, sources=[])


class InPlaceMachine(MemoryMachine):
    """The same, where small changes are made in place."""

    in_place_from = 0


@pytest.mark.parametrize("machine", [EmbeddedMachine, MemoryMachine, InPlaceMachine])
def test_random_operations(machine: type[Machine]) -> None:
    machine.operations = machine.kills = 0
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30 if LONG else machine.short[0],
            stateful_step_count=50 if LONG else machine.short[1],
            deadline=None,
            phases=(Phase.generate,),  # shrinking takes minutes: print what failed instead
            derandomize=not LONG,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{machine.__name__}: {machine.operations} operations, {machine.kills} kills")  # noqa: T201  # what -s is for
    if LONG:
        assert machine.kills > 0
        assert machine.operations >= 1_000
