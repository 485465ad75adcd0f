"""The OpenAPI document, made from the names and limits that the program checks by."""

from importlib import metadata
from typing import Any

from flask import Blueprint

from service.questions import DEFAULT_LIMIT, DEFAULT_MODE, FILTER_NAMES, MAX_LIMIT, MAX_QUERY, MODES
from service.web.api import DEFAULT_VALUES, MAX_VALUES

Values = dict[str, Any]

bp = Blueprint("openapi", __name__)

_TEXT: Values = {"type": "string"}
_TEXTS: Values = {"type": "array", "items": _TEXT}
_COUNT: Values = {"type": "integer", "minimum": 0}
_MOMENT: Values = {
    "type": ["string", "null"],
    "format": "date-time",
    "description": "Local time with its offset; null when unknown.",
}


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
            "schemas": _schemas(),
            "responses": {
                "Error": {
                    "description": "What is wrong, and what to do next.",
                    "content": _json("Error"),
                },
                "Unavailable": {
                    "description": "Cannot answer now; the message says why.",
                    "headers": {"Retry-After": {"description": "Seconds.", "schema": _COUNT}},
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
        "/": {"get": _page([*_search_parameters(required=False), *filters])},
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
                [_parameter("id", "path", "Its id.", {**_TEXT, "format": "uuid"}, required=True)],
                errors=("400", "404", "503"),
            )
        },
        "/api/sessions/{id}/similar": {
            "get": _operation(
                "listSimilar",
                "The sessions nearest to one session, without it and its repeats.",
                "Similar",
                [
                    _parameter("id", "path", "Its id.", {**_TEXT, "format": "uuid"}, required=True),
                    _number("limit", "How many sessions.", DEFAULT_LIMIT, MAX_LIMIT),
                    *filters,
                ],
                errors=("400", "404", "503"),
            )
        },
        "/api/facets": {
            "get": _operation(
                "countFacets",
                "The values sessions can be filtered by; each facet as the other filters leave it.",
                "Facets",
                [values, *filters],
                errors=("400", "503"),
            )
        },
        "/api/status": {
            "get": _operation("getStatus", "What is loaded.", "Status", errors=("503",))
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
                    "200": {"description": "Metrics.", "content": {"text/plain": {"schema": _TEXT}}}
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


def _page(parameters: list[Values]) -> Values:
    html = {"text/html": {"schema": _TEXT}}
    return {
        "operationId": "showPage",
        "summary": "The page for people; every search is a link that can be shared.",
        "parameters": parameters,
        "responses": {
            "200": {"description": "The search box, and what a question found.", "content": html},
            "default": {"description": "The page with what is wrong.", "content": html},
        },
    }


def _json(schema: str) -> Values:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _search_parameters(*, required: bool) -> list[Values]:
    question = {**_TEXT, "minLength": 1, "maxLength": MAX_QUERY}
    mode = {**_TEXT, "enum": list(MODES), "default": DEFAULT_MODE}
    return [
        _parameter("q", "query", "The question, in plain words.", question, required=required),
        _number("limit", "How many sessions.", DEFAULT_LIMIT, MAX_LIMIT),
        _parameter("mode", "query", "How to search.", mode),
    ]


def _filters() -> list[Values]:
    kinds: dict[str, Values] = {
        "year": {"type": "integer", "minimum": 0, "maximum": 9999},
        "day": {**_TEXT, "format": "date"},
    }
    return [
        {
            **_parameter(
                name,
                "query",
                f"Only sessions of this {name}; repeat it for any of several.",
                {"type": "array", "items": kinds.get(name, _TEXT)},
            ),
            "style": "form",
            "explode": True,
        }
        for name in FILTER_NAMES
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


def _schemas() -> Values:
    return {
        "Answer": _answer(),
        "Session": _session(),
        "Similar": _similar(),
        "Facets": _facets(),
        "Status": _status(),
        "Error": _object(error=_object(code=_TEXT, message=_TEXT)),
        "Alive": _object(status={"const": "alive"}),
        "Ready": _object(status={"const": "ready"}, generation=_TEXT, sessions=_COUNT),
        "Document": {"type": "object", "required": ["openapi", "info", "paths"]},
    }


def _answer() -> Values:
    result = _object(
        rank={"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        score={"type": "number", "description": "What it was ranked by; higher is better."},
        similarity={"type": "number", "description": "The dot product with the question."},
        session={"$ref": "#/components/schemas/Session"},
        matched={
            "type": "array",
            "items": {**_TEXT, "enum": ["title", "speaker", "words", "meaning"]},
            "description": "What of the session matched.",
        },
        snippet={"oneOf": [_snippet(), {"type": "null"}]},
    )
    return _object(
        query=_TEXT,
        mode={**_TEXT, "enum": list(MODES)},
        took_ms={"type": "number", "minimum": 0},
        results={"type": "array", "maxItems": MAX_LIMIT, "items": result},
    )


def _similar() -> Values:
    result = _object(
        rank={"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        similarity={"type": "number", "description": "The dot product of the two sessions."},
        session={"$ref": "#/components/schemas/Session"},
    )
    return _object(id=_TEXT, results={"type": "array", "maxItems": MAX_LIMIT, "items": result})


def _snippet() -> Values:
    return {
        **_object(text=_TEXT, start=_COUNT, end=_COUNT, marks={"type": "array", "items": _span()}),
        "description": "The abstract's sentence nearest to the question, as plain text: where it stands in "
        "the abstract, and where matched words stand in it, in characters.",
    }


def _span() -> Values:
    return {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}


def _session() -> Values:
    texts = ("event", "source_id", "slot", "title", "abstract", "track", "level", "kind")
    return _object(
        id={**_TEXT, "format": "uuid"},
        year={"type": "integer"},
        **dict.fromkeys((*texts, "language", "room", "url", "day", "timezone"), _TEXT),
        **dict.fromkeys(("speakers", "tags"), _TEXTS),
        **dict.fromkeys(("starts_at", "ends_at"), _MOMENT),
    )


def _facets() -> Values:
    def values(kind: str) -> Values:
        return {"type": "array", "items": _object(value={"type": kind}, count=_COUNT)}

    kinds = {name: "integer" if name == "year" else "string" for name in FILTER_NAMES}
    return _object(facets=_object(**{name: values(kind) for name, kind in kinds.items()}))


def _status() -> Values:
    event = _object(event=_TEXT, year={"type": "integer"}, sessions=_COUNT)
    return _object(
        sessions=_COUNT,
        events={"type": "array", "items": event},
        generation=_TEXT,
        created_at={**_TEXT, "format": "date-time"},
        encoder=_object(model=_TEXT, dimension=_COUNT, window=_COUNT),
        sources=_TEXTS,
        store=_TEXT,
    )


def _object(**properties: Values) -> Values:
    """Return the schema of an object with these properties; later versions may add some."""
    return {"type": "object", "properties": properties, "required": list(properties)}
