"""What a question may name, made of sessions alone: no store, no encoder."""

from collections import Counter
from collections.abc import Sequence

from service.query.constraints.known_values import KnownValues, gather_editions, room_words
from service.query.names import SpeakerIndex
from service.session import Session
from service.stores.editions import EditionDay
from service.words import split_words


def known_values_of(sessions: Sequence[Session]) -> KnownValues:
    """Return the values that these sessions have, as a generation of them would give."""
    words = Counter(
        word for session in sessions for word in set(split_words(session.keywords_text))
    )
    days = Counter((one.event, one.year, one.day, one.timezone or "") for one in sessions)

    def values(name: str) -> list[str]:
        return sorted({getattr(session, name) for session in sessions} - {""})

    return KnownValues(
        gather_editions(EditionDay(*key, count) for key, count in days.items()),
        rooms=values("room"),
        tracks=values("track"),
        levels=values("level"),
        kinds=values("kind"),
        languages=values("language"),
        events=values("event"),
        years=sorted({session.year for session in sessions}),
        speakers=SpeakerIndex(
            sorted({speaker for session in sessions for speaker in session.speakers})
        ),
        topics=frozenset(word for word in room_words(values("room")) if words[word] > 2),
    )
