"""What was understood of a question: the constraints in it, and the correction of its spelling."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal[
    "day",
    "time",
    "room",
    "track",
    "level",
    "kind",
    "language",
    "year",
    "event",
    "speaker",
    "duration",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What words of a question can constrain."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """Words of a question that say which sessions are meant, rather than what they are about.

    kind        what they constrain
    text        the words, from character `start` to `end` (excluded) of the question
    value       the value as filters write it: a day or a range of them, 10:30, 09:00..12:00, a room's name
    dropped     no session would have passed, so sessions were searched without it
    """

    kind: Kind
    text: str
    value: str | int
    start: int
    end: int
    dropped: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the constraint as JSON values."""
        values: dict[str, Any] = {
            "kind": self.kind,
            "text": self.text,
            "value": self.value,
            "start": self.start,
            "end": self.end,
        }
        return {**values, "dropped": True} if self.dropped else values


@dataclass(frozen=True, slots=True)
class Correction:
    """A question whose spelling was corrected: as it was typed, and as it was searched."""

    typed: str
    searched: str

    def as_dict(self) -> dict[str, str]:
        """Return the correction as JSON values."""
        return {"from": self.typed, "to": self.searched}
