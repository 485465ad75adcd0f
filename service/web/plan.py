"""The plan of an attendee: starred sessions, which only the browser keeps, or those that a link names."""

from itertools import chain
from typing import Any

from flask import Blueprint, Response, make_response, url_for
from werkzeug.datastructures import MultiDict

from service.dates import format_days
from service.errors import ConferenceHelperError
from service.plan.check import CheckedPlan, check_plan
from service.query.query import Query
from service.session import Session
from service.web.pages import render_page, show_problem
from service.web.parameters import read_arguments, read_now, searcher

CLASHES_SHOWN = 5
"""Clashes of one session that the page names."""

bp = Blueprint("plan", __name__)


@bp.get("/plan")
def show() -> Response:
    """Show the plan of the sessions that the address names; without any, the one that the browser keeps."""
    query = Query()
    try:
        arguments = read_arguments()
        now = read_now(arguments)
        checked = check_plan(searcher(), _ids(arguments), now) if "ids" in arguments else None
    except ConferenceHelperError as error:
        return show_problem(query, "", error)
    page = render_page(
        "plan.html",
        query,
        checked=checked,
        plan=checked.plan if checked else None,
        calendar=_calendar_of(checked) if checked else "",
        clashes_shown=CLASHES_SHOWN,
    )
    return make_response(page)


def _calendar_of(checked: CheckedPlan) -> str:
    """Return the address of the page that takes a plan to a calendar; empty where no session is known."""
    removed = (one.session for one in checked.removed)
    ids = ",".join(str(session.id) for session in chain(checked.plan.sessions, removed))
    return url_for("calendar.subscribe", ids=ids) if ids else ""


@bp.get("/api/plan")
def check() -> dict[str, Any]:
    """Answer with the plan of some sessions: in order of time, with its clashes, gaps and alternatives."""
    arguments = read_arguments(("ids", "now"))
    return check_plan(searcher(), _ids(arguments), read_now(arguments)).as_dict()


def _ids(arguments: MultiDict[str, str]) -> list[str]:
    return [id for text in arguments.getlist("ids") for id in text.split(",")]


def facts(session: Session) -> dict[str, Any]:
    """Return what a browser keeps of a starred session; what is not known is left out."""
    known = {
        "id": str(session.id),
        "title": session.title,
        "event": session.event,
        "year": session.year,
        "room": session.room,
        **_times(session),
    }
    return {name: value for name, value in known.items() if value}


@bp.app_template_filter("format_date")
def format_date(day: str) -> str:
    """Return a day, YYYY-MM-DD, as people read it."""
    return format_days(day, day)


@bp.app_template_filter("format_gap")
def format_gap(minutes: int) -> str:
    """Return a number of minutes as people read it: 1 h 5 min."""
    hours, rest = divmod(minutes, 60)
    parts = (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "")
    return " ".join(part for part in parts if part)


def _times(session: Session) -> dict[str, str]:
    """Return start and end as ISO texts, the day alone where no time of day is known."""
    if session.start_minute is None:
        return {"starts_at": session.day}
    starts, ends = session.starts_at, session.ends_at
    return {
        "starts_at": starts.isoformat() if starts else "",
        "ends_at": ends.isoformat() if ends else "",
    }
