"""Headings of answers: how many sessions were found, and what the verdict on them is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.query.wording import tell_all

if TYPE_CHECKING:
    from service.search.answer import Answer


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: the question, empty where only constraints were asked, and the words around it."""

    before: str
    question: str = ""
    after: str = ""

    def __str__(self) -> str:
        question = f" “{self.question}”" if self.question else ""
        return f"{self.before}{question}{self.after}"


def write_heading(answer: "Answer") -> Heading:
    """Return the heading of an answer, which states its verdict."""
    question = answer.corrected.searched if answer.corrected else answer.query
    count = len(answer.results)
    sessions = "1 session" if count == 1 else f"{count} sessions"
    if not count:
        return Heading("No session for", question)
    if answer.verdict == "programme":
        told = tell_all(answer.understood)
        total = "1 session" if answer.total == 1 else f"{answer.total} sessions"
        return Heading(f"The programme: {told} ({total})" if told else f"The programme ({total})")
    if answer.verdict == "none" and not answer.in_other_language:
        nearest = "this is the nearest" if count == 1 else "these are the nearest"
        return Heading("No session found that fits", question, f": {nearest}")
    if answer.verdict in (None, "none"):
        return Heading(f"The {'session' if count == 1 else sessions} nearest to", question)
    related = "related " if answer.verdict == "related" else ""
    return Heading(f"{sessions.replace(' ', f' {related}', 1)} for", question)
