"""Asks question sets of the Searcher that serves people, in each mode, and measures its rankings."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.asking import CachingEncoder, SetAnswers, ask
from evaluation.datasets import QuestionSet, make_sets, read_corpus, read_questions
from evaluation.measures import MEASURES, Estimate, auroc, mean_of, measure
from loaders.embedding import embed_missing, vectors_of
from loaders.vector_cache import VectorCache
from service.encoder import Encoder, Fingerprint
from service.errors import InputError, VerificationError
from service.query.query import DEFAULT_MODE
from service.search.searcher import Searcher
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.stores.protocol import Mode, SessionStore
from service.verdict.calibrate import calibrate

_BATCH = 64
VERDICT_MEASURES = ("missed", "false_alarms", "auroc")
"""The verdict's false negatives (share of a set's questions), its false positives (share of the off-topic
questions), and the AUROC of its evidence. None of them where the catalogue was never calibrated."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Row:
    """The measures of one set in one mode; `p50_ms` is the median time of an answer."""

    set: str
    mode: str
    questions: int
    sessions: int
    p50_ms: float
    measures: dict[str, Estimate]

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON values, with each measure's interval in `intervals`."""
        return {
            "set": self.set,
            "mode": self.mode,
            "default": self.mode == DEFAULT_MODE,
            "questions": self.questions,
            "sessions": self.sessions,
            **{
                name: round(self.measures[name].mean, 4) if name in self.measures else None
                for name in (*MEASURES, *VERDICT_MEASURES)
            },
            "intervals": {
                name: [round(value.low, 4), round(value.high, 4)]
                for name, value in self.measures.items()
            },
            "p50_ms": round(self.p50_ms, 2),
        }


def read_off_topic(file: Path | None) -> tuple[str, ...]:
    """Return the questions of a file, one a line; without one, everyday questions of our own.

    Ours are not among those that catalogues are calibrated with. Raises InputError for a file without any.
    """
    if file is None:
        return tuple(
            files("evaluation").joinpath("off_topic_queries.txt").read_text("utf-8").splitlines()
        )
    try:
        lines = [line.strip() for line in file.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}.") from error
    if not any(lines):
        raise InputError(f"{file} has no question. Write one on each line.")
    return tuple(dict.fromkeys(line for line in lines if line))


def evaluate_folder(
    folder: Path,
    encoder: Encoder,
    cache_file: Path,
    *,
    modes: Sequence[Mode],
    offtopic: Sequence[str],
    say: Say,
) -> Iterator[Row]:
    """Yield a row for each mode of a BEIR folder, whose corpus is loaded into a temporary store.

    Vectors come from and go to the vector cache, so that a set is embedded once.
    """
    sessions = read_corpus(folder)
    documents = {str(session.id): session.source_id for session in sessions}
    questions = read_questions(folder, set(documents.values()))
    say(f"{questions.name}: {len(sessions)} sessions, {len(questions.questions)} questions")
    yield from evaluate_set(
        questions,
        sessions,
        encoder,
        cache_file,
        modes=modes,
        offtopic=offtopic,
        documents=documents,
    )


def evaluate_set(
    questions: QuestionSet,
    sessions: Sequence[Session],
    encoder: Encoder,
    cache_file: Path,
    *,
    modes: Sequence[Mode],
    offtopic: Sequence[str] = (),
    documents: Mapping[str, str] | None = None,
) -> Iterator[Row]:
    """Yield a row for each mode; the sessions are loaded into a temporary store.

    `documents` maps session ids to the document ids of the judgements; without it they are the same.
    """
    documents = documents or {str(session.id): str(session.id) for session in sessions}
    with open_set(sessions, encoder, cache_file) as (searcher, caching):
        ask_set = partial(ask, searcher, caching)
        yield from _measure(ask_set, [questions], modes, offtopic, len(sessions), documents)


@contextmanager
def open_set(
    sessions: Sequence[Session], encoder: Encoder, cache_file: Path
) -> Iterator[tuple[Searcher, CachingEncoder]]:
    """Load the sessions into a temporary store, and give a searcher over it with its encoder."""
    with tempfile.TemporaryDirectory(prefix="conference-helper-") as place:
        store = EdgeStore(Path(place), "evaluation")
        try:
            _load(store, sessions, encoder, cache_file)
            caching = CachingEncoder(encoder)
            yield Searcher(store, lambda fingerprint: caching), caching
        finally:
            store.close()


def evaluate_catalogue(
    store: SessionStore,
    open_encoder: Callable[[Fingerprint], Encoder],
    *,
    modes: Sequence[Mode],
    offtopic: Sequence[str],
) -> Iterator[Row]:
    """Yield a row for each mode and each set made from the served catalogue."""
    with store.reading() as generation:
        sessions = [session for batch, _ in generation.scan() for session in batch]
        caching = CachingEncoder(open_encoder(generation.manifest.encoder))
    same = {str(session.id): str(session.id) for session in sessions}
    sets = make_sets(sorted(sessions, key=lambda session: str(session.id)))
    searcher = Searcher(store, lambda fingerprint: caching)
    ask_set = partial(ask, searcher, caching)
    yield from _measure(ask_set, sets, modes, offtopic, len(sessions), same)


def check_minimums(
    rows: Iterable[Row], minimums: Sequence[tuple[str, float]], mode: str | None = None
) -> None:
    """Raise VerificationError if a row of the mode, or of the default one, is below a minimum."""
    below = [
        f"{row.set}: {name} is {row.measures[name].mean:.3f}, less than {minimum:g}"
        for row in rows
        if row.mode == (mode or DEFAULT_MODE)
        for name, minimum in minimums
        if row.measures[name].mean < minimum
    ]
    if below:
        raise VerificationError(f"Not good enough. {'; '.join(below)}.")


def parse_minimum(text: str) -> tuple[str, float]:
    """Return the measure and value of "hit@3=0.75". Raises InputError if it is of another form."""
    found = re.fullmatch(r"\s*(\S+?)\s*=\s*(0?\.\d+|[01](?:\.0*)?)\s*", text)
    if not found or found[1].lower() not in MEASURES:
        raise InputError(
            f'--min {text!r} is not of the form "hit@3=0.75". Measures: {", ".join(MEASURES)}.'
        )
    return found[1].lower(), float(found[2])


def _load(
    store: EdgeStore, sessions: Sequence[Session], encoder: Encoder, cache_file: Path
) -> None:
    """Embed the texts that the cache lacks, longest first, then write and calibrate a generation."""
    texts = {session.text_hash: session.text for session in sessions}
    with closing(VectorCache(cache_file, encoder.fingerprint)) as cache:
        longest_first = sorted(texts.items(), key=lambda pair: -len(pair[1]))
        for _ in embed_missing(longest_first, encoder, cache):
            pass
        with store.building(encoder.fingerprint, sessions=len(sessions)) as builder:
            for start in range(0, len(sessions), _BATCH):
                batch = sessions[start : start + _BATCH]
                builder.upsert(batch, cache.get([session.text_hash for session in batch]))
            builder.commit(
                expected=len({session.id for session in sessions}),
                sources=(),
                check=lambda generation: calibrate(
                    generation, encoder, partial(vectors_of, encoder=encoder, cache=cache)
                ),
            )
        cache.trim()


def _measure(
    ask_set: Callable[[Mapping[str, str], Mode], SetAnswers],
    sets: Sequence[QuestionSet],
    modes: Sequence[Mode],
    offtopic: Sequence[str],
    sessions: int,
    documents: Mapping[str, str],
) -> Iterator[Row]:
    """Ask each set and the off-topic questions in each mode; yield the rows set by set."""
    off_topic = {mode: ask_set({text: text for text in offtopic}, mode) for mode in modes}
    for questions in sets:
        for mode in modes:
            found = ask_set(questions.questions, mode)
            rankings = {
                id: [documents[str(result.session.id)] for result in answer.results]
                for id, answer in found.answers.items()
            }
            measures = measure(questions.judgements, rankings)
            measures |= _verdict_measures(found, off_topic[mode])
            p50 = float(np.median(found.took_ms)) if found.took_ms else 0.0
            yield Row(questions.name, mode, len(questions.questions), sessions, p50, measures)


def _verdict_measures(on_topic: SetAnswers, off_topic: SetAnswers) -> dict[str, Estimate]:
    """The measures of VERDICT_MEASURES; none of a catalogue that was never calibrated."""
    positives = {id: one for id, one in on_topic.answers.items() if one.evidence is not None}
    negatives = {id: one for id, one in off_topic.answers.items() if one.evidence is not None}
    if not positives or not negatives:
        return {}
    return {
        "missed": mean_of({id: one.verdict == "none" for id, one in positives.items()}),
        "false_alarms": mean_of({id: one.verdict != "none" for id, one in negatives.items()}),
        "auroc": auroc(
            [one.evidence or 0.0 for one in positives.values()],
            [one.evidence or 0.0 for one in negatives.values()],
        ),
    }
