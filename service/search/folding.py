"""Folding: repeats of one talk, over years or sittings, become one result."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from service.session import Session
from service.stores.protocol import Hit
from service.words import words_of

_EXTRA_CANDIDATES = 9
"""Extra candidates beyond the limit, as exact matches and repeats may rank a little lower."""

Talk = list[Hit]
"""The sittings of one talk that were found: the next one first, or the latest where all are past."""


def find_talks(
    find: Callable[[int], list[Hit]],
    limit: int,
    *,
    folded: bool = True,
    now: datetime | None = None,
) -> list[Talk]:
    """Return at least `limit` talks while there are that many; unless `folded` each sitting is its own.

    `now` says which sitting is the next one, the present if None. `find` returns the best sessions, as many as
    it is given while there are that many. Repeats stand close by their talk: while the last of the sessions
    found still is one, more are looked at.
    """
    count = limit + _EXTRA_CANDIDATES
    while True:
        hits = find(count)
        talks = fold(hits, now) if folded else [[hit] for hit in hits]
        if len(hits) < count:
            return talks
        if len(talks) >= limit and not any(
            hits[-1] in talk for talk in talks[:limit] if len(talk) > 1
        ):
            return talks
        count *= 4


def fold(hits: Sequence[Hit], now: datetime | None = None) -> list[Talk]:
    """Group the hits by talk, in order of each talk's best hit; `now` is the present if None."""
    talks: list[Talk] = []
    places: dict[str, int] = {}
    alike = Counter(words_of(hit.session.title) for hit in hits)
    for hit in hits:  # only sessions with a title in common may be of one talk
        keys = hit.session.talk_keys if alike[words_of(hit.session.title)] > 1 else ()
        place = next((places[key] for key in keys if key in places), len(talks))
        if place == len(talks):
            talks.append([])
        talks[place].append(hit)
        for key in keys:
            places.setdefault(key, place)
    now = now or datetime.now(UTC)
    return [_head_with_next(talk, now) if len(talk) > 1 else talk for talk in talks]


def as_ranked(talk: Talk) -> Hit:
    """Return the sitting that heads a talk, with the score and similarity of the best one."""
    head = talk[0].session
    best = max(
        (hit for hit in talk if hit.session.cancelled == head.cancelled), key=lambda hit: hit.score
    )
    return replace(talk[0], score=best.score, similarity=best.similarity)


def _head_with_next(talk: Talk, now: datetime) -> Talk:
    """Return a talk with its next sitting first, or else its latest; the others keep their order.

    A cancelled sitting is first only where all are.
    """
    ahead = [hit for hit in talk if _is_ahead(hit.session, now)]
    if ahead:
        head = min(ahead, key=lambda hit: in_time(hit.session))
    else:
        head = max(talk, key=lambda hit: (not hit.session.cancelled, *in_time(hit.session)))
    return [head, *(hit for hit in talk if hit is not head)]


def _is_ahead(session: Session, now: datetime) -> bool:
    """Return whether a session takes place at `now` or later; of an unknown time, in its year or later."""
    starts = session.starts_at
    if session.cancelled:
        return False
    if starts is None:
        return session.year >= now.year
    return starts >= now if starts.tzinfo else starts >= now.replace(tzinfo=None)


def in_time(session: Session) -> tuple[int, str, str]:
    """Return the key that orders sessions by year, then start; the id settles the rest."""
    starts = session.starts_at.isoformat() if session.starts_at else ""
    return session.year, starts, str(session.id)
