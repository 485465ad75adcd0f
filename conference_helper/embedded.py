"""Catalogue: an embedded catalogue on this machine, asked from Python."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from conference_helper.conference import Conference

if TYPE_CHECKING:
    from service.filters import Filters
    from service.query.query import Query
    from service.search.answer import Answer, SearchResult
    from service.search.searcher import Searcher
    from service.session import Session
    from service.stores.protocol import SessionStore


class Catalogue(Conference):
    """A catalogue on this machine, asked without a server; from one thread at a time.

    >>> with Catalogue.open("data") as catalogue:
    ...     catalogue.search("health analytics", year=2025).results[0].session.room
    'Room Cartographer'
    """

    def __init__(self, searcher: "Searcher", store: "SessionStore") -> None:
        """Search with `searcher`; `close` also closes the store."""
        self._searcher = searcher
        self._store = store

    @classmethod
    def open(cls, folder: str | Path | None = None, *, name: str | None = None) -> Self:
        """Open the embedded catalogue of a data directory; that of the settings for None, as for its name.

        The model is loaded with the first question. Raises SettingsError for settings that cannot be used; what
        is asked of a folder without a catalogue raises NothingLoadedError.
        """
        from conference_helper.wiring import searcher_for
        from service.settings import load_settings
        from service.stores import open_embedded

        settings = load_settings(data_dir=folder, catalogue=name)
        store = open_embedded(settings)
        return cls(searcher_for(settings, store), store)

    def close(self) -> None:
        """Close the catalogue's files."""
        self._store.close()

    def _search(self, query: "Query") -> "Answer":
        return self._searcher.search(query)

    def _session(self, id: str) -> "Session":
        return self._searcher.lookup.session(id)

    def _similar(self, id: str, query: "Query") -> "tuple[SearchResult, ...]":
        return self._searcher.similar(id, limit=query.limit, filters=query.filters)

    def _programme(self, filters: "Filters", part: str) -> dict[str, Any]:
        return self._searcher.programmes.find(filters, part=part).as_dict()
