"""Health: whether the process lives, and whether it can answer the next question."""

from typing import Any

from flask import Blueprint, Response

from service.errors import ConferenceHelperError
from service.web.errors import code_of, unavailable
from service.web.parameters import searcher

bp = Blueprint("health", __name__)


@bp.get("/livez")
def live() -> dict[str, Any]:
    """Say that the process answers."""
    return {"status": "alive"}


@bp.get("/readyz")
def ready() -> dict[str, Any] | Response:
    """Say whether the catalogue is open and its encoder loaded."""
    try:
        manifest = searcher().check_ready()
    except ConferenceHelperError as error:
        return unavailable(code_of(error), str(error))
    return {
        "status": "ready",
        "generation": manifest.generation,
        "sessions": manifest.sessions,
    }
