"""Asks the very Searcher that answers people, mode by mode, and measures what it finds."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.asking import Answers, Remembering, ask
from evaluation.datasets import QuestionSet, make_sets, read_corpus, read_questions
from evaluation.measures import NAMES, Measured, auroc, mean_of, measure
from loaders.embedding import embed_missing, vectors_of
from loaders.vector_cache import VectorCache
from service.encoder import Encoder, Fingerprint
from service.errors import InputError, VerificationError
from service.query.query import DEFAULT_MODE, MODES, check_mode
from service.search.searcher import Searcher
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.stores.protocol import SessionStore
from service.verdict.calibrate import calibrate

_BATCH = 64
VERDICT_NAMES = ("missed", "false_alarms", "auroc")
"""Share of a set's questions of which the verdict is that nothing fits; share of the off-topic ones of which it
is not; and how well evidence tells the two apart. None of them where the catalogue was never calibrated."""
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
            **{
                name: round(self.measured[name].mean, 4) if name in self.measured else None
                for name in (*NAMES, *VERDICT_NAMES)
            },
            "intervals": {
                name: [round(value.low, 4), round(value.high, 4)]
                for name, value in self.measured.items()
            },
            "p50_ms": round(self.p50_ms, 2),
        }


def read_offtopic(file: Path | None) -> tuple[str, ...]:
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
    modes: Sequence[str],
    offtopic: Sequence[str],
    say: Say,
) -> Iterator[Row]:
    """Yield a row for each mode of a BEIR folder: its corpus goes into a store that is gone afterwards.

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
    modes: Sequence[str],
    offtopic: Sequence[str] = (),
    documents: Mapping[str, str] | None = None,
) -> Iterator[Row]:
    """Yield a row for each mode: the sessions go into a store that is gone afterwards.

    The judgements name sessions by what `documents` calls their ids, or by the ids themselves.
    """
    named = documents or {str(session.id): str(session.id) for session in sessions}
    with tempfile.TemporaryDirectory(prefix="conference-helper-") as place:
        store = EdgeStore(Path(place), "evaluation")
        try:
            _fill(store, sessions, encoder, cache_file)
            remembering = Remembering(encoder)
            searcher = Searcher(store, lambda fingerprint: remembering)
            ask_set = partial(ask, searcher, remembering)
            yield from _measure(ask_set, [questions], modes, offtopic, len(sessions), named)
        finally:
            store.close()


def evaluate_catalogue(
    store: SessionStore,
    open_encoder: Callable[[Fingerprint], Encoder],
    *,
    modes: Sequence[str],
    offtopic: Sequence[str],
) -> Iterator[Row]:
    """Yield a row for each mode and each set made from the served catalogue."""
    with store.reading() as generation:
        sessions = [session for batch, _ in generation.scan() for session in batch]
        remembering = Remembering(open_encoder(generation.manifest.encoder))
    same = {str(session.id): str(session.id) for session in sessions}
    sets = make_sets(sorted(sessions, key=lambda session: str(session.id)))
    searcher = Searcher(store, lambda fingerprint: remembering)
    ask_set = partial(ask, searcher, remembering)
    yield from _measure(ask_set, sets, modes, offtopic, len(sessions), same)


def check_least(
    rows: Iterable[Row], wanted: Sequence[tuple[str, float]], mode: str | None = None
) -> None:
    """Raise VerificationError unless every row of the mode, or of the default one, has the wanted measures."""
    short = [
        f"{row.set}: {name} is {row.measured[name].mean:.3f}, less than {least:g}"
        for row in rows
        if row.mode == (mode or DEFAULT_MODE)
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
    return (check_mode(mode),) if mode else MODES


def _fill(
    store: EdgeStore, sessions: Sequence[Session], encoder: Encoder, cache_file: Path
) -> None:
    """Embed what the cache does not hold, texts of like length together, and load it all."""
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
    ask_set: Callable[[Mapping[str, str], str], Answers],
    sets: Sequence[QuestionSet],
    modes: Sequence[str],
    offtopic: Sequence[str],
    sessions: int,
    documents: Mapping[str, str],
) -> Iterator[Row]:
    """Ask each set and the off-topic questions in each mode; yield the rows set by set."""
    nothing = dict(zip(offtopic, offtopic, strict=True))
    unanswered = {mode: ask_set(nothing, mode) for mode in modes}
    for asked in sets:
        for mode in modes:
            found = ask_set(asked.questions, mode)
            rankings = {
                id: [documents[str(one.session.id)] for one in answer.results]
                for id, answer in found.answers.items()
            }
            measured = measure(asked.judgements, rankings) | _verdicts(found, unanswered[mode])
            took = float(np.median(found.took_ms)) if found.took_ms else 0.0
            yield Row(asked.name, mode, len(asked.questions), sessions, took, measured)


def _verdicts(found: Answers, unanswered: Answers) -> dict[str, Measured]:
    """Return the measures of VERDICT_NAMES; none of a catalogue that was never calibrated."""
    answered = {id: one for id, one in found.answers.items() if one.evidence is not None}
    others = {id: one for id, one in unanswered.answers.items() if one.evidence is not None}
    if not answered or not others:
        return {}
    return {
        "missed": mean_of({id: one.verdict == "none" for id, one in answered.items()}),
        "false_alarms": mean_of({id: one.verdict != "none" for id, one in others.items()}),
        "auroc": auroc(
            [one.evidence or 0.0 for one in answered.values()],
            [one.evidence or 0.0 for one in others.values()],
        ),
    }
