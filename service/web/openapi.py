"""The OpenAPI document, made from the fields, modes and limits that requests are checked against."""

from flask import Blueprint

from service.programme.directory import FIELD_OF
from service.programme.parts import KEY_PATTERN
from service.query.interpretation import KINDS
from service.query.query import (
    DEFAULT_LIMIT,
    DEFAULT_MODE,
    MAX_LIMIT,
    MODES,
)
from service.version import own_version
from service.web import openapi_parts as parts
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
            "version": own_version(),
            "summary": "Ask in plain words; get the sessions of a conference that answer.",
        },
        "servers": [{"url": "/"}],
        "paths": parts.with_keys(_paths()),
        "components": {
            "securitySchemes": {"key": parts.KEY},
            "schemas": schemas(),
            "responses": {
                "Error": {
                    "description": "What is wrong, and what to do next.",
                    "content": parts.json_of("Error"),
                },
                "KeyRefused": {
                    "description": "Where the service wants API keys: none came, or not one for this.",
                    "headers": {
                        "WWW-Authenticate": {"description": "As RFC 6750 says.", "schema": TEXT}
                    },
                    "content": parts.json_of("Error"),
                },
                "Unavailable": {
                    "description": "Cannot answer now; the message says why.",
                    "headers": {"Retry-After": {"description": "Seconds.", "schema": COUNT}},
                    "content": parts.json_of("Error"),
                },
            },
        },
    }


def _paths() -> Values:
    filters = parts.list_filters()
    id = parts.parameter("id", "Its id.", {**TEXT, "format": "uuid"}, place="path", required=True)
    name = parts.parameter(
        "name", "The speaker's name, slashes as they are.", TEXT, place="path", required=True
    )
    mode = parts.parameter(
        "mode", "How to search.", {**TEXT, "enum": list(MODES), "default": DEFAULT_MODE}
    )
    limit = parts.number("limit", "How many sessions.", DEFAULT_LIMIT, MAX_LIMIT)
    values = parts.number("limit", "Values of each facet.", DEFAULT_VALUES, MAX_VALUES)
    fold = parts.parameter(
        "fold", "Whether repeats of a talk are one result.", {"type": "boolean", "default": True}
    )
    diversity = parts.parameter(
        "diversity",
        "How much results differ from each other, 0 to 1.",
        {"type": "number", "minimum": 0, "maximum": 1, "default": 0},
    )
    interpret = parts.parameter(
        "interpret",
        "Whether days, rooms and the like in the question become filters, and its spelling is corrected.",
        {"type": "boolean", "default": True},
    )
    ignore = parts.repeated(
        "ignore",
        "A kind of constraint that is not to become a filter.",
        {**TEXT, "enum": list(KINDS)},
    )
    now = parts.moment("now", "The time that today and next are said at, with its offset")
    part = parts.parameter(
        "part",
        "A part of a day that is too long for one answer: a key among its parts; undated for sessions "
        "without a day.",
        parts.blank_or(KEY_PATTERN.strip("^$")),
    )
    clock = parts.moment("now", "The time that is now, with its offset")
    letter = parts.parameter("letter", "The letter that names begin with.", TEXT)
    page = parts.number("page", "Which page of a letter.", 1, MAX_PAGES)
    plan = parts.ids("ids", "The ids of its sessions, joined by commas.", least=1)
    told = "The ids of its sessions, joined by commas; the answer tells which are none."
    checked = parts.ids("ids", told, checked=False)
    options = [limit, mode, fold, diversity, interpret, ignore, now, *filters]
    return {
        "/": parts.page(
            "showPage",
            "The page for people; every search is a link that can be shared.",
            [parts.question(required=False), *options],
        ),
        "/programme": parts.page(
            "showProgramme",
            "One day of an edition by rooms and times; every programme is a link that can be shared.",
            [part, clock, *filters],
        ),
        **{
            f"/programme/{kind}": parts.page(
                f"show{kind.capitalize()}",
                f"The {kind} of the sessions that pass, by letter where there are many.",
                [letter, page, *filters],
                tagged=True,
            )
            for kind in FIELD_OF
        },
        "/sessions/{id}": parts.page("showSession", "The page of one session.", [id], tagged=True),
        "/speakers/{name}": parts.page(
            "showSpeaker", "What a speaker gave over the years.", [name], tagged=True
        ),
        "/sessions/{id}/similar": parts.page(
            "showSimilar", "The sessions that are like one session.", [id], tagged=True
        ),
        "/plan": parts.page(
            "showPlan",
            "The plan of some sessions; without ids, the one that the reader's browser keeps.",
            [checked, now],
        ),
        "/calendar": parts.page(
            "showCalendar", "How to take sessions to a calendar.", [plan, *filters]
        ),
        "/sessions/{id}.ics": parts.calendar("getCalendar", "A calendar of one session.", [id]),
        "/programme.ics": parts.calendar("followProgramme", "A calendar of what passes.", filters),
        "/plan.ics": parts.calendar(
            "followPlan", "A calendar of a plan.", [plan | {"required": True}]
        ),
        "/api/plan": parts.operation(
            "checkPlan",
            "A plan's sessions in order of time, its clashes and gaps, and alternatives to what clashes.",
            "Plan",
            [checked | {"required": True}, now],
            errors="400 503",
        ),
        "/api/search": parts.operation(
            "search",
            "Answer a question with the nearest sessions, nearest first.",
            "Answer",
            [parts.question(required=True), *options],
            errors="400 500 503",
        ),
        "/api/sessions/{id}": parts.operation(
            "getSession",
            "One session, with the sittings of its talk.",
            "Talk",
            [id],
            errors="400 404 410 503",
            tagged=True,
        ),
        "/api/sessions/{id}/similar": parts.operation(
            "listSimilar",
            "The sessions nearest to one session, without it and its repeats.",
            "Similar",
            [id, limit, *filters],
            errors="400 404 410 503",
            tagged=True,
        ),
        "/api/facets": parts.operation(
            "countFacets",
            "The values sessions can be filtered by; each facet as the other filters leave it; "
            "with a question, among the sessions that answer it best.",
            "Facets",
            [parts.question(required=False), mode, values, interpret, ignore, now, *filters],
            errors="400 503",
        ),
        "/api/programme": parts.operation(
            "getProgramme",
            "One day of an edition of an event, or a part of it, with what is on now and next.",
            "Programme",
            [part, clock, *filters],
            errors="400 409 503",
        ),
        "/mcp": parts.messages(
            "answerAssistant",
            "The Model Context Protocol, for assistants: one JSON-RPC message, and its reply.",
        ),
        "/api/status": parts.operation("getStatus", "What is loaded.", "Status", errors="400 503"),
        "/livez": parts.operation("isAlive", "Whether the process answers.", "Alive"),
        "/readyz": parts.operation(
            "isReady", "Whether the next question can be answered.", "Ready", errors="503"
        ),
        "/metrics": parts.text(
            "showMetrics", "Counts and times, for Prometheus.", "Metrics.", "text/plain"
        ),
        "/embed.js": parts.text(
            "loadComponent",
            "The script that defines <conference-search>, for other sites.",
            "The script.",
            "text/javascript",
        ),
        "/.well-known/security.txt": parts.text(
            "showSecurityContact",
            "Whom to tell of a weakness (RFC 9116); not found where the site names nobody.",
            "The contact.",
            "text/plain",
            missing=True,
        ),
        "/openapi.json": parts.operation("describe", "This document.", "Document"),
    }
