"""Training pairs made from the sessions of a corpus."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from service.session import Session
from training.pair_files import Texts

WEIGHTS = {"titles": 1.0, "summaries": 0.3, "repeats": 0.3, "tracks": 0.1}
"""The kinds of pairs, and the weight of one pair of each. Titles gain most; tracks are few, and each has many
sessions."""

_MIN_ABSTRACT = 60  # characters
_MIN_SUMMARY, _MAX_SUMMARY = 30, 300
_MAX_OCCURRENCES = 20  # of one talk
_MIN_QUESTIONS = 8  # distinct ones, in a kind worth drawing from


def make_pairs(sessions: Sequence[Session]) -> dict[str, list[Texts]]:
    """Return the pairs of each kind; a kind with fewer than eight distinct questions is left out.

    titles: title and abstract. summaries: the first paragraph of an abstract, where a short one opens it as
    in sources with a summary of their own, and the rest. repeats: abstracts of one talk in two years, where
    they differ. tracks: a track's name and one of its sessions.
    """
    described = [session for session in sessions if len(session.abstract) >= _MIN_ABSTRACT]
    pairs_of: dict[str, list[Texts]] = {
        "titles": [(session.title, session.abstract) for session in described],
        "summaries": list(_summaries(described)),
        "repeats": list(repeats(described)),
        "tracks": [(session.track, session.text) for session in described if session.track],
    }
    distinct = {kind: list(dict.fromkeys(pairs)) for kind, pairs in pairs_of.items()}
    return {kind: pairs for kind, pairs in distinct.items() if _has_enough_questions(pairs)}


def _has_enough_questions(pairs: Sequence[Texts]) -> bool:
    return len({question for question, _ in pairs}) >= _MIN_QUESTIONS


def _summaries(sessions: Iterable[Session]) -> Iterator[Texts]:
    for session in sessions:
        first, _, rest = session.abstract.partition("\n")
        fits = _MIN_SUMMARY <= len(first.strip()) <= _MAX_SUMMARY
        if fits and len(rest.strip()) >= _MIN_ABSTRACT:
            yield first.strip(), rest.strip()


def repeats(sessions: Iterable[Session]) -> Iterator[Texts]:
    """Yield the abstracts of one talk in two years, where they differ."""
    occurrences: dict[str, list[Session]] = {}
    for session in sorted(sessions, key=lambda session: (session.year, str(session.id))):
        for key in session.talk_keys:
            occurrences.setdefault(key, []).append(session)
    for group in occurrences.values():
        for one, other in pairwise(group[:_MAX_OCCURRENCES]):
            if one.abstract != other.abstract:
                yield one.abstract, other.abstract
