"""Regression gate: keeps a generation from being served if it finds less than the served one."""

from collections.abc import Callable
from itertools import islice

from evaluation.asking import CachingEncoder, SingleGeneration, ask
from evaluation.datasets import QuestionSet, make_sets
from evaluation.measures import check_installed, measure
from service.encoder import Encoder, Fingerprint
from service.errors import MismatchError, NothingLoadedError, VerificationError
from service.query.query import DEFAULT_MODE
from service.search.searcher import Searcher
from service.session import Session
from service.stores.protocol import Generation, Mode, SessionStore

_SAMPLE = 2_000
_QUESTIONS = 100
_MEASURE = "hit@3"
ROUNDING = 1e-9
"""Added to a tolerance, so that floating-point error does not fail a fall of exactly as much."""
_MODES: tuple[Mode, ...] = (DEFAULT_MODE, "semantic")
"""Semantic mode too: in the default one keyword search makes up for a worse encoder."""


def gate(
    store: SessionStore,
    open_encoder: Callable[[Fingerprint], Encoder],
    *,
    tolerance: float,
    say: Callable[[str], None],
) -> Callable[[Generation, Encoder], None]:
    """Return a check that raises VerificationError if a new generation finds less than the served one.

    Both are asked the same questions, made from sessions whose texts are the same in both; less is a hit@3
    of any set that is lower by more than `tolerance`. Where nothing is served yet, everything passes.
    Raises InputError where what measures is not installed.
    """
    check_installed()

    def check(new: Generation, encoder: Encoder) -> None:
        try:
            with store.reading() as served:
                _compare(served, new, encoder)
        except NothingLoadedError:
            say("Nothing is served yet: there is nothing to compare with.")
        except MismatchError:
            say("What is served is of an older version and cannot be asked: nothing is compared.")

    def _compare(served: Generation, new: Generation, encoder: Encoder) -> None:
        sets = make_sets(_unchanged(served, new), size=_QUESTIONS)
        if not sets:
            say("No session stands alike in both generations: there is nothing to compare.")
            return
        old = encoder
        if encoder.fingerprint.differences(served.manifest.encoder):
            old = open_encoder(served.manifest.encoder)
        figures, worse = [], []
        hit_rate_before, hit_rate_after = _hit_rate_of(served, old), _hit_rate_of(new, encoder)
        for questions in sets:
            for mode in _MODES:
                before, after = hit_rate_before(questions, mode), hit_rate_after(questions, mode)
                figures.append(f"{questions.name} {mode} {before:.3f} to {after:.3f}")
                if before - after > tolerance + ROUNDING:
                    worse.append(
                        f"{questions.name}: {_MEASURE} in {mode} mode falls from {before:.3f} to {after:.3f}"
                    )
        if worse:
            raise VerificationError(
                f"The new generation finds less: {'; '.join(worse)}, by more than {tolerance:g}. "
                "What was served is still served. Load without --gate to serve it all the same."
            )
        say(f"{_MEASURE} of the same questions: {', '.join(figures)}.")

    return check


def _unchanged(served: Generation, new: Generation) -> list[Session]:
    """The first sessions whose texts are the same in both; they come by id, which is as good as at random."""
    hashes = {one.id: one.text_hash for one in served.hashes()}
    sessions = (session for batch, _ in new.scan() for session in batch)
    unchanged = (one for one in sessions if hashes.get(one.id) == one.text_hash)
    return list(islice(unchanged, _SAMPLE))


def _hit_rate_of(generation: Generation, encoder: Encoder) -> Callable[[QuestionSet, Mode], float]:
    """A function that returns the mean hit@3 of a set of questions in a mode, on this generation."""
    caching = CachingEncoder(encoder)
    searcher = Searcher(SingleGeneration(generation), lambda fingerprint: caching)

    def hit_rate(questions: QuestionSet, mode: Mode) -> float:
        rankings = {
            id: [str(result.session.id) for result in answer.results]
            for id, answer in ask(searcher, caching, questions.questions, mode).answers.items()
        }
        return measure(questions.judgements, rankings)[_MEASURE].mean

    return hit_rate
