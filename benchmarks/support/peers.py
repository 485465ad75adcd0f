"""The programs to compare with, each in a separate process.

    python -m benchmarks.support.peers card|txtai FOLDER MODEL

reads questions, one a line, and prints JSON lines with the milliseconds that each took and the memory of the
process after it. The time has no communication between processes in it. `card` is the script on the card of
multi-qa-MiniLM-L6-cos-v1, its vectors kept in memory; `txtai` is an index of txtai's with content, otherwise
with its defaults. Both are filled from FOLDER's texts and vectors (`benchmarks.support.catalogue`), since the
time of an answer does not depend on who computed them; questions they encode themselves, with the model in
MODEL.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.support.catalogue import Prepared
from benchmarks.support.serving import Memory, memory

LIMIT = 3
Answering = Callable[[str], Sequence[Any]]


class Peer:
    """A context manager that runs a peer in a subprocess."""

    def __init__(self, kind: str, prepared: Prepared, model: Path) -> None:
        self._command = [sys.executable, "-m", __name__, kind, str(prepared.folder), str(model)]
        self.memory = Memory(0, 0)
        """Resident memory in MiB after the last query."""

    def __enter__(self) -> "Peer":
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate(timeout=60)

    def ask(self, question: str) -> float:
        """Send a query and return its latency in ms. Raises RuntimeError if the process died."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise RuntimeError(f"{self._command[3]} ended; its error stands above.")
        answer = json.loads(line)
        self.memory = Memory(**answer["memory"])
        return float(answer["milliseconds"])


def is_installed(kind: str) -> bool:
    """Return whether a peer is installed; txtai is an optional dependency."""
    return kind == "card" or find_spec(kind) is not None


def open_card(prepared: Prepared, model: str) -> Answering:
    """The model card's script: encode the query, `util.dot_score` with all vectors, sort."""
    from sentence_transformers import SentenceTransformer, util

    opened = SentenceTransformer(model, device="cpu")
    docs, doc_vectors = prepared.texts(), prepared.vectors()

    def answer(question: str) -> Sequence[Any]:
        query_vector = opened.encode(question)
        scores = util.dot_score(query_vector, doc_vectors)[0].cpu().tolist()
        pairs = sorted(zip(docs, scores, strict=True), key=lambda pair: pair[1], reverse=True)
        return pairs[:LIMIT]

    return answer


def open_txtai(prepared: Prepared, model: str) -> Answering:
    """A txtai index at its defaults with content storage; txtai's own pipeline encodes queries."""
    from txtai import Embeddings

    texts, vectors = prepared.texts(), prepared.vectors()
    rows = dict(zip(texts, vectors, strict=True))
    index = Embeddings(path=model, content=True, gpu=False)
    index.model.encode = lambda data, category=None: prepared_rows(rows, data)
    index.index(enumerate(texts))
    del index.model.encode  # from here on its own

    def answer(question: str) -> Sequence[Any]:
        found: Sequence[Any] = index.search(question, LIMIT)
        return found

    return answer


def prepared_rows(rows: dict[str, Any], texts: Sequence[str]) -> Any:
    """Return the precomputed vectors of texts, (n, dimension)."""
    import numpy as np

    return np.stack([rows[text] for text in texts])


def main() -> None:
    """Answer queries read from standard input."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=("card", "txtai"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("model")
    args = parser.parse_args()
    opening = {"card": open_card, "txtai": open_txtai}[args.kind]
    answering = opening(Prepared(args.folder), args.model)
    for line in sys.stdin:
        started = time.perf_counter()
        found = answering(line.rstrip("\n"))
        took = 1000 * (time.perf_counter() - started)
        assert len(found) == LIMIT
        answer = {"milliseconds": took, "memory": asdict(memory(os.getpid()))}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
