"""Answers read back from the JSON values that they are told as: what a client of the API gets.

What the values leave out stays empty: the evidence of a verdict, the filters of a constraint, and of a sitting
all but its title, when and where it is. Values of another form raise KeyError, TypeError, ValueError or
DamagedError.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.query.interpretation import Constraint, Correction
from service.search.answer import Answer, SearchResult
from service.search.headings import write_heading
from service.search.snippets import Reason, Snippet
from service.session import Session
from service.stores.payload import decode_payload

Values = Mapping[str, Any]


def decode_answer(values: Values) -> Answer:
    """Return the answer that `Answer.as_dict` told."""
    corrected = values["corrected"]
    answer = Answer(
        query=values["query"],
        mode=values["mode"],
        took_ms=values["took_ms"],
        verdict=values["verdict"],
        results=decode_results(values["results"]),
        understood=tuple(map(_constraint, values["understood"])),
        corrected=Correction(corrected["from"], corrected["to"]) if corrected else None,
        notes=tuple(values["notes"]),
        total=values["total"],
    )
    # Only the heading tells whether nothing was found for want of the question's language.
    foreign = str(write_heading(answer)) != values["heading"]
    return replace(answer, in_other_language=foreign)


def decode_results(values: Sequence[Values]) -> tuple[SearchResult, ...]:
    """Return the results that `SearchResult.as_dict` told."""
    return tuple(map(_result, values))


def decode_session(values: Values) -> Session:
    """Return the session that `Session.as_dict` told, or a list without its long texts."""
    return decode_payload({**values, "timezone": values["timezone"] or "UTC"})


def _result(values: Values) -> SearchResult:
    session = decode_session(values["session"])
    sittings = map(_sitting, values["occurrences"])
    return SearchResult(
        rank=values["rank"],
        score=values["score"],
        similarity=values["similarity"],
        session=session,
        reason=Reason(
            matched=tuple(values["matched"]),
            snippet=_snippet(values["snippet"]),
            decided_by=values["decided_by"],
        ),
        occurrences=tuple(session if one.id == session.id else one for one in sittings),
    )


def _sitting(values: Values) -> Session:
    starts_at = values["starts_at"]
    return Session(
        event=values["event"],
        year=values["year"],
        source_id=values["source_id"],
        slot=values["slot"],
        title=values["title"],
        room=values["room"],
        starts_at=datetime.fromisoformat(starts_at) if starts_at else None,
        cancelled=values["cancelled"],
    )


def _snippet(values: Values | None) -> Snippet | None:
    if values is None:
        return None
    marks = tuple((start, end) for start, end in values["marks"])
    return Snippet(values["text"], values["start"], values["end"], marks)


def _constraint(values: Values) -> Constraint:
    return Constraint(
        kind=values["kind"],
        text=values["text"],
        value=values["value"],
        start=values["start"],
        end=values["end"],
        dropped=values.get("dropped", False),
        others=tuple(values["others"]),
    )
