"""What outlives a load that did not bring it: sessions of other events, and what bad rows may have been."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from service.session import Session

Place = tuple[str, int]
"""An event and a year."""


class Holds:
    """Knows which sessions of the catalogue stay although the sources do not have them."""

    def __init__(self) -> None:
        """Cover nothing and hold nothing yet: everything stays."""
        self.covered: set[Place] = set()
        """Events and years that the sources hold, and so are the truth for."""
        self.release()

    def release(self) -> None:
        """Hold nothing: what is not in the sources is gone."""
        self._ids: set[str] = set()
        self._places: set[Place] = set()
        self._everything = False

    def hold(
        self,
        places: Collection[Place],
        bad: Sequence[str],
        is_staged: Callable[[str, int, str], bool],
    ) -> None:
        """Hold what a file's bad rows may have been, given by their source ids; `places` it has sessions of.

        Where such an id is empty, or stands for several sittings, any session of these events and years may be
        meant; where the file gave no session, any at all.
        """
        for source_id, times in Counter(bad).items():
            for event, year in places:
                if source_id and times == 1 and not is_staged(event, year, source_id):
                    session = Session(event=event, year=year, source_id=source_id, title="")
                    self._ids.add(str(session.id))
                else:
                    self._places.add((event, year))
        self._everything |= bool(bad) and not places

    def stays(self, event: str, year: int, id: str) -> bool:
        """Return whether a known session that the sources do not have stays all the same."""
        place = (event, year)
        held = self._everything or place in self._places or id in self._ids
        return held or place not in self.covered
