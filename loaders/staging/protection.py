"""Sessions protected from deletion: those of other events, and those that an invalid row may stand for."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from service.session import Session

EventYear = tuple[str, int]


class Protection:
    """Decides which sessions of the catalogue stay although no source has them."""

    def __init__(self) -> None:
        """Start with no event covered: every session stays."""
        self.covered: set[EventYear] = set()
        """Events and years that the sources have sessions of, and so are the truth for."""
        self.clear()

    def clear(self) -> None:
        """Protect nothing of the covered events."""
        self._ids: set[str] = set()
        self._events: set[EventYear] = set()
        self._everything = False

    def protect(
        self,
        events: Collection[EventYear],
        invalid_ids: Sequence[str],
        is_staged: Callable[[str, int, str], bool],
    ) -> None:
        """Protect the sessions that a file's invalid rows may stand for.

        `events` are those the file has sessions of, `invalid_ids` the source ids of its invalid rows. An id
        that is empty, repeated or staged identifies no session, so that all of these events are protected;
        the whole catalogue is where the file has no valid session.
        """
        for source_id, times in Counter(invalid_ids).items():
            for event, year in events:
                if source_id and times == 1 and not is_staged(event, year, source_id):
                    session = Session(event=event, year=year, source_id=source_id, title="")
                    self._ids.add(str(session.id))
                else:
                    self._events.add((event, year))
        self._everything |= bool(invalid_ids) and not events

    def is_retained(self, event: str, year: int, id: str) -> bool:
        """Return whether a session of the catalogue that no source has stays."""
        key = (event, year)
        protected = self._everything or key in self._events or id in self._ids
        return protected or key not in self.covered
