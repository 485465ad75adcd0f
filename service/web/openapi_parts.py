"""Parts of the OpenAPI document: operations by what they answer with, and parameters."""

from collections.abc import Sequence

from service.dates import TIME_PATTERN
from service.filter_values import DAYS_PATTERN
from service.filters import FIELDS, MAX_ALL, MAX_VALUES, Field, FieldType
from service.query.query import MAX_QUERY, NOW_PATTERN
from service.slots import MAX_PLAN
from service.web.keys import wanted
from service.web.openapi_examples import examples
from service.web.schemas import TEXT, Values

KEY: Values = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key, which whoever runs the service makes. Services that want none answer without.",
}
"""How programs say who they are."""
_KNOWN: Values = {"304": {"description": "Not modified since the ETag that was sent."}}


def operation(
    id: str,
    summary: str,
    schema: str,
    parameters: Sequence[Values] = (),
    *,
    errors: str = "",
    tagged: bool = False,
) -> Values:
    """Return a GET operation that answers with JSON; `errors` are its status codes.

    `tagged` says that it has an ETag.
    """
    codes = [*errors.split(), *(("414", "429") if parameters else ())]
    kinds = {code: "Unavailable" if code == "503" else "Error" for code in sorted(codes)}
    responses = {code: {"$ref": f"#/components/responses/{kind}"} for code, kind in kinds.items()}
    found = {"description": summary, "content": json_of(schema)}
    return _get(id, summary, parameters, {"200": found, **(_KNOWN if tagged else {}), **responses})


def page(id: str, summary: str, parameters: Sequence[Values], *, tagged: bool = False) -> Values:
    """Return a GET operation that answers with a page; `tagged` says that it has an ETag."""
    known = _KNOWN if tagged else {}
    responses = {"200": content("The page.", "text/html"), **known, "default": _PROBLEM}
    return _get(id, summary, parameters, responses)


def calendar(id: str, summary: str, parameters: Sequence[Values]) -> Values:
    """Return a GET operation that answers with a calendar."""
    responses = {
        "200": content("The calendar.", "text/calendar"),
        **_KNOWN,
        "default": _PROBLEM,
    }
    return _get(id, summary, parameters, responses)


def text(
    id: str, summary: str, description: str, media_type: str, *, missing: bool = False
) -> Values:
    """Return a GET operation without parameters that answers with a text; `missing` where there may be none."""
    responses = {"200": content(description, media_type)}
    return _get(id, summary, (), responses | ({"404": _PROBLEM} if missing else {}))


def messages(id: str, summary: str) -> Values:
    """Return a POST operation that takes a JSON-RPC message and answers with another."""
    message = {"application/json": {"schema": {"type": "object", "required": ["jsonrpc"]}}}
    refused = {"description": "A JSON-RPC error: what is wrong.", "content": message}
    responses = {
        "200": {"description": "The reply.", "content": message},
        "202": {"description": "A notification was taken; nothing is replied."},
        **dict.fromkeys(("400", "401", "403", "404", "413", "415"), refused),
        "503": {"$ref": "#/components/responses/Unavailable"},
    }
    body = {"required": True, "content": message}
    return {
        "post": {
            "operationId": id,
            "summary": summary,
            "requestBody": body,
            "responses": responses,
        }
    }


def with_keys(paths: Values) -> Values:
    """Return the paths, with the key that some of them want where the service wants keys at all."""
    refused = {"$ref": "#/components/responses/KeyRefused"}
    return {
        path: _with_key(path, item, refused) if wanted(path) else item
        for path, item in paths.items()
    }


def _with_key(path: str, item: Values, refused: Values) -> Values:
    scopes = [{"key": [scope]} for scope in wanted(path)]
    return {
        method: {
            **operation,
            "security": [{}, *scopes],
            "responses": {"401": refused, "403": refused} | operation["responses"],
        }
        for method, operation in item.items()
    }


def content(description: str, media_type: str) -> Values:
    """Return a response of a text."""
    return {"description": description, "content": {media_type: {"schema": TEXT}}}


_PROBLEM = content("The page with what is wrong.", "text/html")


def _get(id: str, summary: str, parameters: Sequence[Values], responses: Values) -> Values:
    operation: Values = {"operationId": id, "summary": summary}
    if parameters:
        operation["parameters"] = list(parameters)
    return {"get": {**operation, "responses": responses}}


def json_of(schema: str) -> Values:
    """Return the content of a response that has a schema, with an example where there is one."""
    found = examples().get(schema)
    shown = {"example": found} if found else {}
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}, **shown}}


def blank_or(pattern: str) -> Values:
    """Return the schema of a text of a pattern, or a blank one: that is as if it were not there."""
    return {**TEXT, "pattern": f"^(?:{pattern})?$"}


def moment(name: str, description: str) -> Values:
    """Return the parameter of a time that is to be now."""
    return parameter(name, f"{description}; by default the present.", blank_or(NOW_PATTERN))


def question(*, required: bool) -> Values:
    """Return the parameter of the question."""
    schema = {**TEXT, "minLength": 1} if required else TEXT
    told = (
        f"The question, in plain words: its first {MAX_QUERY:,} characters are read, and one of them is a "
        "letter or a digit."
    )
    return parameter("q", told, schema, required=required)


def list_filters() -> list[Values]:
    """Return the parameters that filter."""
    types: dict[FieldType, Values] = {
        "keyword": TEXT,
        "integer": {"type": "integer", "minimum": 0, "maximum": 9999},
        "day": {
            **blank_or(DAYS_PATTERN),
            "description": "A day such as 2026-05-12, or a range: 2026-05-12..2026-05-14; one end may be open.",
        },
        "time": blank_or(TIME_PATTERN),
        "minutes": {"type": "integer", "minimum": 0, "maximum": 9999},
        "ids": {**TEXT, "format": "uuid"},
    }
    return [_filter(field, types[field.type]) for field in FIELDS.values()]


def _filter(field: Field, schema: Values) -> Values:
    if field.type == "ids":
        return ids(field.name, field.help)
    if field.bounds:
        return parameter(field.name, field.help, schema)
    told = (
        f"{field.help} Repeat it for any of several: {MAX_VALUES} different values at most, and {MAX_ALL} of "
        "all filters together."
    )
    return repeated(field.name, told, schema)


def ids(name: str, description: str, *, least: int = 0, checked: bool = True) -> Values:
    """Return a parameter of several ids, or of texts that need be none if not `checked`, joined by commas."""
    each: Values = {**TEXT, "format": "uuid"} if checked else TEXT
    if not least:
        each = {"anyOf": [each, {**TEXT, "maxLength": 0}]}
    schema: Values = {"type": "array", "items": each}
    if least:  # else blank ones are among them, which do not count
        schema |= {"minItems": least, "maxItems": MAX_PLAN}
    made = parameter(name, description, schema)
    return made | {"style": "form", "explode": False}


def repeated(name: str, description: str, items: Values) -> Values:
    """Return a parameter that may be given several times; equal values count once, which no schema can say."""
    schema = {"type": "array", "items": items}
    return parameter(name, description, schema) | {"style": "form", "explode": True}


def number(name: str, description: str, default: int, maximum: int) -> Values:
    """Return a parameter that is a number from 1."""
    schema = {"type": "integer", "minimum": 1, "maximum": maximum, "default": default}
    return parameter(name, description, schema)


def parameter(
    name: str, description: str, schema: Values, *, place: str = "query", required: bool = False
) -> Values:
    """Return a parameter that is given once."""
    return {
        "name": name,
        "in": place,
        "description": description,
        "required": required,
        "schema": schema,
    }
