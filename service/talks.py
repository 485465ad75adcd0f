"""Repeats of one talk over years and sittings: the same title in any spelling, and a speaker in common."""

from service.session import Session
from service.words import split_words


def is_same_talk(one: Session, other: Session) -> bool:
    """Return whether two sessions are sittings of one talk; where neither has speakers, the title decides."""
    if split_words(one.title) != split_words(other.title):
        return False
    speakers = [frozenset(map(_person, session.speakers)) for session in (one, other)]
    return bool(speakers[0] & speakers[1]) or not (speakers[0] or speakers[1])


def _person(name: str) -> frozenset[str]:
    """The words of a name without its initials."""
    words = split_words(name)
    return frozenset(word for word in words if len(word) > 1) or frozenset(words)
