"""Run by tests as a process of its own: the real server, with a bag of words for a model."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from service.encoder import Vectors
from service.search.searcher import Searcher
from service.settings import load_settings
from service.stores.edge.store import EdgeStore
from service.verdict import off_topic
from service.web import server, workers
from support.fakes import BagOfWords
from support.off_topic import read_few

PATIENT_SECONDS = 120.0
"""The deadline of a request: none is missed on a slow machine."""


SOON = 2.0
"""Seconds after which a worker is replaced that is looked at often."""


class Slow(BagOfWords):
    """Encodes the word "slowly" only once it may: says so with a file, and waits for another."""

    def __init__(self, folder: Path) -> None:
        """Use `encoding` and `go-on` in this folder."""
        super().__init__()
        self._encoding, self._go_on = folder / "encoding", folder / "go-on"

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return one unit vector a question, some of them late."""
        if any("slowly" in question for question in questions):
            self._encoding.touch()
            while not self._go_on.exists():
                time.sleep(0.02)
        return super().encode_queries(questions)


def serve(data: str, port: str, look_at: str = "", processes: str = "1") -> None:
    """Serve the catalogue in `data`.

    Look at workers often if `look_at` says what for: one is replaced soon where it is "silent" or "hung", and
    only then, however slow the machine is.
    """
    if look_at:
        workers.LOOK_SECONDS = 0.3
        workers.SILENT_SECONDS = SOON if look_at == "silent" else PATIENT_SECONDS
        workers.HUNG_SECONDS = SOON if look_at == "hung" else PATIENT_SECONDS

    def open_searcher() -> Searcher:
        return Searcher(EdgeStore(folder, "sessions"), lambda fingerprint: Slow(folder))

    folder = Path(data)
    settings = load_settings(
        data_dir=folder,
        port=int(port),
        threads=4,
        workers=int(processes),
        deadline=SOON if look_at == "hung" else PATIENT_SECONDS,
    )
    server.run(settings, open_searcher)


if __name__ == "__main__":
    task, *given = sys.argv[1:]
    assert task == "serve"
    with mock.patch.object(off_topic, "read_queries", read_few):  # as in the tests' own process
        serve(*given)
