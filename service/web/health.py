"""Health checks: liveness and readiness."""

from typing import Any

from flask import Blueprint, Response

from service.errors import ConferenceHelperError
from service.web import operators
from service.web.errors import code_of, public_message, unavailable
from service.web.parameters import searcher

bp = Blueprint("health", __name__)


@bp.get("/livez")
def live() -> dict[str, Any]:
    """Answer that the process is alive."""
    return {"status": "alive"}


@bp.get("/readyz")
def ready() -> dict[str, Any] | Response:
    """Answer whether the catalogue is open and its encoder loaded; operators are told why not, and warnings."""
    try:
        manifest = searcher().check_ready()
        warnings = searcher().warnings()
    except ConferenceHelperError as error:
        return unavailable(
            code_of(error), str(error) if operators.are_asking() else public_message(error)
        )
    return {
        "status": "ready",
        "generation": manifest.generation,
        "sessions": manifest.sessions,
        "warnings": warnings if operators.are_asking() else [],
    }
