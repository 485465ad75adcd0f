"""What was understood of a question: the constraints in it, and the correction of its spelling."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from service.filters import NO_FILTERS, Filters, Value

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
EARLIEST, LATEST = "first", "last"
"""Sort order of a programme, as values of a time constraint: ascending or descending by start."""
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What words of a question can constrain."""
SEPARATOR = ", "
"""Between the values of a constraint that has several: the Sundays of several editions."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """Words of a question that say which sessions are meant, rather than what they are about.

    kind        what they constrain
    text        the words, from character `start` to `end` (excluded) of the question
    value       the value as filters write it: a day or a range of them, 10:30, 09:00..12:00, a room's name;
                of a time also EARLIEST or LATEST
    dropped     no session would have passed, so sessions were searched without it
    others      of a day of the week: its days in other editions
    filters     the filters that it stands for; programs that read JSON have `value`
    """

    kind: Kind
    text: str
    value: str | int
    start: int
    end: int
    dropped: bool = False
    others: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS

    def as_dict(self) -> dict[str, Any]:
        """Return the constraint as JSON values."""
        values: dict[str, Any] = {
            "kind": self.kind,
            "text": self.text,
            "value": self.value,
            "start": self.start,
            "end": self.end,
            "others": list(self.others),
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


_TIGHTEST: dict[str, Callable[..., Value]] = {
    "from": max,
    "to": min,
    "at": max,
    "min_minutes": max,
    "max_minutes": min,
}
"""Which of several values holds where a filter takes one."""


def filters_of(constraints: Iterable[Constraint]) -> Filters:
    """Return the filters that all constraints stand for together, those that were dropped aside."""
    joined: dict[str, tuple[Value, ...]] = {}
    for constraint in constraints:
        if not constraint.dropped:
            for name, values in constraint.filters.items():
                joined[name] = tuple(dict.fromkeys((*joined.get(name, ()), *values)))
    single = {name: (_TIGHTEST[name](some),) for name, some in joined.items() if name in _TIGHTEST}
    return Filters(**joined | single)
