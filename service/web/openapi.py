"""The OpenAPI document, made from the names and limits that the program checks by."""

from importlib import metadata

from flask import Blueprint

from service.filters import FIELDS, FieldType
from service.query.query import (
    DEFAULT_LIMIT,
    DEFAULT_MODE,
    MAX_LIMIT,
    MAX_QUERY,
    MODES,
)
from service.web.api import DEFAULT_VALUES, MAX_VALUES
from service.web.schemas import COUNT, TEXT, Values, schemas

bp = Blueprint("openapi", __name__)


@bp.get("/openapi.json")
def describe() -> Values:
    """Answer with the description of every address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Conference Helper",
            "version": _version(),
            "summary": "Ask in plain words; get the sessions of a conference that answer.",
        },
        "servers": [{"url": "/"}],
        "paths": _paths(),
        "components": {
            "schemas": schemas(),
            "responses": {
                "Error": {
                    "description": "What is wrong, and what to do next.",
                    "content": _json("Error"),
                },
                "Unavailable": {
                    "description": "Cannot answer now; the message says why.",
                    "headers": {"Retry-After": {"description": "Seconds.", "schema": COUNT}},
                    "content": _json("Error"),
                },
            },
        },
    }


def _version() -> str:
    try:
        return metadata.version("conference-helper")
    except metadata.PackageNotFoundError:  # run from a checkout
        return "0"


def _paths() -> Values:
    filters = _filters()
    values = _number("limit", "Values of each facet.", DEFAULT_VALUES, MAX_VALUES)
    return {
        "/": {
            "get": _page(
                "showPage",
                "The page for people; every search is a link that can be shared.",
                [*_search_parameters(required=False), *filters],
            )
        },
        "/sessions/{id}/similar": {
            "get": _page("showSimilar", "The sessions that are like one session.", [_id()])
        },
        "/api/search": {
            "get": _operation(
                "search",
                "Answer a question with the nearest sessions, nearest first.",
                "Answer",
                [*_search_parameters(required=True), *filters],
                errors=("400", "500", "503"),
            )
        },
        "/api/sessions/{id}": {
            "get": _operation(
                "getSession",
                "One session.",
                "Session",
                [_id()],
                errors=("400", "404", "503"),
            )
        },
        "/api/sessions/{id}/similar": {
            "get": _operation(
                "listSimilar",
                "The sessions nearest to one session, without it and its repeats.",
                "Similar",
                [
                    _id(),
                    _number("limit", "How many sessions.", DEFAULT_LIMIT, MAX_LIMIT),
                    *filters,
                ],
                errors=("400", "404", "503"),
            )
        },
        "/api/facets": {
            "get": _operation(
                "countFacets",
                "The values sessions can be filtered by; each facet as the other filters leave it; "
                "with a question, among the sessions that answer it best.",
                "Facets",
                [_question(required=False), _mode(), values, *filters],
                errors=("400", "503"),
            )
        },
        "/api/status": {
            "get": _operation("getStatus", "What is loaded.", "Status", errors=("400", "503"))
        },
        "/livez": {"get": _operation("isAlive", "Whether the process answers.", "Alive")},
        "/readyz": {
            "get": _operation(
                "isReady", "Whether the next question can be answered.", "Ready", errors=("503",)
            )
        },
        "/metrics": {
            "get": {
                "operationId": "showMetrics",
                "summary": "Counts and times, for Prometheus.",
                "responses": {
                    "200": {"description": "Metrics.", "content": {"text/plain": {"schema": TEXT}}}
                },
            }
        },
        "/openapi.json": {"get": _operation("describe", "This document.", "Document")},
    }


def _operation(
    id: str,
    summary: str,
    schema: str,
    parameters: list[Values] | None = None,
    *,
    errors: tuple[str, ...] = (),
) -> Values:
    kinds = {code: "Unavailable" if code == "503" else "Error" for code in errors}
    responses = {code: {"$ref": f"#/components/responses/{kind}"} for code, kind in kinds.items()}
    return {
        "operationId": id,
        "summary": summary,
        "parameters": parameters or [],
        "responses": {"200": {"description": summary, "content": _json(schema)}, **responses},
    }


def _page(id: str, summary: str, parameters: list[Values]) -> Values:
    html = {"text/html": {"schema": TEXT}}
    return {
        "operationId": id,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "The page.", "content": html},
            "default": {"description": "The page with what is wrong.", "content": html},
        },
    }


def _json(schema: str) -> Values:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _search_parameters(*, required: bool) -> list[Values]:
    share = {"type": "number", "minimum": 0, "maximum": 1, "default": 0}
    return [
        _question(required=required),
        _number("limit", "How many sessions.", DEFAULT_LIMIT, MAX_LIMIT),
        _mode(),
        _parameter(
            "fold",
            "query",
            "Whether repeats of a talk are one result.",
            {"type": "boolean", "default": True},
        ),
        _parameter("diversity", "query", "How much results differ from each other, 0 to 1.", share),
    ]


def _question(*, required: bool) -> Values:
    schema = {**TEXT, "minLength": 1, "maxLength": MAX_QUERY}
    return _parameter("q", "query", "The question, in plain words.", schema, required=required)


def _id() -> Values:
    return _parameter("id", "path", "Its id.", {**TEXT, "format": "uuid"}, required=True)


def _mode() -> Values:
    schema = {**TEXT, "enum": list(MODES), "default": DEFAULT_MODE}
    return _parameter("mode", "query", "How to search.", schema)


def _filters() -> list[Values]:
    types: dict[FieldType, Values] = {
        "keyword": TEXT,
        "integer": {"type": "integer", "minimum": 0, "maximum": 9999},
        "day": {
            **TEXT,
            "pattern": r"^(\d{4}-\d\d-\d\d(\.\.(\d{4}-\d\d-\d\d)?)?|\.\.\d{4}-\d\d-\d\d)$",
            "description": "A day such as 2026-05-12, or a range: 2026-05-12..2026-05-14; one end may be open.",
        },
    }
    return [
        {
            **_parameter(
                field.name,
                "query",
                f"{field.help} Repeat it for any of several.",
                {"type": "array", "items": types[field.type]},
            ),
            "style": "form",
            "explode": True,
        }
        for field in FIELDS.values()
    ]


def _number(name: str, description: str, default: int, maximum: int) -> Values:
    schema = {"type": "integer", "minimum": 1, "maximum": maximum, "default": default}
    return _parameter(name, "query", description, schema)


def _parameter(
    name: str, place: str, description: str, schema: Values, *, required: bool = False
) -> Values:
    return {
        "name": name,
        "in": place,
        "description": description,
        "required": required,
        "schema": schema,
    }
