"""The programme: sessions in order of time, what is still to come before what has been."""

from datetime import UTC, datetime

from service.dates import parse_zone
from service.filters import Filters
from service.query.query import Query
from service.search.cancelled import TAKES_PLACE
from service.session import Session
from service.stores.editions import EditionDay
from service.stores.protocol import Generation


def list_programme(
    generation: Generation, filters: Filters, query: Query, *, latest_first: bool
) -> list[Session]:
    """Return the sessions that pass, at most as many as the query's limit; cancelled ones come last.

    In order of time; where no day or year is asked for, those of today and later come before the earlier ones.
    If `latest_first`, in reverse order of time.
    """

    def listed(passing: Filters, limit: int) -> list[Session]:
        if latest_first:
            return generation.programme(passing, limit, latest_first=True)
        return _coming_first(generation, passing, query, limit)

    if "status" in filters or "status" not in generation.manifest.indexes:
        return listed(filters, query.limit)
    sessions = listed(filters.replace(status=TAKES_PLACE), query.limit)
    if left := query.limit - len(sessions):
        sessions += listed(filters.replace(status=("cancelled",)), left)
    return sessions


def _coming_first(
    generation: Generation, filters: Filters, query: Query, limit: int
) -> list[Session]:
    if filters.keys() & {"day", "year"}:
        return generation.programme(filters, limit)
    now = query.now or datetime.now(UTC)
    days = sorted({one.day for one in generation.calendar() if one.day >= _today(one, now)})
    coming = generation.programme(filters.replace(day=days), limit) if days else []
    if len(coming) == limit:
        return coming
    earlier = generation.programme(filters, limit)
    ids = {session.id for session in coming}
    return [*coming, *(session for session in earlier if session.id not in ids)][:limit]


def _today(one: EditionDay, now: datetime) -> str:
    """Return the day that it is where an edition takes place, in UTC where that is unknown."""
    return now.astimezone(parse_zone(one.timezone or "UTC")).date().isoformat()
