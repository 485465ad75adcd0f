"""Prompts: what people ask an assistant for again and again, worded so that the tools are used well."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import QueryError
from service.mcp.texts import quoted

MAX_ARGUMENT = 500
"""Bytes of an argument."""
_HONEST = (
    "Name only sessions, rooms and times that are in answers of the tools, each with its id. Where the "
    "verdict of a search is none, say that nothing in the programme fits."
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt: its arguments, each with its help, those `needed` first, and what words it."""

    name: str
    title: str
    description: str
    arguments: Mapping[str, str]
    needed: tuple[str, ...]
    word: Callable[[Mapping[str, str]], str]

    def as_dict(self) -> dict[str, Any]:
        """Return the prompt as clients list it."""
        arguments = [
            {"name": name, "description": help, "required": name in self.needed}
            for name, help in self.arguments.items()
        ]
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "arguments": arguments,
        }

    def get(self, given: Any) -> dict[str, Any]:
        """Return the prompt's message. Raises QueryError for arguments that are not its own."""
        given = {} if given is None else given
        if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
            raise QueryError("The arguments of a prompt are texts by their names.")
        if unknown := given.keys() - self.arguments.keys():
            known = ", ".join(self.arguments)
            raise QueryError(f"{self.name} takes no {min(unknown)[:40]!r}. It takes: {known}.")
        if missing := [name for name in self.needed if not given.get(name)]:
            raise QueryError(f"{self.name} needs {', '.join(missing)}.")
        told = {name: quoted(value, MAX_ARGUMENT) for name, value in given.items() if value}
        text = {"type": "text", "text": f"{self.word(told)} {_HONEST}"}
        return {
            "description": self.description,
            "messages": [{"role": "user", "content": text}],
        }


def _plan(told: Mapping[str, str]) -> str:
    day = f"day {told['day']}" if "day" in told else "the day that is on or comes next"
    return (
        f"Plan {day} of the conference for me. I am interested in {told['interests']}. Search for sessions on "
        "it with search_sessions and the filter day, choose the best, and check them with check_plan; "
        "replace what clashes by the alternatives that it gives. Then list my plan in order of time with the "
        "gaps, and offer export_calendar."
    )


def _missed(told: Mapping[str, str]) -> str:
    edition = " of ".join(filter(None, ["the year " + told["year"], told.get("event", "")]))
    return (
        f"I was not at the conference in {edition}. Find what I missed on {told['interests']} with "
        "search_sessions and the filter year, and for each session get_session: say in a sentence what it "
        "was about, who gave it, and where its slides and recordings are."
    )


def _compare(told: Mapping[str, str]) -> str:
    return (
        f"Compare what was said on {told['topic']} in the years {told['first']} and {told['second']}. Call "
        "search_sessions once for each year, with the filter year. Say what both years had, what is new, "
        "what is gone, and which talks were given in both."
    )


_INTERESTS = "What to look for, in plain words."
PROMPTS = (
    Prompt(
        "plan_my_day",
        "Plan my day",
        "A plan of one day around some interests, without clashes.",
        {"interests": _INTERESTS, "day": "YYYY-MM-DD; the next day of the conference without one."},
        ("interests",),
        _plan,
    ),
    Prompt(
        "find_what_i_missed",
        "Find what I missed",
        "The sessions of an earlier year on some interests, with their slides and recordings.",
        {
            "interests": _INTERESTS,
            "year": "Which year.",
            "event": "Which event, if there are several.",
        },
        ("interests", "year"),
        _missed,
    ),
    Prompt(
        "compare_two_years",
        "Compare two years",
        "What two years of a conference have in common on a topic, and what is new.",
        {"topic": "What to compare.", "first": "The earlier year.", "second": "The later year."},
        ("topic", "first", "second"),
        _compare,
    ),
)
