"""Splits a corpus by year into training, development and test sessions."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.errors import InputError
from service.session import Session
from service.words import split_words

_DEVELOPMENT_SHARE = 0.1  # of the earlier years' sessions
_MAX_DEVELOPMENT = 1_000


@dataclass(frozen=True, slots=True)
class Split:
    """Sessions for training, for development (of the same years) and for testing (of later years)."""

    training: tuple[Session, ...]
    development: tuple[Session, ...]
    testing: tuple[Session, ...]


def split_by_year(
    sessions: Sequence[Session],
    *,
    until: Mapping[str, int],
    withheld: Iterable[str] = (),
) -> Split:
    """Split sessions at the last year to learn from, which `until` has by event, or for all others under "".

    Without one it is the year before the corpus's last. A talk that is given again in a later year, or
    whose title is among the `withheld` questions, is left out of training: it would leak the answer. A session
    is drawn for development by its title alone, so that the draw stays the same as a corpus grows.
    Raises InputError if there is only one year, or for an event that no session is of.
    """
    unknown = until.keys() - {session.event for session in sessions} - {""}
    if unknown:
        raise InputError(
            f"--until names {', '.join(sorted(unknown))}, of which there is no session. "
            f"There are {', '.join(sorted({session.event for session in sessions})[:20]) or 'none'}."
        )
    last = max((session.year for session in sessions), default=0)
    limit = until.get("", last - 1)
    early: list[Session] = []
    late: list[Session] = []
    for session in sessions:
        (early if session.year <= until.get(session.event, limit) else late).append(session)
    if not early or not late:
        years = sorted({session.year for session in sessions})
        named = " to ".join(str(year) for year in years[:1] + years[1:][-1:]) or "no year"
        raise InputError(
            f"Training needs earlier years to learn from and a later one to test with; "
            f"there are sessions of {named}. Load more years, or say --until YEAR."
        )
    taken = {_key(title) for title in withheld} | {_key(session.title) for session in late}
    free = [session for session in early if _key(session.title) not in taken]
    development = _draw(free)
    kept_apart = {_key(session.title) for session in development}
    training = [session for session in free if _key(session.title) not in kept_apart]
    return Split(tuple(training), tuple(development), tuple(late))


def parse_until(values: Iterable[str]) -> dict[str, int]:
    """Return the years of "2018" (under "") and "FOSDEM=2017". Raises InputError for another form."""
    found = {}
    for value in values:
        event, _, year = value.rpartition("=")
        if not (year.strip().isascii() and year.strip().isdigit()):
            raise InputError(f'--until {value!r} is not of the form "2018" or "EVENT=2018".')
        found[event.strip()] = int(year)
    return found


def _draw(sessions: Sequence[Session]) -> list[Session]:
    ranked = sorted(sessions, key=lambda session: _draw_key(session.title))
    return ranked[: min(int(len(sessions) * _DEVELOPMENT_SHARE), _MAX_DEVELOPMENT)]


def _draw_key(title: str) -> bytes:
    return hashlib.blake2b(_key(title).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _key(title: str) -> str:
    return " ".join(split_words(title))
