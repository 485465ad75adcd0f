"""Whom to tell of a weakness, at the address where people who look for that look first (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app

from service.errors import NotFoundError
from service.settings import SecuritySettings

PATH = "/.well-known/security.txt"
_VALID = timedelta(days=180)

bp = Blueprint("security_txt", __name__)


@bp.get(PATH)
def show() -> Response:
    """Answer with the contact of the settings. Raises NotFoundError where there is none."""
    security: SecuritySettings = current_app.extensions["security"]
    if not security.contact:
        raise NotFoundError("This site names nobody to tell of a weakness.")
    lines = {
        "Contact": security.contact,
        "Expires": _expires(datetime.now(UTC)).isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": ", ".join(security.languages),
        "Canonical": _canonical(current_app.extensions["public_url"]),
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items() if value)
    return Response(text, mimetype="text/plain")


def _expires(now: datetime) -> datetime:
    """Return until when the answer holds, always ahead: 180 days from the start of its own day.

    RFC 9116 wants a date, lest a forgotten file misleads, and less than a year. This one is made of the
    settings of a process that runs, so it counts from the day that it is asked for, and is the same all day.
    """
    return datetime.combine(now.date(), time(), UTC) + _VALID


def _canonical(public_url: str) -> str:
    """Return where the file belongs, at the root of the host whatever the path; nothing without https."""
    parts = urlsplit(public_url)
    return f"https://{parts.netloc}{PATH}" if parts.scheme == "https" else ""
