"""Tools that find sessions: search_sessions, get_session, similar_sessions."""

from collections.abc import Iterable, Sequence
from typing import Any

from service.mcp import schemas
from service.mcp.schemas import TEXT, TEXTS, listed, result, told
from service.mcp.texts import (
    SIZES,
    Sizes,
    as_json,
    brief,
    estimate_tokens,
    known,
    line,
    quoted,
    shortened,
)
from service.mcp.tools import Call, Result, Tool
from service.query.query import DEFAULT_LIMIT, MODES, Query, parse_mode
from service.search.answer import Answer, SearchResult
from service.session import Session
from service.verdict.judge import VERDICTS

MAX_RESULTS = 10
"""Sessions of one answer: more are found by narrower questions."""
TOKENS_EACH = 500
"""Tokens that an answer may take for each session asked for, its text and its JSON values together."""
MAX_ABSTRACT = 12_000
"""Bytes of an abstract; `session://ID` has all of a longer one."""
_SITTINGS = 8
_LINKS = 10
_NAMED = ("track", "level", "language", "timezone", "url", "page")
"""What the text names of one session, on a line each."""
_VERDICTS = {
    "strong": "a session is just about it, or was asked for by name.",
    "related": "sessions near it; none is about just this.",
    "none": "NOTHING IN THIS PROGRAMME FITS. Tell the person so. What follows is only nearest, and no answer.",
    "programme": "only times, rooms and the like were asked for; sessions in order of time.",
    None: "not known; judge for yourself whether the sessions fit.",
}


def search_sessions(call: Call) -> Result:
    """Answer a question with the nearest sessions."""
    limit = call.number("limit", DEFAULT_LIMIT)
    query = Query(
        call.text("query"),
        mode=parse_mode(call.text("mode")),
        filters=call.filters,
        limit=limit,
        interpret=bool(call.arguments.get("interpret", True)),
        now=call.now,
    )
    answer = call.searcher.search(query)
    return _fitting(_lines(answer), _values(answer), answer.results, limit)


def similar_sessions(call: Call) -> Result:
    """Answer with the sessions nearest in meaning to one."""
    limit = call.number("limit", DEFAULT_LIMIT)
    results = call.searcher.similar(call.text("id"), limit=limit, filters=call.filters)
    count = "1 session" if len(results) == 1 else f"{len(results)} sessions"
    head = f"{count} nearest in meaning, the nearest first."
    return _fitting([head], {}, results, limit)


def get_session(call: Call) -> Result:
    """Answer with all that is known of one session."""
    session, sittings = call.searcher.lookup.talk(call.text("id"))
    others = [one for one in sittings if one.id != session.id][:_SITTINGS]
    values = known(
        {
            **brief(session),
            "speakers": list(session.speakers),
            "track": session.track,
            "level": session.level,
            "language": session.language,
            "timezone": session.timezone,
            "tags": list(session.tags),
            "url": session.url,
            "links": [link.as_dict() for link in session.links[:_LINKS]],
            "abstract": _whole(session.abstract),
            "page": f"{call.public_url}/sessions/{session.id}" if call.public_url else "",
            "other_sittings": [brief(one) for one in others],
        }
    )
    return Result(_tell(session, others, values), values)


def _tell(session: Session, others: Sequence[Session], values: dict[str, Any]) -> str:
    """Return a session as text: its values named, all but the abstract on one line each."""
    lines = [line(session)]
    lines += [f"{name}: {as_json(values[name])}" for name in _NAMED if name in values]
    lines += [f"{link.kind}: {as_json(link.url)}" for link in session.links[:_LINKS]]
    lines += [f"also given: {line(one)}" for one in others]
    if session.abstract:
        lines.append(f"abstract: {as_json(values['abstract'])}")
    return "\n".join(lines)


def _whole(abstract: str) -> str:
    encoded = abstract.encode("utf-8", "replace")
    if len(encoded) <= MAX_ABSTRACT:
        return abstract
    return encoded[:MAX_ABSTRACT].decode("utf-8", "ignore") + " … (session://ID has the rest)"


def _lines(answer: Answer) -> list[str]:
    lines = [f"Verdict: {answer.verdict or 'unknown'}: {_VERDICTS[answer.verdict]}"]
    if answer.total is not None:
        lines.append(f"{len(answer.results)} of {answer.total} sessions.")
    if answer.understood:
        read = ", ".join(
            f"{one.kind} {as_json(one.value)}{' (dropped: none would pass)' if one.dropped else ''}"
            for one in answer.understood
        )
        lines.append(f"Understood as filters: {shortened(read, 300)}.")
    if answer.corrected:
        lines.append(f"Searched for: {quoted(answer.corrected.searched, 200)}.")
    return [*lines, *(shortened(note, 300) for note in answer.notes)]


def _values(answer: Answer) -> dict[str, Any]:
    understood = [
        known({"kind": one.kind, "value": one.value, "dropped": one.dropped})
        for one in answer.understood
    ]
    corrected = shortened(answer.corrected.searched, 200) if answer.corrected else None
    return {
        "verdict": answer.verdict,
        **known(
            {
                "understood": understood,
                "searched_for": corrected,
                "notes": [shortened(note, 300) for note in answer.notes],
            }
        ),
        **({} if answer.total is None else {"total": answer.total}),
    }


def _fitting(
    head: Iterable[str], values: dict[str, Any], results: Sequence[SearchResult], limit: int
) -> Result:
    """Return the answer with texts as long as its tokens allow."""
    head = list(head)
    for most in SIZES:
        made = _list(head, values, results, most)
        tokens = estimate_tokens(made.text) + estimate_tokens(as_json(made.values))
        if tokens <= TOKENS_EACH * max(limit, DEFAULT_LIMIT):
            break
    return made


def _list(
    head: list[str], values: dict[str, Any], results: Sequence[SearchResult], most: Sizes
) -> Result:
    lines, listing = list(head), []
    for one in results:
        lines.append(f"{one.rank}. {line(one.session, most)}")
        told_of = brief(one.session, most)
        snippet = one.reason.snippet
        if snippet and most.snippet:
            told_of["snippet"] = shortened(snippet.text, most.snippet)
            lines.append(f"   snippet {as_json(told_of['snippet'])}")
        if len(one.occurrences) > 1:
            told_of["sittings"] = len(one.occurrences)
            lines.append(f"   given {len(one.occurrences)} times: get_session lists them")
        listing.append(told_of)
    return Result("\n".join(lines), {**values, "results": listing})


_ID = told("The id of a session, from an answer.", TEXT)
_LIMIT = told(
    "How many sessions.",
    {"type": "integer", "minimum": 1, "maximum": MAX_RESULTS, "default": DEFAULT_LIMIT},
)
_FOUND = schemas.session(snippet=TEXT, sittings={"type": "integer"})
_UNDERSTOOD = result(
    ("dropped",), kind=TEXT, value={"type": ["string", "integer"]}, dropped={"const": True}
)
_LINK = result(kind=TEXT, url=TEXT, label=TEXT)

TOOLS = (
    Tool(
        "search_sessions",
        "Search sessions",
        "Find the sessions of the loaded conferences that answer a question in plain words, nearest first. "
        "The verdict comes first: strong, related, none or programme. Where it is none, nothing in the "
        "programme fits: pass that on, and do not offer the nearest sessions as an answer. Days, times, "
        "rooms, people and the like in the question become filters, which `understood` tells; or give them as "
        "filters. Name no session, room or time that is not in an answer. Not for a day's whole programme or "
        "what is on now (whats_on), nor for one session's full text (get_session), nor for anything that is "
        "not about these conferences.",
        schemas.arguments(
            ("query",),
            query=told("The question, in plain words, in any language."),
            limit=_LIMIT,
            mode=told("How to search; hybrid unless told otherwise.", enum=list(MODES)),
            interpret=told(
                "Whether days, rooms and the like in the question become filters.",
                {"type": "boolean", "default": True},
            ),
            now=schemas.NOW,
            **schemas.filters(with_help=True),
        ),
        result(
            ("understood", "searched_for", "notes", "total"),
            verdict={"type": ["string", "null"], "enum": [*VERDICTS, None]},
            understood=listed(_UNDERSTOOD),
            searched_for=TEXT,
            notes=TEXTS,
            total=schemas.COUNT,
            results=listed(_FOUND),
        ),
        search_sessions,
    ),
    Tool(
        "get_session",
        "Get a session",
        "All that is known of one session by its id: abstract, speakers, times, room, links to slides and "
        "recordings, other sittings of the talk. Not for finding sessions: ids come from the other tools' "
        "answers, and made-up ones find nothing.",
        schemas.arguments(("id",), id=_ID),
        schemas.session(
            track=TEXT,
            level=TEXT,
            language=TEXT,
            timezone=TEXT,
            tags=TEXTS,
            url=TEXT,
            links=listed(_LINK),
            abstract=TEXT,
            page=TEXT,
            other_sittings=listed(schemas.session()),
        ),
        get_session,
    ),
    Tool(
        "similar_sessions",
        "Find similar sessions",
        "The sessions nearest in meaning to one session, without it and its repeats; filters narrow them, "
        "such as year, day or fits (only what leaves a plan without clashes). Not for a question in words "
        "(search_sessions, whose filters it takes). There is always a nearest session: it need not be near.",
        schemas.arguments(("id",), id=_ID, limit=_LIMIT, **schemas.filters()),
        result(results=listed(_FOUND)),
        similar_sessions,
    ),
)
