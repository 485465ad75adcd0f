"""The page for people: a question, filters and the sessions found. Every search is a link."""

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, make_response, render_template

from service.errors import ConferenceHelperError, NothingLoadedError
from service.languages import language_name
from service.query.query import (
    DEFAULT_LIMIT,
    DEFAULT_MODE,
    MAX_LIMIT,
    MAX_QUERY,
    MODES,
)
from service.search.searcher import CONSIDERED
from service.web import formatting as words
from service.web.errors import log_failure, public_message, set_status
from service.web.parameters import read_arguments, read_once, read_options, searcher
from service.web.search_form import Search, list_chips, list_fields

EXAMPLES = (
    "Health analytics",
    "How do I keep a data pipeline reliable?",
    "Getting started with machine learning",
    "What is fair when a model decides about people?",
)
STEPS = (DEFAULT_LIMIT, 10, 25, MAX_LIMIT)
"""How many sessions are shown, and how many after each "Show more"."""
EVENTS_SHOWN = 8
"""Events listed on the first page; the rest unfolds."""

bp = Blueprint(
    "pages",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
for show in (
    language_name,
    words.mark_words,
    words.safe_url,
    words.split_abstract,
    words.tell_when,
    words.tell_zone,
):
    bp.add_app_template_filter(show)


@dataclass(frozen=True, slots=True)
class LoadedEvent:
    """One event of the catalogue, its sessions, and (year, sessions, address) of each year."""

    name: str
    sessions: int
    years: list[tuple[int, int, str]]


@bp.get("/")
def index() -> Response:
    """Show the search box, and what a question found. Parameters of other programs are ignored."""
    search = Search()
    try:
        arguments = read_arguments()
        search = Search(" ".join(arguments.getlist("q")))
        search = Search(read_once(arguments, "q", "").strip(), **read_options(arguments))
        return make_response(_results(search) if search.question else _welcome(search))
    except NothingLoadedError as error:
        return make_response(_render("nothing.html", search, message=str(error)))
    except ConferenceHelperError as error:
        return _problem(search, error)


@bp.get("/sessions/<id>/similar")
def similar(id: str) -> Response:
    """Show the sessions that are like one session."""
    search = Search()
    try:
        session = searcher().session(id)
        results = searcher().similar(id)
        return make_response(_render("similar.html", search, session=session, results=results))
    except ConferenceHelperError as error:
        return _problem(search, error)


def _problem(search: Search, error: ConferenceHelperError) -> Response:
    page = _render("problem.html", search, message=public_message(error))
    return set_status(make_response(page), log_failure(error))


def _results(search: Search) -> str:
    answer = searcher().search(
        search.question,
        limit=search.limit,
        mode=search.mode,
        filters=search.filters,
        fold=search.fold,
        diversity=search.diversity,
    )
    more = next((step for step in STEPS if step > search.limit), None)
    return _render(
        "results.html",
        search,
        answer=answer,
        fields=list_fields(search, searcher()),
        considered=CONSIDERED,
        more=search.showing(more) if more and len(answer.results) == search.limit else None,
    )


def _welcome(search: Search) -> str:
    status = searcher().status()
    years = [event["year"] for event in status["events"]]
    return _render(
        "welcome.html",
        search,
        examples=[(text, replace(search, question=text).link()) for text in EXAMPLES],
        sessions=status["sessions"],
        events=_loaded(status["events"]),
        shown=EVENTS_SHOWN,
        years=sorted({min(years), max(years)}) if years else [],
    )


def _loaded(counts: list[dict[str, Any]]) -> list[LoadedEvent]:
    """Group the counts of each event and year by event, the largest event first."""
    events = [
        LoadedEvent(
            name,
            sum(count["sessions"] for count in group),
            [(count["year"], count["sessions"], _year_link(count)) for count in group],
        )
        for name, group in (
            (name, list(counts))
            for name, counts in groupby(counts, key=lambda count: count["event"])
        )
    ]
    return sorted(events, key=lambda event: -event.sessions)


def _year_link(count: dict[str, Any]) -> str:
    return Search().choosing("event", count["event"]).choosing("year", count["year"]).link()


def _render(template: str, search: Search, **values: Any) -> str:
    return render_template(
        template,
        search=search,
        chips=list_chips(search),
        max_query=MAX_QUERY,
        modes=MODES,
        default_mode=DEFAULT_MODE,
        names_of_modes=words.NAMES_OF_MODES,
        **values,
    )
