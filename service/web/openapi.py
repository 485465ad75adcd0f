"""The OpenAPI document, made from the fields, modes and limits that requests are checked against."""

from collections.abc import Sequence
from importlib import metadata

from flask import Blueprint

from service.filters import FIELDS, Field, FieldType
from service.programme.directory import FIELD_OF
from service.programme.parts import KEY_PATTERN
from service.query.interpretation import KINDS
from service.query.query import (
    DEFAULT_LIMIT,
    DEFAULT_MODE,
    MAX_LIMIT,
    MAX_QUERY,
    MODES,
)
from service.slots import MAX_PLAN
from service.web.api import DEFAULT_VALUES, MAX_VALUES
from service.web.programme import MAX_PAGES
from service.web.schemas import COUNT, TEXT, Values, schemas

bp = Blueprint("openapi", __name__)


@bp.get("/openapi.json")
def describe() -> Values:
    """Answer with the OpenAPI document of every route."""
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
    id = _parameter("id", "Its id.", {**TEXT, "format": "uuid"}, place="path", required=True)
    name = _parameter(
        "name", "The speaker's name, slashes as they are.", TEXT, place="path", required=True
    )
    mode = _parameter(
        "mode", "How to search.", {**TEXT, "enum": list(MODES), "default": DEFAULT_MODE}
    )
    limit = _number("limit", "How many sessions.", DEFAULT_LIMIT, MAX_LIMIT)
    values = _number("limit", "Values of each facet.", DEFAULT_VALUES, MAX_VALUES)
    fold = _parameter(
        "fold", "Whether repeats of a talk are one result.", {"type": "boolean", "default": True}
    )
    diversity = _parameter(
        "diversity",
        "How much results differ from each other, 0 to 1.",
        {"type": "number", "minimum": 0, "maximum": 1, "default": 0},
    )
    interpret = _parameter(
        "interpret",
        "Whether days, rooms and the like in the question become filters, and its spelling is corrected.",
        {"type": "boolean", "default": True},
    )
    ignore = _repeated(
        "ignore",
        "A kind of constraint that is not to become a filter.",
        {**TEXT, "enum": list(KINDS)},
    )
    now = _parameter(
        "now",
        "The time that today and next are said at, with its offset; by default the present.",
        {**TEXT, "format": "date-time"},
    )
    part = _parameter(
        "part",
        "A part of a day that is too long for one answer: a key among its parts; undated for sessions "
        "without a day.",
        {**TEXT, "pattern": KEY_PATTERN},
    )
    clock = _parameter(
        "now",
        "The time that is now, with its offset; by default the present.",
        {**TEXT, "format": "date-time"},
    )
    letter = _parameter("letter", "The letter that names begin with.", TEXT)
    page = _number("page", "Which page of a letter.", 1, MAX_PAGES)
    options = [limit, mode, fold, diversity, interpret, ignore, now, *filters]
    return {
        "/": _page(
            "showPage",
            "The page for people; every search is a link that can be shared.",
            [_question(required=False), *options],
        ),
        "/programme": _page(
            "showProgramme",
            "One day of an edition by rooms and times; every programme is a link that can be shared.",
            [part, clock, *filters],
        ),
        **{
            f"/programme/{kind}": _page(
                f"show{kind.capitalize()}",
                f"The {kind} of the sessions that pass, by letter where there are many.",
                [letter, page, *filters],
            )
            for kind in FIELD_OF
        },
        "/sessions/{id}": _page("showSession", "The page of one session.", [id]),
        "/speakers/{name}": _page("showSpeaker", "What a speaker gave over the years.", [name]),
        "/sessions/{id}/similar": _page(
            "showSimilar", "The sessions that are like one session.", [id]
        ),
        "/plan": _page(
            "showPlan",
            "The plan of some sessions; without ids, the one that the reader's browser keeps.",
            [_ids("ids", "The ids of its sessions, joined by commas."), now],
        ),
        "/api/plan": _operation(
            "checkPlan",
            "A plan's sessions in order of time, its clashes and gaps, and alternatives to what clashes.",
            "Plan",
            [_ids("ids", "The ids of its sessions, joined by commas.", required=True), now],
            errors="400 503",
        ),
        "/api/search": _operation(
            "search",
            "Answer a question with the nearest sessions, nearest first.",
            "Answer",
            [_question(required=True), *options],
            errors="400 500 503",
        ),
        "/api/sessions/{id}": _operation(
            "getSession",
            "One session, with the sittings of its talk.",
            "Talk",
            [id],
            errors="400 404 503",
        ),
        "/api/sessions/{id}/similar": _operation(
            "listSimilar",
            "The sessions nearest to one session, without it and its repeats.",
            "Similar",
            [id, limit, *filters],
            errors="400 404 503",
        ),
        "/api/facets": _operation(
            "countFacets",
            "The values sessions can be filtered by; each facet as the other filters leave it; "
            "with a question, among the sessions that answer it best.",
            "Facets",
            [_question(required=False), mode, values, interpret, ignore, now, *filters],
            errors="400 503",
        ),
        "/api/programme": _operation(
            "getProgramme",
            "One day of an edition of an event, or a part of it, with what is on now and next.",
            "Programme",
            [part, clock, *filters],
            errors="400 409 503",
        ),
        "/api/status": _operation("getStatus", "What is loaded.", "Status", errors="400 503"),
        "/livez": _operation("isAlive", "Whether the process answers.", "Alive"),
        "/readyz": _operation(
            "isReady", "Whether the next question can be answered.", "Ready", errors="503"
        ),
        "/metrics": {
            "get": {
                "operationId": "showMetrics",
                "summary": "Counts and times, for Prometheus.",
                "responses": {"200": _content("Metrics.", "text/plain")},
            }
        },
        "/embed.js": {
            "get": {
                "operationId": "loadComponent",
                "summary": "The script that defines <conference-search>, for other sites.",
                "responses": {"200": _content("The script.", "text/javascript")},
            }
        },
        "/openapi.json": _operation("describe", "This document.", "Document"),
    }


def _operation(
    id: str, summary: str, schema: str, parameters: Sequence[Values] = (), *, errors: str = ""
) -> Values:
    """Return a GET operation that answers with JSON; `errors` are its status codes."""
    kinds = {code: "Unavailable" if code == "503" else "Error" for code in errors.split()}
    responses = {code: {"$ref": f"#/components/responses/{kind}"} for code, kind in kinds.items()}
    return {
        "get": {
            "operationId": id,
            "summary": summary,
            "parameters": parameters,
            "responses": {"200": {"description": summary, "content": _json(schema)}, **responses},
        }
    }


def _page(id: str, summary: str, parameters: Sequence[Values]) -> Values:
    return {
        "get": {
            "operationId": id,
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": _content("The page.", "text/html"),
                "default": _content("The page with what is wrong.", "text/html"),
            },
        }
    }


def _content(description: str, media_type: str) -> Values:
    return {"description": description, "content": {media_type: {"schema": TEXT}}}


def _json(schema: str) -> Values:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _question(*, required: bool) -> Values:
    schema = {**TEXT, "minLength": 1}
    told = f"The question, in plain words; its first {MAX_QUERY:,} characters are read."
    return _parameter("q", told, schema, required=required)


def _filters() -> list[Values]:
    types: dict[FieldType, Values] = {
        "keyword": TEXT,
        "integer": {"type": "integer", "minimum": 0, "maximum": 9999},
        "day": {
            **TEXT,
            "pattern": r"^(\d{4}-\d\d-\d\d(\.\.(\d{4}-\d\d-\d\d)?)?|\.\.\d{4}-\d\d-\d\d)$",
            "description": "A day such as 2026-05-12, or a range: 2026-05-12..2026-05-14; one end may be open.",
        },
        "time": {**TEXT, "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$"},
        "minutes": {"type": "integer", "minimum": 0, "maximum": 9999},
        "ids": {**TEXT, "format": "uuid"},
    }
    return [_filter(field, types[field.type]) for field in FIELDS.values()]


def _filter(field: Field, schema: Values) -> Values:
    if field.type == "ids":
        return _ids(field.name, field.help)
    if field.bounds:
        return _parameter(field.name, field.help, schema)
    return _repeated(field.name, f"{field.help} Repeat it for any of several.", schema)


def _ids(name: str, description: str, *, required: bool = False) -> Values:
    schema = {"type": "array", "items": {**TEXT, "format": "uuid"}, "maxItems": MAX_PLAN}
    parameter = _parameter(name, description, schema, required=required)
    return parameter | {"style": "form", "explode": False}


def _repeated(name: str, description: str, items: Values) -> Values:
    schema = {"type": "array", "items": items}
    return _parameter(name, description, schema) | {"style": "form", "explode": True}


def _number(name: str, description: str, default: int, maximum: int) -> Values:
    schema = {"type": "integer", "minimum": 1, "maximum": maximum, "default": default}
    return _parameter(name, description, schema)


def _parameter(
    name: str, description: str, schema: Values, *, place: str = "query", required: bool = False
) -> Values:
    return {
        "name": name,
        "in": place,
        "description": description,
        "required": required,
        "schema": schema,
    }
