"""JSON schemas of the tools' arguments and results, made from the fields and limits of the program."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from service.errors import QueryError
from service.filters import FIELDS, Field

Values = dict[str, Any]

TEXT: Values = {"type": "string"}
COUNT: Values = {"type": "integer", "minimum": 0}
TEXTS: Values = {"type": "array", "items": TEXT}
_MAX_TOLD = 200


def arguments(required: tuple[str, ...], /, **properties: Values) -> Values:
    """Return the schema of a tool's arguments; no others are taken."""
    schema: Values = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def result(optional: tuple[str, ...] = (), **properties: Values) -> Values:
    """Return the schema of an object with these properties; later versions may add some."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def listed(items: Values) -> Values:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def told(description: str, schema: Values = TEXT, **others: Any) -> Values:
    """Return a schema with its description."""
    return {"description": description, **schema, **others}


def session(*, with_edition: bool = True, **others: Values) -> Values:
    """Return the schema of a session in a list, with what else is told of it there.

    A list of one edition is without event and year.
    """
    optional = ("starts_at", "ends_at", "day", "room", "speakers", "kind", "cancelled", *others)
    edition: Values = {"event": TEXT, "year": {"type": "integer"}} if with_edition else {}
    return result(
        optional,
        id=TEXT,
        title=TEXT,
        **edition,
        starts_at=TEXT,
        ends_at=TEXT,
        day=TEXT,
        room=TEXT,
        speakers=TEXTS,
        kind=TEXT,
        cancelled={"const": True},
        **others,
    )


def filters(*, with_help: bool = False) -> dict[str, Values]:
    """Return the parameters that filter, named as in the HTTP API.

    One tool says what they mean: a model reads all tools, and their tokens are its user's.
    """
    return {field.name: _filter(field, with_help=with_help) for field in FIELDS.values()}


NOW = told("The time that is now, with its offset; by default the present.")
CURSOR = told("next_cursor of the page before, all else as it was.")
NEXT_CURSOR = told("For the next page.")


def check(given: Any, name: str, schema: Values) -> None:
    """Raise QueryError, with what to mend, for arguments that are not those of the tool of that name."""
    error = best_match(_validator(name, schema).iter_errors(given))
    if error is None:
        return
    place = ".".join(map(str, error.absolute_path)) or "arguments"
    problem = error.message if len(error.message) <= _MAX_TOLD else _shortly(error.validator)
    known = ", ".join(schema["properties"])
    raise QueryError(f"{name}: {place}: {problem}. Known arguments: {known}.")


_VALIDATORS: dict[str, Draft202012Validator] = {}


def _validator(name: str, schema: Values) -> Draft202012Validator:
    if name not in _VALIDATORS:
        _VALIDATORS[name] = Draft202012Validator(schema)
    return _VALIDATORS[name]


@cache
def _shortly(rule: str) -> str:
    return f"the value does not pass {rule!r} of the schema"


def _filter(field: Field, *, with_help: bool) -> Values:
    types = ["integer", "string"] if field.type in ("integer", "minutes") else ["string"]
    schema: Values = {"type": types}
    if not field.bounds:
        schema = {"type": [*types, "array"], "items": {"type": types}}
    return told(field.help, schema) if with_help else schema
