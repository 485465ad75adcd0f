"""The plan of an attendee: sessions that are starred, which only the reader's browser keeps."""

from typing import Any

from flask import Blueprint

from service.session import Session

bp = Blueprint("plan", __name__)


@bp.app_template_filter("plan_facts")
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


def _times(session: Session) -> dict[str, str]:
    """Return start and end as ISO texts, the day alone where no time of day is known."""
    if session.start_minute is None:
        return {"starts_at": session.day}
    starts, ends = session.starts_at, session.ends_at
    return {
        "starts_at": starts.isoformat() if starts else "",
        "ends_at": ends.isoformat() if ends else "",
    }
