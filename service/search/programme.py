"""The programme: sessions in order of time, what is still to come before what has been."""

from datetime import UTC, datetime

from service.filters import Filters, in_day_range
from service.query.query import Query
from service.session import Session
from service.stores.protocol import Generation


def list_programme(generation: Generation, filters: Filters, query: Query) -> list[Session]:
    """Return the sessions that pass, at most as many as the query's limit.

    In order of time; where no day or year is asked for, those from today on come before the earlier ones.
    """
    if filters.keys() & {"day", "year"}:
        return generation.programme(filters, query.limit)
    today = (query.now or datetime.now(UTC)).date().isoformat()
    days = sorted({one.day for one in generation.calendar() if in_day_range(one.day, f"{today}..")})
    coming = generation.programme(filters.replace(day=days), query.limit) if days else []
    if len(coming) == query.limit:
        return coming
    earlier = generation.programme(filters, query.limit)
    ids = {session.id for session in coming}
    return [*coming, *(session for session in earlier if session.id not in ids)][: query.limit]
