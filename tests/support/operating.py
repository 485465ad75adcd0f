"""What goes on at a cluster under test: a loader that operates on a catalogue, a thread that asks it."""

import json
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np

from service.errors import ConferenceHelperError
from service.filters import NO_FILTERS
from service.runtime import deadline
from service.settings import Settings
from service.stores.manifest import Manifest
from service.stores.protocol import Generation, ParsedQuery, SessionStore
from support.processes import TESTS, running
from support.stores import ENCODER, server_store

ASKS_WITHIN = 4.0
"""Seconds that a question may take."""
_PAUSE = 0.02

Content = Mapping[str, tuple[str, str | None]]
"""Title and room of every session, by its id in the source."""
Rows = list[dict[str, Any]]


def content(store: SessionStore, manifest: Manifest | None = None) -> Content:
    """Return what is served, or what a kept generation holds; every vector must be that of its text."""
    found: dict[str, tuple[str, str | None]] = {}
    opened = store.opening(manifest) if manifest else store.reading()
    with opened as generation:
        for sessions, vectors in generation.scan():
            expected = ENCODER.encode_sessions([session.text for session in sessions])
            assert np.allclose(vectors, expected, atol=1e-5), "a vector is another text's"
            for session in sessions:
                assert session.source_id not in found
                found[session.source_id] = (session.title, session.room)
    return found


class Loader:
    """The process that operates on the catalogue; another one is started where it was killed."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        qdrant = settings.qdrant.model_dump(mode="json", exclude_defaults=True)
        given = {"qdrant": qdrant, "catalogue": settings.catalogue, "folder": str(folder)}
        self._arguments = (TESTS / "support" / "cluster_loader.py", json.dumps(given))
        self._stack = ExitStack()
        self._process: subprocess.Popen[str] | None = None
        self._watchdog: threading.Timer | None = None

    def begin(self, operation: str, rows: Rows, seconds: float) -> None:
        """Start an operation; `result` returns what comes of it. It is killed if it takes too long."""
        if self._process is not None and self._process.poll() is not None:
            self.close()  # it was killed after its last operation
        if self._process is None:
            started = running(*self._arguments, stdin=subprocess.PIPE)
            self._process = self._stack.enter_context(started)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": operation, "rows": rows}) + "\n")
        self._process.stdin.flush()
        self._watchdog = threading.Timer(seconds, self.kill)
        self._watchdog.start()

    def result(self) -> dict[str, str]:
        """Return the error of the operation, with its kind; nothing where it succeeded."""
        assert self._process is not None and self._process.stdout is not None
        said: list[str] = []
        for line in self._process.stdout:
            if line.startswith("{"):
                self._end_watch()
                return dict(json.loads(line))
            said.append(line)
        self.close()
        return {"error": "Ended", "text": "".join(said[-20:])}

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        self._end_watch()
        self._stack.close()
        self._process = None

    def _end_watch(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()


class Asking(threading.Thread):
    """Asks questions one after the other, each within a deadline, and looks whether answers may be."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="asking", daemon=True)
        self._settings = settings
        self._ended = threading.Event()
        self._titles: set[str] = set()
        self._counts: set[int] = set()
        self._wrong: list[str] = []
        self.asked = 0
        self.is_answered = False
        self.failed: list[str] = []

    def allow(self, *revisions: Content, between: bool = False) -> None:
        """Answers may come of these from now on; `between` allows what a change in place goes through."""
        titles = {title for one in revisions for title, _ in one.values()}
        counts = [len(one) for one in revisions]
        common = {*revisions[0]}.intersection(*revisions)
        allowed = {*range(len(common), len({*revisions[0]}.union(*revisions)) + 1)}
        self._titles, self._counts = titles, allowed if between else set(counts)

    def take_wrong(self) -> list[str]:
        """Return the answers that could not be, and forget them."""
        wrong, self._wrong = self._wrong, []
        return wrong

    def run(self) -> None:
        with closing(server_store(self._settings)) as store:
            while not self._ended.wait(_PAUSE):
                self.asked += 1
                began = time.monotonic()
                try:
                    with deadline.within(ASKS_WITHIN), store.reading() as generation:
                        self._ask(generation)
                    self.is_answered = True
                except ConferenceHelperError as error:
                    self.is_answered = False
                    self.failed.append(f"{error} (after {time.monotonic() - began:.1f} s)")

    def _ask(self, generation: Generation) -> None:
        title = f"Title number{self.asked % 50}"
        vector = ENCODER.encode_queries([title])[0]
        hits = generation.search(vector, 3, NO_FILTERS, ParsedQuery(title))
        count = generation.count(NO_FILTERS)
        titles = [hit.session.title for hit in hits]
        if not {*titles} <= self._titles or len(hits) != 3 or count not in self._counts:
            self._wrong.append(f"an answer of {count} sessions, {titles}")

    def stop(self) -> None:
        self._ended.set()
        self.join()
