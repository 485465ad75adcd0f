"""Prepares the same sessions for every program: as loaded catalogues, plain texts and vectors.

<folder>/prepared.json                what it was made from
         sessions.jsonl               the sessions, as `conference-helper export` writes them
         fast/                        data directory: loaded with the default encoder
         reference/                   data directory: the same vectors, served with the reference encoder
         texts.json, vectors.npy      for the other programs, in one order
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.support.corpus import read_sessions
from loaders.export import EXPORT_VERSION
from service.encoder import Vectors
from service.ranking import weights_digest
from service.session import Session
from service.settings import PREFIX
from service.stores.copying import Batch, rebuild
from service.stores.edge.store import EdgeStore
from service.stores.payload import encode_payload
from service.stores.schema import SCHEMA_VERSION
from service.verdict.off_topic import queries_digest

NAME = "sessions"
_ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from conference_helper.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A folder of prepared sessions (see the module docstring)."""

    folder: Path

    @property
    def fast(self) -> Path:
        """Data directory of the default encoder."""
        return self.folder / "fast"

    @property
    def reference(self) -> Path:
        """Data directory of the reference encoder."""
        return self.folder / "reference"

    def texts(self) -> list[str]:
        """Return the embedded text of every session."""
        texts: list[str] = json.loads((self.folder / "texts.json").read_text("utf-8"))
        return texts

    def vectors(self) -> Vectors:
        """Return the vectors of `texts`, float32 (n, dimension)."""
        vectors: Vectors = np.load(self.folder / "vectors.npy")
        return vectors


def prepare(folder: Path, sources: Sequence[str], limit: int) -> Prepared:
    """Load up to `limit` sessions of the sources, unless the folder was prepared from the same ones.

    Otherwise it is prepared anew, with its cache of vectors.
    """
    prepared, key_file = Prepared(folder), folder / "prepared.json"
    key = _key(sources, limit)
    if key_file.exists() and json.loads(key_file.read_text("utf-8")) == key:
        return prepared
    key_file.unlink(missing_ok=True)
    for data in (prepared.fast, prepared.reference):
        shutil.rmtree(data / "catalogues", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    _write_sessions(folder / "sessions.jsonl", read_sessions(sources, limit))
    subprocess.run(
        [*COMMAND, "load", "sessions.jsonl", "--accept-odd"],
        cwd=folder,
        env=environment(prepared.fast),
        stdout=sys.stderr,
        check=True,
    )
    _copy(prepared)
    key_file.write_text(json.dumps(key), "utf-8")
    return prepared


def environment(data: Path, **settings: str) -> dict[str, str]:
    """Return this process's environment with only these settings of the program.

    Run what gets it in a folder without `.env`, whose settings would count too.
    """
    others = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    path = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    chosen = {"DATA_DIR": str(data.absolute()), "CATALOGUE": NAME, **settings}
    ours = {f"{PREFIX}{key}": value for key, value in chosen.items()}
    return {**others, **ours, "PYTHONPATH": os.pathsep.join(path)}


def _key(sources: Sequence[str], limit: int) -> dict[str, object]:
    named = [[str(Path(source).absolute()), _size(Path(source))] for source in sources]
    return {
        "sources": named,
        "most": limit,
        "schema": SCHEMA_VERSION,
        "calibration": [queries_digest(), weights_digest()],
    }


def _size(source: Path) -> int:
    return source.stat().st_size if source.is_file() else 0


def _write_sessions(file: Path, sessions: Sequence[Session]) -> None:
    with file.open("w", encoding="utf-8") as stream:
        for session in sessions:
            line = {"conference_helper": EXPORT_VERSION, "session": encode_payload(session)}
            stream.write(json.dumps(line) + "\n")


def _copy(prepared: Prepared) -> None:
    """Write texts and vectors for the peers, and a catalogue embedded with the reference encoder.

    That one holds vectors of the fast encoder under the reference's name: embedding everything once more
    would take longer than all else, and how long a question takes does not depend on the values.
    """
    store, copy = EdgeStore(prepared.fast, NAME), EdgeStore(prepared.reference, NAME)
    texts: list[str] = []
    rows: list[Vectors] = []
    with store.reading() as generation:
        own = generation.manifest

        def noted() -> Iterator[Batch]:
            for sessions, vectors in generation.scan():
                texts.extend(session.text for session in sessions)
                rows.append(vectors)
                yield sessions, vectors

        rebuild(copy, noted(), replace(own, encoder=replace(own.encoder, precision="fp32")), ())
    store.close()
    (prepared.folder / "texts.json").write_text(json.dumps(texts), "utf-8")
    np.save(prepared.folder / "vectors.npy", np.concatenate(rows))
