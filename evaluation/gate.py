"""Keeps a generation that finds less than the served one from being served."""

from collections.abc import Callable, Iterator
from itertools import islice

from evaluation.asking import OneGeneration, Remembering, ask
from evaluation.datasets import QuestionSet, make_sets
from evaluation.measures import measure
from service.encoder import Encoder, Fingerprint
from service.errors import MismatchError, NothingLoadedError, VerificationError
from service.query.query import DEFAULT_MODE
from service.search.searcher import Searcher
from service.session import Session
from service.stores.protocol import Generation, SessionStore

_SAMPLE = 2_000
_QUESTIONS = 100
_MEASURE = "hit@3"
ROUNDING = 1e-9
"""What a fall may be more than the tolerance, because of how numbers are kept."""
_MODES = (DEFAULT_MODE, "semantic")
"""The default mode finds by words what a worse encoder loses; so meaning alone is asked too."""


def gate(
    store: SessionStore,
    open_encoder: Callable[[Fingerprint], Encoder],
    *,
    tolerance: float,
    say: Callable[[str], None],
) -> Callable[[Generation, Encoder], None]:
    """Return a check that raises VerificationError if a new generation finds less than the served one.

    Both are asked the same questions, made from sessions that stand alike in both; less is a hit@3 of any
    set that is lower by more than `tolerance`. Where nothing is served yet, everything passes.
    """

    def check(new: Generation, encoder: Encoder) -> None:
        try:
            with store.reading() as served:
                _compare(served, new, encoder)
        except NothingLoadedError:
            say("Nothing is served yet: there is nothing to compare with.")
        except MismatchError:
            say("What is served is of an older version and cannot be asked: nothing is compared.")

    def _compare(served: Generation, new: Generation, encoder: Encoder) -> None:
        sets = make_sets(_alike(served, new), size=_QUESTIONS)
        if not sets:
            say("No session stands alike in both generations: there is nothing to compare.")
            return
        old = encoder
        if encoder.fingerprint.differences(served.manifest.encoder):
            old = open_encoder(served.manifest.encoder)
        told, worse = [], []
        of_served, of_new = _asker(served, old), _asker(new, encoder)
        for asked in sets:
            for mode in _MODES:
                before, after = of_served(asked, mode), of_new(asked, mode)
                told.append(f"{asked.name} {mode} {before:.3f} to {after:.3f}")
                if before - after > tolerance + ROUNDING:
                    worse.append(
                        f"{asked.name}: {_MEASURE} in {mode} mode falls from {before:.3f} to {after:.3f}"
                    )
        if worse:
            raise VerificationError(
                f"The new generation finds less: {'; '.join(worse)}, by more than {tolerance:g}. "
                "What was served is still served. Load without --gate to serve it all the same."
            )
        say(f"{_MEASURE} of the same questions: {', '.join(told)}.")

    return check


def _alike(served: Generation, new: Generation) -> list[Session]:
    """Return sessions whose texts are the same in both; ids say nothing of a programme's order."""
    kept = {known.id: known.text_hash for known in served.known()}

    def those() -> Iterator[Session]:
        for sessions, _ in new.scan():
            yield from (one for one in sessions if kept.get(one.id) == one.text_hash)

    return list(islice(those(), _SAMPLE))


def _asker(generation: Generation, encoder: Encoder) -> Callable[[QuestionSet, str], float]:
    """Return what measures a set of questions in a mode on one generation."""
    remembering = Remembering(encoder)
    searcher = Searcher(OneGeneration(generation), lambda fingerprint: remembering)

    def hits(asked: QuestionSet, mode: str) -> float:
        rankings = {
            id: [str(result.session.id) for result in answer.results]
            for id, answer in ask(searcher, remembering, asked.questions, mode).answers.items()
        }
        return measure(asked.judgements, rankings)[_MEASURE].mean

    return hits
