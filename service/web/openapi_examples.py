"""Examples of what the API answers, of one made-up session and by the functions that answer."""

from datetime import UTC, datetime
from functools import cache

from service.errors import NotFoundError
from service.filters import FACETS, NO_FILTERS
from service.plan.check import CheckedPlan
from service.plan.plan import make_plan
from service.programme.day import ProgrammeDay
from service.programme.editions import Edition
from service.programme.parts import MINUTES, Part
from service.search.answer import Answer, SearchResult, brief
from service.search.snippets import Reason, Snippet
from service.session import Session
from service.web.errors import code_of
from service.web.schemas import Values

_SESSION = Session(
    event="Example Summit",
    year=2026,
    source_id="42",
    title="Health analytics on a small budget",
    abstract="How a clinic counts what matters. No data leaves the house.",
    speakers=("Ana Lindgren",),
    track="Health",
    kind="Talk",
    language="en",
    room="Hall A",
    starts_at=datetime(2026, 5, 12, 9, 0, tzinfo=UTC),
    ends_at=datetime(2026, 5, 12, 9, 45, tzinfo=UTC),
)
_SNIPPET = Snippet("How a clinic counts what matters.", 0, 33, ())
_RESULT = SearchResult(
    1, 0.73, 0.62, _SESSION, Reason(("title", "meaning"), _SNIPPET, "title"), (_SESSION,)
)
_EDITION = Edition("Example Summit", 2026, (("2026-05-12", 1),), 0, ("UTC",))
_DAY = Part(0, MINUTES, 1)


@cache
def examples() -> Values:
    """Return an example of each kind of response body, by the name of its schema."""
    starts = datetime(2026, 5, 12, tzinfo=UTC)
    answer = Answer("health analytics", "hybrid", 4.2, "strong", (_RESULT,))
    plan = CheckedPlan(make_plan([_SESSION], starts), (), (), (), {})
    day = ProgrammeDay(
        NO_FILTERS,
        _EDITION,
        _EDITION,
        "2026-05-12",
        (_DAY,),
        _DAY,
        (_SESSION,),
        (),
        None,
        "",
        (),
        "",
    )
    missing = NotFoundError(f"There is no session {_SESSION.id}.")
    edition = {"event": _EDITION.event, "year": _EDITION.year, "sessions": _EDITION.sessions}
    return {
        "Answer": answer.as_dict(),
        "Talk": {**_SESSION.as_dict(), "occurrences": [brief(_SESSION)]},
        "Similar": {"id": str(_SESSION.id), "results": [_RESULT.as_dict()]},
        "Plan": plan.as_dict(),
        "Facets": {
            "facets": {**{name: [] for name in FACETS}, "track": [{"value": "Health", "count": 1}]}
        },
        "Programme": day.as_dict(),
        "Status": {"sessions": 1, "events": [edition]},
        "Error": {"error": {"code": code_of(missing), "message": str(missing)}},
    }
