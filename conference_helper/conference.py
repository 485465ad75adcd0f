"""What Python programs ask: a conference, the same whether its catalogue is here or behind a service."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from service.errors import QueryError
from service.filters import Filters, in_day_range
from service.query.query import DEFAULT_LIMIT, DEFAULT_MODE, Query, parse_kinds, parse_now

if TYPE_CHECKING:
    from service.search.answer import Answer, SearchResult
    from service.session import Session
    from service.stores.protocol import Mode

FilterValue = str | int | date | Iterable[str | int | date]
"""A filter's value, or several values of which one must match."""
_UNDATED = "undated"


class Conference(ABC):
    """The sessions of a catalogue: searched, looked up and listed.

    Filters have the names and values of the HTTP API's: `year=2026`, `track=["Health", "Cities"]`; what Python
    keeps for itself takes an underscore (`from_="09:00"`). Wrong values raise QueryError.
    """

    def search(
        self,
        question: str,
        *,
        limit: int = DEFAULT_LIMIT,
        mode: "Mode" = DEFAULT_MODE,
        fold: bool = True,
        diversity: float = 0.0,
        interpret: bool = True,
        ignore: Iterable[str] = (),
        now: datetime | None = None,
        **filters: FilterValue,
    ) -> "Answer":
        """Return the sessions that answer a question, nearest first, and the verdict on whether they fit.

        The options are those of `Query`; `now` is an aware time.
        """
        query = Query(
            question,
            mode=mode,
            filters=_read(filters),
            limit=limit,
            fold=fold,
            diversity=diversity,
            interpret=interpret,
            ignore=parse_kinds(ignore),
            now=parse_now(now.isoformat()) if now else None,
        )
        query.require_text()
        return self._search(query)

    def session(self, id: UUID | str) -> "Session":
        """Return the session with this id.

        Raises NotFoundError if none has it, RemovedError if it was taken out of the programme.
        """
        return self._session(_parse_id(id))

    def similar(
        self, id: UUID | str, *, limit: int = DEFAULT_LIMIT, **filters: FilterValue
    ) -> "tuple[SearchResult, ...]":
        """Return the sessions nearest in meaning to one session, without it and its repeats."""
        return self._similar(_parse_id(id), Query(limit=limit, filters=_read(filters)))

    def sessions(self, **filters: FilterValue) -> "Iterator[Session]":
        """Yield the sessions of one event in one year that pass, in order of time, those without a day last.

        Where filters leave several, it is the one that is on or comes next, else the latest. As in every list,
        sessions are without abstract, links and tags: `session` returns one with all.
        """
        wanted = _read(filters)
        first = self._programme(wanted, "")
        if first["part"] is None:  # no session passes
            return
        edition = wanted.replace(event=[first["event"]], year=[first["year"]])
        ranges = [str(value) for value in wanted.get("day", ())]
        for day in (one["day"] for one in first["days"]):
            if not ranges or any(in_day_range(day, one) for one in ranges):
                yield from self._day(edition.replace(day=[day]), "")
        if first["undated"] and not ranges:
            yield from self._day(edition, _UNDATED)

    def _day(self, filters: Filters, part: str) -> "Iterator[Session]":
        from service.search.decoding import decode_session

        shown = self._programme(filters, part)
        for key in (one["part"] for one in shown["parts"]):
            page = shown if key == shown["part"] else self._programme(filters, key)
            yield from map(decode_session, page["sessions"])

    def __enter__(self) -> Self:
        """Return the conference itself; leaving the `with` block closes it."""
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Close connections and files."""

    @abstractmethod
    def _search(self, query: Query) -> "Answer": ...

    @abstractmethod
    def _session(self, id: str) -> "Session": ...

    @abstractmethod
    def _similar(self, id: str, query: Query) -> "tuple[SearchResult, ...]": ...

    @abstractmethod
    def _programme(self, filters: Filters, part: str) -> dict[str, Any]: ...


def _parse_id(id: UUID | str) -> str:
    """Return an id as it is written. Raises QueryError if it is none."""
    from service.search.lookup import parse_id

    return str(parse_id(str(id)))


def _read(filters: dict[str, FilterValue]) -> Filters:
    """Convert keyword arguments to Filters. Raises QueryError for an invalid one."""
    given = {name.removesuffix("_"): value for name, value in filters.items()}
    return Filters.parse({name: _texts(name, value) for name, value in given.items()})


def _texts(name: str, value: FilterValue) -> list[str]:
    if value is None:
        raise QueryError(f"{name} is None; leave a filter out that is not to hold.")
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [str(value)]
    return [str(one) for one in value]
