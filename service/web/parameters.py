"""Parameters of a request, read strictly, and the searcher that answers it."""

from collections.abc import Collection
from datetime import datetime
from typing import cast
from urllib.parse import unquote_to_bytes

from flask import current_app, request
from werkzeug.datastructures import MultiDict

from service.errors import QueryError
from service.filters import FIELDS, Filters
from service.query.query import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Query,
    parse_diversity,
    parse_kinds,
    parse_limit,
    parse_mode,
    parse_now,
    parse_switch,
)
from service.search.searcher import Searcher

SEARCH_NAMES = ("q", "limit", "mode", "fold", "diversity", "interpret", "ignore", "now")
"""Parameters of a search beside its filters; each but `ignore` is given once."""


def searcher() -> Searcher:
    """Return the searcher that the app was created with."""
    return cast(Searcher, current_app.extensions["searcher"])


def read_arguments(known: Collection[str] | None = None) -> MultiDict[str, str]:
    """Return the query string's parameters.

    Raises QueryError if it is not UTF-8, or names a parameter not among `known` (None: any).
    """
    try:
        unquote_to_bytes(request.query_string).decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError("The address is not valid UTF-8. Type the question again.") from error
    for name in request.args:
        if known is not None and name not in known:
            raise QueryError(
                f"There is no parameter {name[:40]!r}. Known parameters: {', '.join(known) or 'none'}."
            )
    return request.args


def read_once(arguments: MultiDict[str, str], name: str, default: str) -> str:
    """Return a parameter that may be given once. Raises QueryError if it is repeated."""
    values = arguments.getlist(name)
    if len(values) > 1:
        raise QueryError(f"{name} is given {len(values)} times; give it once.")
    return values[0] if values else default


def read_limit(
    arguments: MultiDict[str, str], default: int = DEFAULT_LIMIT, maximum: int = MAX_LIMIT
) -> int:
    """Return the limit, the default one for none. Raises QueryError unless it is from 1 to `maximum`."""
    return parse_limit(read_once(arguments, "limit", str(default)), maximum)


def read_query(arguments: MultiDict[str, str]) -> Query:
    """Return what is asked. Raises QueryError for an unusable value."""
    return Query(
        read_once(arguments, "q", ""),
        mode=parse_mode(read_once(arguments, "mode", "")),
        filters=read_filters(arguments),
        limit=read_limit(arguments),
        fold=parse_switch("fold", read_once(arguments, "fold", ""), default=True),
        diversity=parse_diversity(read_once(arguments, "diversity", "")),
        interpret=parse_switch("interpret", read_once(arguments, "interpret", ""), default=True),
        ignore=parse_kinds(arguments.getlist("ignore")),
        now=read_now(arguments),
    )


def read_now(arguments: MultiDict[str, str]) -> datetime | None:
    """Return the time that is to be now, None for the present. Raises QueryError if it is none."""
    return parse_now(read_once(arguments, "now", "").replace(" ", "+"))  # an unescaped plus


def read_filters(arguments: MultiDict[str, str]) -> Filters:
    """Return the filters among the parameters. Raises QueryError for an unusable value."""
    return Filters.parse({name: arguments.getlist(name) for name in FIELDS if name in arguments})
