"""Asks the very Searcher that answers people, mode by mode, and measures what it finds."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.datasets import QuestionSet, make_sets, read_corpus, read_questions
from evaluation.measures import DEPTH, NAMES, Measured, measure
from loaders.vector_cache import VectorCache
from service.encoder import Encoder
from service.errors import InputError, QueryError, VerificationError
from service.questions import DEFAULT_MODE, MODES
from service.search import Searcher
from service.session import Session
from service.stores.catalogue import SessionStore
from service.stores.edge import EdgeStore

_BATCH = 64
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """What one set measured in one mode; `p50_ms` is the median time of an answer."""

    set: str
    mode: str
    questions: int
    sessions: int
    p50_ms: float
    measured: dict[str, Measured]

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON values, with each measure's interval in `intervals`."""
        return {
            "set": self.set,
            "mode": self.mode,
            "default": self.mode == DEFAULT_MODE,
            "questions": self.questions,
            "sessions": self.sessions,
            **{name: round(self.measured[name].mean, 4) for name in NAMES},
            "intervals": {
                name: [round(value.low, 4), round(value.high, 4)]
                for name, value in self.measured.items()
            },
            "p50_ms": round(self.p50_ms, 2),
        }


def evaluate_folder(
    folder: Path, encoder: Encoder, cache_file: Path, *, modes: Sequence[str], say: Say
) -> Iterator[Row]:
    """Yield a row for each mode of a BEIR folder: its corpus goes into a store that is gone afterwards.

    Vectors come from and go to the vector cache, so that a set is embedded once.
    """
    sessions = read_corpus(folder)
    documents = {str(session.id): session.source_id for session in sessions}
    questions = read_questions(folder, set(documents.values()))
    with tempfile.TemporaryDirectory(prefix="conference-helper-") as place:
        store = EdgeStore(Path(place), "evaluation")
        try:
            say(f"{questions.name}: {len(sessions)} sessions, {len(questions.questions)} questions")
            _fill(store, sessions, encoder, cache_file)
            searcher = Searcher(store, lambda fingerprint: encoder)
            for mode in modes:
                yield _ask(searcher, questions, mode, len(sessions), documents)
        finally:
            store.close()


def evaluate_catalogue(
    searcher: Searcher, store: SessionStore, *, modes: Sequence[str]
) -> Iterator[Row]:
    """Yield a row for each mode and each set made from the served catalogue."""
    with store.reading() as generation:
        sessions = [session for batch, _ in generation.scan() for session in batch]
    same = {str(session.id): str(session.id) for session in sessions}
    for questions in make_sets(sorted(sessions, key=lambda session: str(session.id))):
        for mode in modes:
            yield _ask(searcher, questions, mode, len(sessions), same)


def check_least(rows: Iterable[Row], wanted: Sequence[tuple[str, float]]) -> None:
    """Raise VerificationError unless every row of the default mode has at least the wanted measures."""
    short = [
        f"{row.set}: {name} is {row.measured[name].mean:.3f}, less than {least:g}"
        for row in rows
        if row.mode == DEFAULT_MODE
        for name, least in wanted
        if row.measured[name].mean < least
    ]
    if short:
        raise VerificationError(f"Not good enough. {'; '.join(short)}.")


def parse_least(text: str) -> tuple[str, float]:
    """Return the measure and value of "hit@3=0.75". Raises InputError if it is of another form."""
    found = re.fullmatch(r"\s*(\S+?)\s*=\s*(0?\.\d+|[01](?:\.0*)?)\s*", text)
    if not found or found[1].lower() not in NAMES:
        raise InputError(
            f'--min {text!r} is not of the form "hit@3=0.75". Measures: {", ".join(NAMES)}.'
        )
    return found[1].lower(), float(found[2])


def chosen_modes(mode: str | None) -> tuple[str, ...]:
    """Return the mode as the only one, all for none. Raises QueryError that lists the known ones."""
    if mode and mode not in MODES:
        raise QueryError(f"There is no mode {mode[:40]!r}. Known modes: {', '.join(MODES)}.")
    return (mode,) if mode else MODES


def _fill(
    store: EdgeStore, sessions: Sequence[Session], encoder: Encoder, cache_file: Path
) -> None:
    """Embed what the cache does not hold, texts of like length together, and load it all."""
    texts = {session.text_hash: session.text for session in sessions}
    cache = VectorCache(cache_file, encoder.fingerprint)
    try:
        hashes = sorted(texts, key=lambda text_hash: -len(texts[text_hash]))
        todo = [
            text_hash
            for some in _batches(hashes)
            for missing in [cache.missing(some)]
            for text_hash in some
            if text_hash in missing
        ]
        for some in _batches(todo):
            cache.put(some, encoder.encode_sessions([texts[text_hash] for text_hash in some]))
        with store.building(encoder.fingerprint, sessions=len(sessions)) as builder:
            for start in range(0, len(sessions), _BATCH):
                batch = sessions[start : start + _BATCH]
                builder.upsert(batch, cache.get([session.text_hash for session in batch]))
            builder.commit(expected=len({session.id for session in sessions}), sources=())
    finally:
        cache.close()


def _ask(
    searcher: Searcher, asked: QuestionSet, mode: str, sessions: int, documents: dict[str, str]
) -> Row:
    rankings: dict[str, list[str]] = {}
    times = []
    for id, text in asked.questions.items():
        try:
            answer = searcher.search(text, mode=mode, limit=DEPTH)
        except QueryError:  # a question without a letter finds nothing
            continue
        times.append(answer.took_ms)
        rankings[id] = [documents[str(result.session.id)] for result in answer.results]
    return Row(
        asked.name,
        mode,
        len(asked.questions),
        sessions,
        float(np.median(times)) if times else 0.0,
        measure(asked.judgements, rankings),
    )


def _batches(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
