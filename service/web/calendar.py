"""Calendars: of one session, of a programme by filters and of a plan by ids, to keep or to subscribe to."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from itertools import chain
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.datastructures import MultiDict

from service.calendar.feed import Feed, write_feed
from service.calendar.zones import ZonesUsed
from service.errors import QueryError
from service.filters import FIELDS, Filters
from service.query.query import Query
from service.runtime.admission import Admission
from service.search.calendars import Contents
from service.search.lookup import parse_id
from service.session import Session
from service.slots import MAX_PLAN
from service.web.addresses import absolute, webcal
from service.web.pages import render_page
from service.web.parameters import read_arguments, read_filters, searcher
from service.web.search_form import list_chips
from service.web.site import Site
from service.web.tags import generation_tag
from service.words import folded

_MAX_NAME = 60

bp = Blueprint("calendar", __name__)


@bp.get("/sessions/<id>.ics")
def session(id: str) -> Response:
    """Answer with a calendar of one session."""
    read_arguments(())
    contents = searcher().calendars.session(id)
    (found,) = contents.sessions
    name = f"{found.title} – {found.event} {found.year}"
    return _respond(
        partial(Feed, name=name, address_of=_addresses()), lambda: contents, _file_name(found)
    )


@bp.get("/programme.ics")
def programme() -> Response:
    """Answer with a calendar of the sessions that pass the filters."""
    filters = read_filters(read_arguments((*FIELDS,)))
    feed = partial(
        Feed,
        name=_name_programme(filters),
        source=absolute("calendar.programme", **_parameters(filters)),
        address_of=_addresses(),
    )
    return _respond(feed, lambda: searcher().calendars.programme(filters), "programme.ics")


@bp.get("/plan.ics")
def plan() -> Response:
    """Answer with a calendar of the sessions of a plan."""
    ids = read_ids(read_arguments(("ids",)))
    feed = partial(
        Feed,
        name=f"Plan – {_site_name()}",
        description="The sessions that were starred when the link was made; later stars are not in it.",
        source=absolute("calendar.plan", ids=_joined(ids)),
        address_of=_addresses(),
    )
    return _respond(feed, lambda: searcher().calendars.plan(ids), "plan.ics")


@bp.get("/calendar")
def subscribe() -> str:
    """Show how to take a plan, or a programme by filters, to a calendar, as a file or as a subscription."""
    arguments = read_arguments(("ids", *FIELDS))
    filters = read_filters(arguments)
    if "ids" not in arguments:
        found = searcher().calendars.count(filters)
        return _show(found, "calendar.programme", _parameters(filters), filters)
    if filters:
        raise QueryError(
            "A calendar is of a plan (ids) or of a programme (filters). Give one of the two."
        )
    ids = read_ids(arguments)
    found = len(searcher().calendars.plan(ids).sessions)
    return _show(found, "calendar.plan", {"ids": _joined(ids)}, filters, is_plan=True)


@bp.app_template_filter("link_calendar")
def link_calendar(filters: Filters) -> str:
    """Return the address of the page that takes what passes to a calendar."""
    return url_for("calendar.subscribe", **_parameters(filters))


def read_ids(arguments: MultiDict[str, str]) -> list[UUID]:
    """Return the ids of a plan, each once. Raises QueryError if there are none or too many, or one is none."""
    given = [id.strip() for text in arguments.getlist("ids") for id in text.split(",")]
    ids = [id for id in given if id]
    if len(ids) > MAX_PLAN:
        raise QueryError(f"The plan has {len(ids):,} sessions; give {MAX_PLAN} at most.")
    if not ids:
        raise QueryError("ids is empty; give the ids of sessions, with commas between.")
    return list(dict.fromkeys(map(parse_id, ids)))


def _show(
    found: int,
    endpoint: str,
    parameters: Mapping[str, Any],
    filters: Filters,
    *,
    is_plan: bool = False,
) -> str:
    address = absolute(endpoint, **parameters)
    return render_page(
        "calendar.html",
        Query(filters=filters),
        found=found,
        is_plan=is_plan,
        file=url_for(endpoint, **parameters),
        address=address,
        webcal=webcal(address) if address else "",
    )


def _respond(
    make_feed: Callable[..., Feed], read: Callable[[], Contents], file_name: str
) -> Response:
    """Return the calendar, or that it is as it was: the catalogue is read for one that changed only."""
    tag = generation_tag()
    if request.if_none_match.contains_weak(tag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        contents = read()
        parts = _write(make_feed(stamp=contents.stamp), contents)
        is_whole = not contents.days
        response = Response(b"".join(parts) if is_whole else _begin(parts))
        if not is_whole:
            admission: Admission = current_app.extensions["admission"]
            response.call_on_close(admission.open_stream())
        response.headers["Content-Type"] = "text/calendar; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response.set_etag(tag, weak=True)
    response.cache_control.no_cache = True
    return response


def _write(feed: Feed, contents: Contents) -> Iterator[bytes]:
    zones = ZonesUsed()
    zones.add(contents.sessions)
    zones.add_days(contents.days)
    read = (session for some in contents.read_days() for session in some)
    return write_feed(feed, zones, chain(read, contents.sessions))


def _begin(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Return the parts, the first entry made already: what fails until then is answered as an error."""
    head, entry = next(parts), next(parts)
    return chain((head, entry), parts)


def _addresses() -> Callable[[Session], str]:
    """Return what gives the address of a session's page, also after the request, while the answer is sent."""
    some = UUID(int=0)
    address = absolute("sessions.show", id=some)
    return lambda session: address.replace(str(some), str(session.id))


def _file_name(session: Session) -> str:
    """Return a name of few letters: the title is from outside."""
    words = re.sub(r"[^a-z0-9]+", "-", folded(session.title))[:_MAX_NAME].strip("-")
    return f"{words or 'session'}.ics"


def _name_programme(filters: Filters) -> str:
    """Return the event and the year where there is one of each, and what else is filtered by."""
    events, years = filters.get("event", ()), filters.get("year", ())
    others = [chip.value for chip in list_chips(Query(filters=filters.replace(event=(), year=())))]
    title = " ".join(map(str, (*events, *years))) or _site_name()
    return ", ".join([title, *others])


def _site_name() -> str:
    site: Site = current_app.extensions["site"]
    return site.name


def _parameters(filters: Filters) -> dict[str, Any]:
    return {name: list(values) for name, values in filters.items()}


def _joined(ids: Sequence[UUID]) -> str:
    return ",".join(map(str, ids))
