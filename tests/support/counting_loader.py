"""Run by tests in a process of its own: the real load, with a bag of words for a model that counts."""

from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from loaders.load import LoadRequest, run
from loaders.records.record import Options
from service.encoder import Vectors
from service.stores.edge.store import EdgeStore
from service.verdict import off_topic
from support.fakes import BagOfWords
from support.off_topic import read_few


class Counting(BagOfWords):
    """Notes in a file every text that it embeds."""

    def __init__(self, file: Path) -> None:
        """Add a full stop a text to the end of the file."""
        super().__init__()
        self._file = file

    def encode_sessions(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text."""
        with self._file.open("a", encoding="utf-8") as counted:
            counted.write("." * len(texts))
        return super().encode_sessions(texts)


@mock.patch.object(off_topic, "read_queries", read_few)  # as in the tests' own process
def load(data: Path, source: Path, count_file: Path) -> None:
    """Load `source` into the catalogue in `data`."""
    encoder = Counting(count_file)
    run(
        LoadRequest(
            sources=(str(source),),
            options=Options(),
            cache_file=data / "vectors.sqlite",
            allow_removals=True,
        ),
        EdgeStore(data, "sessions"),
        lambda store: encoder,
        say=print,
        progress=lambda steps, total: steps,
    )
