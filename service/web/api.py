"""The JSON API: search, one session, the programme, facets and status."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from werkzeug.datastructures import MultiDict

from service.filters import FIELDS
from service.search.answer import brief
from service.web import keys
from service.web.parameters import (
    SEARCH_NAMES,
    read_arguments,
    read_filters,
    read_limit,
    read_now,
    read_once,
    read_query,
    searcher,
)

DEFAULT_VALUES = 100
MAX_VALUES = 1_000
"""Values of one facet in an answer."""
PUBLIC_STATUS = ("sessions", "events")
"""What of the status anybody may know who may search."""

bp = Blueprint("api", __name__, url_prefix="/api")


@bp.get("/search")
def search() -> dict[str, Any]:
    """Answer a question with the nearest sessions."""
    arguments = read_arguments((*SEARCH_NAMES, *FIELDS))
    return searcher().search(read_query(arguments)).as_dict()


@bp.get("/sessions/<id>")
def session(id: str) -> dict[str, Any]:
    """Answer with one session, and the sittings of its talk."""
    read_arguments(())
    found, occurrences = searcher().lookup.talk(id)
    return {**found.as_dict(), "occurrences": [brief(sitting) for sitting in occurrences]}


@bp.get("/sessions/<id>/similar")
def similar(id: str) -> dict[str, Any]:
    """Answer with the sessions nearest to one session, without its repeats."""
    arguments = read_arguments(("limit", *FIELDS))
    results = searcher().similar(id, limit=read_limit(arguments), filters=read_filters(arguments))
    return {"id": str(UUID(id)), "results": [result.as_dict() for result in results]}


@bp.get("/facets")
def facets() -> dict[str, Any]:
    """Answer with the values sessions can be filtered by, most frequent first; with q, of what it finds."""
    arguments = read_arguments(("q", "mode", "limit", "interpret", "ignore", "now", *FIELDS))
    limit = read_limit(arguments, DEFAULT_VALUES, MAX_VALUES)
    others = [(name, value) for name, value in arguments.items(multi=True) if name != "limit"]
    query = read_query(MultiDict(others))  # its limit would be one of sessions
    if read_once(arguments, "q", ""):
        query.require_text()
    counts = searcher().facets(query)
    return {
        "facets": {
            name: [{"value": value, "count": count} for value, count in values[:limit]]
            for name, values in counts.items()
        }
    }


@bp.get("/programme")
def programme() -> dict[str, Any]:
    """Answer with one day of an edition, or a part of it."""
    arguments = read_arguments(("part", "now", *FIELDS))
    found = searcher().programmes.find(
        read_filters(arguments), now=read_now(arguments), part=read_once(arguments, "part", "")
    )
    return found.as_dict()


@bp.get("/status")
def status() -> dict[str, Any]:
    """Answer with the catalogue's status; where keys are wanted, in full to those of operators alone."""
    read_arguments(())
    found = searcher().status()
    if keys.are_wanted() and not keys.has_scope("ops"):
        return {name: found[name] for name in PUBLIC_STATUS}
    return found
