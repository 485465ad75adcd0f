"""The page for people: a question, filters and the sessions found. Every search is a link."""

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template

from service.dates import format_day
from service.errors import ConferenceHelperError, NothingLoadedError
from service.filters import NO_FILTERS, Filters
from service.query.query import (
    DEFAULT_LIMIT,
    DEFAULT_MODE,
    MAX_LIMIT,
    MODES,
    Query,
)
from service.search.facet_counts import CONSIDERED
from service.search.headings import write_heading
from service.web import formatting
from service.web.abstracts import show_abstract
from service.web.errors import log_failure, public_message, set_status
from service.web.parameters import read_arguments, read_query, searcher
from service.web.search_form import (
    anew,
    kept_parameters,
    link,
    link_only,
    link_programme,
    list_chips,
    list_fields,
    list_inputs,
)
from service.web.site import current_site
from service.web.understood import show_understood
from service.words import language_name

STEPS = (DEFAULT_LIMIT, 10, 25, MAX_LIMIT)
"""How many sessions are shown, and how many after each "Show more"."""
EVENTS_SHOWN = 8
"""Events listed on the first page, the latest; the rest unfolds."""
EVENTS_UNFOLDED = 60
"""Events of which the rest unfolds; of more, it is picked by name."""

bp = Blueprint(
    "pages",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
for show in (
    link,
    link_only,
    language_name,
    formatting.found_by,
    formatting.safe_url,
    show_abstract,
    formatting.format_time,
    formatting.format_zone,
    formatting.name_zone,
    format_day,
    formatting.format_hours,
):
    bp.add_app_template_filter(show)


@dataclass(frozen=True, slots=True)
class LoadedEvent:
    """One event of the catalogue, its sessions, and those of each year."""

    name: str
    sessions: int
    years: list[tuple[int, int]]


@bp.get("/")
def index() -> Response:
    """Show the search box, and what a question found. Parameters of other programs are ignored."""
    typed, query = "", Query()
    try:
        arguments = read_arguments()
        typed = " ".join(arguments.getlist("q"))
        query = read_query(arguments)
        if query.filters and not query.text:
            return make_response(redirect(link_programme(query)))
        return make_response(_results(query) if query.text else _welcome(query))
    except NothingLoadedError as error:
        return make_response(render_page("nothing.html", query, message=str(error)))
    except ConferenceHelperError as error:
        return show_problem(query, typed, error)


def show_problem(query: Query, typed: str, error: ConferenceHelperError) -> Response:
    """Return the page that says what is wrong, with what was typed."""
    page = render_page("problem.html", query, typed=typed, message=public_message(error))
    return set_status(make_response(page), log_failure(error))


def _results(query: Query) -> str:
    answer, found = searcher().search_with_facets(query)
    every = searcher().facets(Query(filters=query.filters))
    more = next((step for step in STEPS if step > query.limit), None)
    return render_page(
        "results.html",
        query,
        answer=answer,
        heading=write_heading(answer),
        understood=show_understood(query, answer),
        fields=list_fields(query, found, every),
        inputs=list_inputs(query, every),
        chips=list_chips(query),
        unfiltered=replace(query, filters=NO_FILTERS),
        modes=MODES,
        default_mode=DEFAULT_MODE,
        mode_names=formatting.MODE_NAMES,
        considered=CONSIDERED,
        more=replace(query, limit=more) if more and len(answer.results) == query.limit else None,
        by_default=replace(query, mode=DEFAULT_MODE),
    )


def _welcome(query: Query) -> str:
    examples = current_site().settings.examples or searcher().lookup.examples()
    status = searcher().status()
    years = [event["year"] for event in status["events"]]
    return render_page(
        "welcome.html",
        query,
        examples=[(text, link(anew(query, text))) for text in examples],
        sessions=status["sessions"],
        events=_loaded(status["events"]),
        shown=EVENTS_SHOWN,
        unfolded=EVENTS_UNFOLDED,
        years=sorted({min(years), max(years)}) if years else [],
    )


def _loaded(counts: list[dict[str, Any]]) -> list[LoadedEvent]:
    """Group the counts of each event and year by event, the latest event first."""
    events = [
        LoadedEvent(
            name,
            sum(count["sessions"] for count in group),
            [(count["year"], count["sessions"]) for count in group],
        )
        for name, group in (
            (name, list(counts))
            for name, counts in groupby(counts, key=lambda count: count["event"])
        )
    ]
    return sorted(events, key=lambda event: (-max(event.years)[0], -event.sessions))


@bp.app_template_filter("link_edition")
def _link_edition(event: LoadedEvent, year: int) -> str:
    return link_programme(Query(filters=Filters(event=[event.name], year=[year])))


def render_page(template: str, query: Query, *, typed: str | None = None, **values: Any) -> str:
    """Return a page; its search box holds what was typed where that is not the query's text."""
    return render_template(
        template,
        query=query,
        typed=query.text if typed is None else typed,
        kept=kept_parameters(query),
        **values,
    )
