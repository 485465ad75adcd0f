"""Folding: repeats of one talk, over years or sittings, become one result."""

from collections import Counter
from collections.abc import Callable, Sequence

from service.session import Session
from service.stores.protocol import Hit
from service.words import words_of

_SCORE_DECIMALS = 5
"""Decimals to which scores are compared: scores of equal texts differ in the sixth by rounding."""
_EXTRA_CANDIDATES = 9
"""Extra candidates beyond the limit, as exact matches and repeats may rank a little lower."""

Talk = list[Hit]
"""The sittings of one talk that were found, the best one first."""


def find_talks(find: Callable[[int], list[Hit]], limit: int, *, folded: bool = True) -> list[Talk]:
    """Return at least `limit` talks while there are that many; unless `folded` each sitting is its own.

    `find` returns the best sessions, as many as it is given while there are that many. Repeats stand close by
    their talk: while the last of the sessions found still is one, more are looked at.
    """
    count = limit + _EXTRA_CANDIDATES
    while True:
        hits = find(count)
        talks = fold(hits) if folded else [[hit] for hit in hits]
        if len(hits) < count:
            return talks
        if len(talks) >= limit and not any(
            hits[-1] in talk for talk in talks[:limit] if len(talk) > 1
        ):
            return talks
        count *= 4


def fold(hits: Sequence[Hit]) -> list[Talk]:
    """Group the hits by talk, in order of each talk's best hit.

    The best one comes first; of equally good ones the latest does.
    """
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
    for talk in (talk for talk in talks if len(talk) > 1):
        talk.sort(
            key=lambda hit: (round(hit.score, _SCORE_DECIMALS), in_time(hit.session)), reverse=True
        )
    return talks


def in_time(session: Session) -> tuple[int, str, str]:
    """Return the key that orders sessions by year, then start; the id settles the rest."""
    starts = session.starts_at.isoformat() if session.starts_at else ""
    return session.year, starts, str(session.id)
