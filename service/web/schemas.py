"""The JSON schemas of what the API answers, made from the fields, modes and limits of the program."""

from typing import Any

from service.filters import FACETS, FIELDS
from service.programme.day import LEFT_OUT
from service.query.interpretation import KINDS
from service.query.query import MAX_LIMIT, MODES
from service.search.snippets import PARTS
from service.session import LINK_KINDS
from service.verdict.judge import VERDICTS

Values = dict[str, Any]

TEXT: Values = {"type": "string"}
COUNT: Values = {"type": "integer", "minimum": 0}
_TEXTS: Values = {"type": "array", "items": TEXT}
_MOMENT: Values = {
    "type": ["string", "null"],
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d(:\d\d)?)?$",
    "description": "Local time with its offset, or without one where the zone is unknown; null when unknown.",
}
_WARNINGS: Values = {**_TEXTS, "description": "What an operator should look at some time."}
_CANCELLED: Values = {
    "type": "boolean",
    "description": "Whether it was in the programme and does not take place.",
}


def schemas() -> Values:
    """Return the schema of each kind of response body, by its name."""
    return {
        "Answer": _answer(),
        "Session": _session(),
        "Talk": _talk(),
        "Similar": _similar(),
        "Plan": _plan(),
        "Facets": _facets(),
        "Programme": _programme(),
        "Status": _status(),
        "Error": _object(error=_object(code=TEXT, message=TEXT)),
        "Alive": _object(status={"const": "alive"}),
        "Ready": _object(
            status={"const": "ready"}, generation=TEXT, sessions=COUNT, warnings=_WARNINGS
        ),
        "Document": {"type": "object", "required": ["openapi", "info", "paths"]},
    }


def _answer() -> Values:
    return _object(
        query=TEXT,
        mode={**TEXT, "enum": list(MODES)},
        took_ms={"type": "number", "minimum": 0},
        verdict={
            "type": ["string", "null"],
            "enum": [*VERDICTS, None],
            "description": "strong: a session is just about it, or was named; related: sessions near it; "
            "none: nothing fits, the results are only the nearest; programme: only constraints were asked, the "
            "results are in order of time; null: the catalogue was never calibrated.",
        },
        heading={**TEXT, "description": "A sentence for people that states the verdict."},
        understood={
            "type": "array",
            "items": _constraint(),
            "description": "The constraints in the question, which became filters.",
        },
        corrected={
            "oneOf": [_object(**{"from": TEXT, "to": TEXT}), {"type": "null"}],
            "description": "The question as typed, and as it was searched.",
        },
        total={
            "type": ["integer", "null"],
            "description": "How many sessions pass, where the verdict is programme.",
        },
        notes={**_TEXTS, "description": "Sentences on how the question was read."},
        results=_results(),
    )


def _constraint() -> Values:
    schema = _object(
        kind={**TEXT, "enum": list(KINDS)},
        text=TEXT,
        value={"type": ["string", "integer"]},
        start=COUNT,
        end=COUNT,
        others={**_TEXTS, "description": "Of a day of the week, its days in other editions."},
    )
    dropped = {"const": True, "description": "No session would have passed: searched without it."}
    return {**schema, "properties": {**schema["properties"], "dropped": dropped}}


def _similar() -> Values:
    return _object(id=TEXT, results=_results())


def _results() -> Values:
    result = _object(
        rank={"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        score={"type": "number", "description": "What it was ranked by; higher is better."},
        similarity={
            "type": "number",
            "description": "The dot product with the question, or with the session that others are like.",
        },
        session={"$ref": "#/components/schemas/Session"},
        matched={
            "type": "array",
            "items": {**TEXT, "enum": list(PARTS)},
            "description": "What of the session matched.",
        },
        decided_by={
            "type": ["string", "null"],
            "enum": [*PARTS, None],
            "description": "What decided its rank: similarity tells of quality only where that is meaning. "
            "Null where results are in order of time.",
        },
        snippet={"oneOf": [_snippet(), {"type": "null"}]},
        occurrences={
            "type": "array",
            "minItems": 1,
            "items": _occurrence(),
            "description": "The found sittings of this talk, itself among them, in order of time.",
        },
    )
    return {"type": "array", "maxItems": MAX_LIMIT, "items": result}


def _occurrence() -> Values:
    return _object(
        id={**TEXT, "format": "uuid"},
        title=TEXT,
        event=TEXT,
        year={"type": "integer"},
        source_id=TEXT,
        slot=TEXT,
        starts_at=_MOMENT,
        room=TEXT,
        cancelled=_CANCELLED,
    )


def _snippet() -> Values:
    return {
        **_object(text=TEXT, start=COUNT, end=COUNT, marks={"type": "array", "items": _span()}),
        "description": "The abstract's sentence nearest to the question, as plain text: where it stands in "
        "the abstract, and where matched words stand in it, in characters.",
    }


def _span() -> Values:
    return {"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}


def _session() -> Values:
    texts = ("event", "source_id", "slot", "title", "abstract", "track", "level", "kind")
    return _object(
        id={**TEXT, "format": "uuid"},
        year={"type": "integer"},
        **dict.fromkeys((*texts, "language", "room", "url", "day"), TEXT),
        timezone={
            "type": ["string", "null"],
            "description": "An IANA name or an offset; null where its times are local and no zone is known; "
            "empty without times.",
        },
        cancelled=_CANCELLED,
        links={"type": "array", "items": _link()},
        **dict.fromkeys(("speakers", "tags"), _TEXTS),
        **dict.fromkeys(("starts_at", "ends_at"), _MOMENT),
    )


def _talk() -> Values:
    """Return the schema of a session on its own: with the sittings of its talk."""
    occurrences = {
        "type": "array",
        "minItems": 1,
        "items": _occurrence(),
        "description": "The sittings of this talk, itself among them, in order of time.",
    }
    session = _session()
    return _object(**session["properties"], occurrences=occurrences)


def _plan() -> Values:
    id: Values = {**TEXT, "format": "uuid"}
    session = {"$ref": "#/components/schemas/Session"}
    names = {"type": "array", "items": TEXT}
    clash = _object(
        ids={"type": "array", "items": id, "minItems": 2, "maxItems": 2},
        minutes={**COUNT, "description": "For how long both are on."},
        speakers={**names, "description": "Who would have to be in both."},
    )
    gap = _object(
        after=id,
        before=id,
        minutes={"type": ["integer", "null"], "description": "Null after an unknown end."},
        changes_room={"type": ["boolean", "null"], "description": "Null where a room is unknown."},
    )
    instead = _object(kind={**TEXT, "enum": ["sitting", "similar"]}, session=session)
    alternatives = _object(id=id, instead={"type": "array", "items": instead})
    removed = _occurrence()
    return _object(
        sessions={"type": "array", "items": session, "description": "In order of time."},
        clashes={"type": "array", "items": clash},
        gaps={"type": "array", "items": gap},
        alternatives={"type": "array", "items": alternatives},
        removed={"type": "array", "items": removed},
        unknown={"type": "array", "items": id},
        invalid=names,
        notes={**names, "description": "Sentences on the plan."},
    )


def _link() -> Values:
    return _object(
        kind={**TEXT, "enum": list(LINK_KINDS)}, url={**TEXT, "format": "uri"}, label=TEXT
    )


def _facets() -> Values:
    def values(type: str) -> Values:
        return {"type": "array", "items": _object(value={"type": type}, count=COUNT)}

    types = {name: "integer" if FIELDS[name].type == "integer" else "string" for name in FACETS}
    return _object(facets=_object(**{name: values(type) for name, type in types.items()}))


def _programme() -> Values:
    session = _session()["properties"]
    listed = _object(**{name: session[name] for name in session if name not in LEFT_OUT})
    sessions = {"type": "array", "items": listed}
    edition = _object(event=TEXT, year={"type": "integer"}, sessions=COUNT)
    day = _object(day={**TEXT, "format": "date"}, sessions=COUNT)
    time = {"type": ["string", "null"], "pattern": r"^\d\d:\d\d$"}
    part = _object(part=TEXT, **dict.fromkeys(("from", "to"), time), sessions=COUNT)
    now = _object(time={**TEXT, "format": "date-time"}, on=sessions, next=sessions)
    return _object(
        event={"type": ["string", "null"], "description": "Null where no such programme is there."},
        year={"type": ["integer", "null"]},
        day={"type": ["string", "null"], "description": "Null for sessions without a day."},
        timezones={**_TEXTS, "description": "The zones of its times, that of most first."},
        total={**COUNT, "description": "How many sessions of the day pass."},
        days={"type": "array", "items": day, "description": "The days with sessions that pass."},
        undated={**COUNT, "description": "How many sessions without a day pass: part=undated."},
        part={"type": ["string", "null"], "description": "The part that the sessions are of."},
        parts={"type": "array", "items": part, "description": "The parts of the day, in order."},
        sessions={**sessions, "description": "In order of time; those without one last."},
        running={
            **sessions,
            "description": "Begun on an earlier day and not over when this begins.",
        },
        now={
            "oneOf": [now, {"type": "null"}],
            "description": "What is on, and what comes next in each room; null where it is another day there.",
        },
        others={"type": "array", "items": edition, "description": "Other editions to look at."},
        notes={**_TEXTS, "description": "Sentences on why no session passes."},
    )


def _status() -> Values:
    event = _object(event=TEXT, year={"type": "integer"}, sessions=COUNT)
    full = _object(
        sessions=COUNT,
        events={"type": "array", "items": event},
        generation=TEXT,
        created_at={**TEXT, "format": "date-time"},
        encoder=_object(model=TEXT, dimension=COUNT, window=COUNT),
        sources=_TEXTS,
        store=TEXT,
        warnings=_WARNINGS,
    )
    return {
        **full,
        "required": ["sessions", "events"],
        "description": "In full for operators' keys.",
    }


def _object(**properties: Values) -> Values:
    """Return the schema of an object with these properties; later versions may add some."""
    return {"type": "object", "properties": properties, "required": list(properties)}
