"""What a search answers: results with their occurrences, and why each is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from service.query.interpretation import Constraint, Correction
from service.search.folding import Talk, as_ranked, in_time
from service.search.headings import write_heading
from service.search.snippets import Reason, Snippet
from service.session import Session
from service.stores.protocol import Hit
from service.verdict.judge import Verdict


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One session that answers and its rank from 1.

    `score` is what it was ranked by, higher is better: in semantic mode the dot product, in keyword mode
    BM25's, in hybrid both together. `similarity` is the dot product in every mode. `occurrences` are the
    found sittings of the same talk, itself among them, in order of time.
    """

    rank: int
    score: float
    similarity: float
    session: Session
    reason: Reason
    occurrences: tuple[Session, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "rank": self.rank,
            "score": round(self.score, 6),
            "similarity": round(self.similarity, 6),
            "session": self.session.as_dict(),
            "matched": list(self.reason.matched),
            "decided_by": self.reason.decided_by,
            "snippet": _told(self.reason.snippet),
            "occurrences": [brief(session) for session in self.occurrences],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found, nearest first, and how long it took in milliseconds.

    `verdict` says whether any of it fits; None where the catalogue was never calibrated. `evidence` is what it
    was judged by: comparable within one catalogue only, and for measuring. `understood` are the constraints in
    the question, in order; `corrected` is set where it was searched with another spelling; `notes` are
    sentences for people on how it was read; `total` is how many sessions a programme has.
    """

    query: str
    mode: str
    took_ms: float
    verdict: Verdict | None
    results: tuple[SearchResult, ...]
    evidence: float | None = None
    understood: tuple[Constraint, ...] = ()
    corrected: Correction | None = None
    notes: tuple[str, ...] = ()
    in_other_language: bool = False
    total: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as the JSON values that the API and the command line print."""
        return {
            "query": self.query,
            "mode": self.mode,
            "took_ms": round(self.took_ms, 2),
            "verdict": self.verdict,
            "heading": str(write_heading(self)),
            "understood": [constraint.as_dict() for constraint in self.understood],
            "corrected": self.corrected.as_dict() if self.corrected else None,
            "notes": list(self.notes),
            "total": self.total,
            "results": [result.as_dict() for result in self.results],
        }


def rank_talks(
    talks: Sequence[Talk], explained: Callable[[Hit], Reason]
) -> tuple[SearchResult, ...]:
    """Return the results that talks are, each headed by its first sitting; `explained` says why it is there."""
    return tuple(
        SearchResult(
            rank,
            shown.score,
            shown.similarity,
            shown.session,
            explained(shown),
            tuple(sorted((hit.session for hit in talk), key=in_time)),
        )
        for rank, (talk, shown) in enumerate(((talk, as_ranked(talk)) for talk in talks), start=1)
    )


def _told(snippet: Snippet | None) -> dict[str, Any] | None:
    if snippet is None:
        return None
    return {
        "text": snippet.text,
        "start": snippet.start,
        "end": snippet.end,
        "marks": [list(mark) for mark in snippet.marks],
    }


def brief(session: Session) -> dict[str, Any]:
    """Return what a sitting is called, when and where it is, as JSON values."""
    return {
        "id": str(session.id),
        "title": session.title,
        "event": session.event,
        "year": session.year,
        "source_id": session.source_id,
        "slot": session.slot,
        "starts_at": session.starts_at.isoformat() if session.starts_at else None,
        "room": session.room,
        "cancelled": session.cancelled,
    }
