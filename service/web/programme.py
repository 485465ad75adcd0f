"""The programme: pages of one day by rooms and times, and lists of rooms, tracks and speakers."""

from dataclasses import replace
from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, make_response, url_for
from werkzeug.datastructures import MultiDict

from service.errors import ConferenceHelperError, NothingLoadedError
from service.programme.day import NoProgramme, ProgrammeDay
from service.programme.directory import FIELD_OF, Kind
from service.programme.timetable import build
from service.query.query import Query, parse_limit
from service.stores.protocol import FacetCounts
from service.web import programme_links as links
from service.web.errors import set_status
from service.web.formatting import shorten
from service.web.pages import render_page, show_problem
from service.web.parameters import (
    read_arguments,
    read_filters,
    read_now,
    read_once,
    searcher,
)
from service.web.rows import Rows
from service.web.search_form import link_programme, list_chips, list_fields, list_inputs
from service.web.sizes import MAX_BYTES

_OF_EDITION = ("event", "year", "day")
"""Filters that the page's own links set, rather than its form."""
MAX_PAGES = 1_000
_NOW_SHOWN = 100
"""Sessions that are listed as on now, and as next."""
_MAX_OFFERED = 120
"""Characters of a value that the form offers; a link can name a longer one."""

bp = Blueprint("programme", __name__)
for show_value in (links.format_date, shorten):
    bp.add_app_template_filter(show_value)


@bp.get("/programme")
def show() -> Response:
    """Show one day of an edition. Parameters of other programs are ignored."""
    query = Query()
    try:
        arguments = read_arguments()
        query = _read(arguments)
        part = read_once(arguments, "part", "")
        found, counts = searcher().programmes.find_with_counts(
            query.filters, now=query.now, part=part
        )
        if isinstance(found, NoProgramme):
            return _show_none(query, found)
        return make_response(_render(query, found, counts))
    except NothingLoadedError as error:
        return make_response(render_page("nothing.html", query, message=str(error)))
    except ConferenceHelperError as error:
        return show_problem(query, "", error)


def _directory(kind: Kind) -> Response:
    """Show the rooms, tracks or speakers of the sessions that pass."""
    query = Query()
    try:
        arguments = read_arguments()
        query = _read(arguments)
        letter = read_once(arguments, "letter", "")
        page = parse_limit(read_once(arguments, "page", "1"), MAX_PAGES)
        found = searcher().programmes.directory(kind, query.filters, letter=letter, page=page)
        shown = render_page(
            "directory.html",
            query,
            kind=kind,
            field=FIELD_OF[kind],
            found=found,
            scope=links.tell_scope(query.filters),
            lists=links.list_lists(query, kind),
            letters=links.list_letters(query, kind, found),
            pages=links.list_pages(query, kind, found),
            programme=link_programme(query),
            link_value=lambda name: links.link_value(query, kind, name),
        )
        return make_response(shown)
    except ConferenceHelperError as error:
        return show_problem(query, "", error)


for _kind in FIELD_OF:
    bp.add_url_rule(f"/programme/{_kind}", _kind, partial(_directory, _kind))


def _read(arguments: MultiDict[str, str]) -> Query:
    return Query(filters=read_filters(arguments), now=read_now(arguments))


def _render(query: Query, found: ProgrammeDay, counts: FacetCounts) -> str:
    """Return the page of a day."""
    edition = replace(query, filters=found.filters)
    here = replace(edition, filters=found.chosen(query.filters))
    few = {
        name: [(value, count) for value, count in some if len(str(value)) <= _MAX_OFFERED]
        for name, some in counts.items()
    }
    offered: FacetCounts = {**few, "speaker": []}
    dated: FacetCounts = {**offered, "day": [(day, count) for day, count in found.edition.days]}
    timetable = build(found.sessions)
    anchors = links.anchor_hours(timetable)
    rows = Rows(
        found.state,
        url_for("sessions.show", id="-").removesuffix("-"),
        next(iter(found.edition.zones), None),
        {session.id for session in found.now.on} if found.now else set(),
    )
    render = partial(
        render_page,
        "programme.html",
        links.without_day(query),
        found=found,
        timetable=timetable,
        anchors=anchors,
        hours=links.list_hours(anchors),
        clock=found.now.now if found.now else None,
        days=links.list_days(edition, found),
        parts=links.list_parts(here, found),
        undated=links.link_undated(edition, found),
        today=links.link_today(edition, found),
        update=link_programme(here),
        lists=links.list_lists(edition),
        calendar_filters=here.filters,
        other_editions=links.list_others(query, found),
        filter_chips=list_chips(here, link_programme, without=_OF_EDITION),
        cleared=link_programme(links.only_edition(here)),
        fields=list_fields(here, offered, offered, always=("speaker",)),
        inputs=list_inputs(here, dated),
        hidden=links.kept_by_form(here),
        shown=_NOW_SHOWN,
    )
    page = render(rows=rows)
    if len(page.encode()) <= MAX_BYTES:
        return page
    return render(
        rows=replace(rows, brief=True)
    )  # names are very long, or many filters are in every link


def _show_none(query: Query, found: NoProgramme) -> Response:
    """Return the page that says why no session passes, and what there is."""
    page = render_page(
        "no_programme.html",
        links.without_day(query),
        found=found,
        filter_chips=list_chips(query, link_programme, without=("event", "year")),
        days=links.list_other_days(query, found),
        others=[(one, links.link_edition(query, one)) for one in found.others],
        without=links.link_without_lacking(query, found),
        whole=links.link_edition(query, found.edition)
        if found.edition
        else link_programme(Query()),
    )
    status = HTTPStatus.OK if found.edition else HTTPStatus.NOT_FOUND
    return set_status(make_response(page), status)
