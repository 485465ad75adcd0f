"""Pairs to learn from, taken from an archive's own sessions."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from service.session import Session
from training.datasets import Texts

KINDS = {"titles": 1.0, "summaries": 0.3, "repeats": 0.3, "tracks": 0.1}
"""The kinds of pairs, and how often one is drawn for each time a title and its abstract are, were there as
many of each. Titles give most of what can be learned; there are few tracks, each with many sessions."""

_SHORTEST = 60  # characters of an abstract that says something
_SHORTEST_SUMMARY, _LONGEST_SUMMARY = 30, 300
_SITTINGS = 20  # at most so many of one talk
_FEWEST = 8  # different texts that are asked, in a kind worth drawing from


def make_pairs(sessions: Sequence[Session]) -> dict[str, list[Texts]]:
    """Return the pairs of each kind that the sessions hold; a kind with hardly any is left out.

    titles: title and abstract. summaries: the first paragraph of an abstract, where a short one opens it as
    in sources with a summary of their own, and the rest. repeats: abstracts of one talk in two years, where
    they differ. tracks: a track's name and one of its sessions.
    """
    told = [session for session in sessions if len(session.abstract) >= _SHORTEST]
    found: dict[str, list[Texts]] = {
        "titles": [(session.title, session.abstract) for session in told],
        "summaries": list(_summaries(told)),
        "repeats": list(_repeats(told)),
        "tracks": [(session.track, session.text) for session in told if session.track],
    }
    distinct = {kind: list(dict.fromkeys(pairs)) for kind, pairs in found.items()}
    return {kind: pairs for kind, pairs in distinct.items() if _can_be_told_apart(pairs)}


def _can_be_told_apart(pairs: Sequence[Texts]) -> bool:
    return len({question for question, _ in pairs}) >= _FEWEST


def _summaries(sessions: Iterable[Session]) -> Iterator[Texts]:
    for session in sessions:
        first, _, rest = session.abstract.partition("\n")
        fits = _SHORTEST_SUMMARY <= len(first.strip()) <= _LONGEST_SUMMARY
        if fits and len(rest.strip()) >= _SHORTEST:
            yield first.strip(), rest.strip()


def _repeats(sessions: Iterable[Session]) -> Iterator[Texts]:
    sittings: dict[str, list[Session]] = {}
    for session in sorted(sessions, key=lambda session: (session.year, str(session.id))):
        for key in session.talk_keys:
            sittings.setdefault(key, []).append(session)
    for group in sittings.values():
        for one, other in pairwise(group[:_SITTINGS]):
            if one.abstract != other.abstract:
                yield one.abstract, other.abstract
