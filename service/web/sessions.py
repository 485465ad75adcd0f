"""Pages of one session and of one speaker, with what search engines and previews of links read of them."""

from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, Response, make_response

from service.errors import ConferenceHelperError, RemovedError
from service.query.query import Query
from service.search.lookup import MAX_SESSIONS, parse_id
from service.session import Link, Session
from service.web.addresses import absolute
from service.web.errors import set_status
from service.web.formatting import safe_url
from service.web.pages import render_page, show_problem
from service.web.parameters import searcher
from service.web.structured_data import describe_session

_MAX_DESCRIPTION = 300
"""Characters of an abstract in the preview of a link."""

bp = Blueprint("sessions", __name__)


@bp.get("/sessions/<id>")
def show(id: str) -> Response:
    """Show one session, its talk's other sittings, and a few sessions like it; or that it was removed."""
    try:
        return make_response(_show(id))
    except RemovedError:
        removed = searcher().lookup.find([parse_id(id)]).removed
        page = render_page("removed.html", Query(), tombstones=removed)
        return set_status(make_response(page), HTTPStatus.GONE)


def _show(id: str) -> str:
    session, sittings = searcher().lookup.talk(id)
    address = absolute("sessions.show", id=session.id)
    return render_page(
        "session.html",
        Query(),
        session=session,
        links=_links(session),
        others=[sitting for sitting in sittings if sitting.id != session.id],
        alike=[result.session for result in searcher().similar(id)],
        address=address,
        description=_shortened(session.abstract),
        event=describe_session(session, address) if address else None,
    )


@bp.get("/sessions/<id>/similar")
def similar(id: str) -> Response:
    """Show the sessions that are like one session."""
    query = Query()
    try:
        session = searcher().lookup.session(id)
        results = searcher().similar(id)
        return make_response(render_page("similar.html", query, session=session, results=results))
    except ConferenceHelperError as error:
        return show_problem(query, "", error)


@bp.get("/speakers/<path:name>")
def speaker(name: str) -> Response:
    """Show what a speaker gave over the years, newest first; for an unknown one, the names most like it."""
    found = searcher().lookup.speaker(name)
    years = [(year, list(some)) for year, some in groupby(found.sessions, lambda one: one.year)]
    page = render_page(
        "speaker.html",
        Query(),
        speaker=found,
        years=years,
        is_cut=len(found.sessions) == MAX_SESSIONS,
        address=absolute("sessions.speaker", name=found.name),
    )
    status = HTTPStatus.OK if found.sessions else HTTPStatus.NOT_FOUND
    return set_status(make_response(page), status)


def _links(session: Session) -> list[Link]:
    """Return the session's links, its own address first unless it is one of them; unsafe ones are left out."""
    links = [link for link in session.links if safe_url(link.url)]
    if safe_url(session.url) and session.url not in {link.url for link in links}:
        links.insert(0, Link("page", session.url, f"On the site of {session.event}"))
    return links


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    if len(line) <= _MAX_DESCRIPTION:
        return line
    return line[:_MAX_DESCRIPTION].rpartition(" ")[0] + " …"
