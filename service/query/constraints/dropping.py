"""Which constraints of a question to drop so that sessions are left, and what to tell of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from service.filters import Filters
from service.query.constraints.known_values import KnownValues
from service.query.constraints.read import SOFTNESS, Interpretation
from service.query.interpretation import Constraint
from service.query.wording import tell_days, tell_value
from service.stores.protocol import Generation
from service.words import folded

_OLDER = (
    "This catalogue was loaded by an earlier version: times in questions count after its next load."
)
_NO_TIMES = "The programme has no times: searched without “{}”."
_NO_ZONES = "The programme does not say which time zone it is in: searched without “{}”."
_NO_LANGUAGES = (
    "The programme does not say which languages its sessions are in: searched without “{}”."
)


def drop_constraints(
    generation: Generation, given: Filters, read: Interpretation, known: KnownValues
) -> tuple[set[int], tuple[str, ...]]:
    """Return the indices of the constraints to drop, and a note on each.

    First what this catalogue cannot tell, and what leaves no session by itself; then the softest one whose
    absence leaves some, then more. None where the filters `given` by hand leave no session anyway.
    """
    impossible = {
        index: note
        for index, constraint in enumerate(read.constraints)
        if (note := _impossible(constraint, known))
    }

    def passes(without: Iterable[int]) -> bool:
        filters = merge_filters(given, read.filters(without=tuple(without)))
        return not filters or generation.count(filters) > 0

    if given and not passes(range(len(read.constraints))):
        return set(), ()
    search = _Search(read.constraints, known, passes, dict(impossible))
    search.drop_those_alone()
    search.drop_softest()
    return set(search.dropped), tuple(dict.fromkeys(search.dropped.values()))


@dataclass(slots=True)
class _Search:
    """The constraints that are dropped so far, each with its note; `passes` tells whether sessions are left."""

    constraints: Sequence[Constraint]
    known: KnownValues
    passes: Callable[[Iterable[int]], bool]
    dropped: dict[int, str] = field(default_factory=dict)

    def drop_those_alone(self) -> None:
        """Drop constraints that leave no session by themselves, also beside others of their field."""
        fields = [name for one in self.constraints for name in one.filters]
        everything = set(range(len(self.constraints)))
        if self.passes(self.dropped) and len(fields) == len(set(fields)):
            return
        for index in sorted(everything - self.dropped.keys()):
            if not self.passes(everything - {index}):
                self._drop(index, "fits", together=False)

    def drop_softest(self) -> None:
        """Drop the softest constraint whose absence leaves some sessions, and more until some are left."""
        left = [index for index in range(len(self.constraints)) if index not in self.dropped]
        left.sort(key=lambda index: SOFTNESS.index(self.constraints[index].kind))
        while left and not self.passes(self.dropped):
            dropped = self.dropped.keys()
            chosen = next((one for one in left if self.passes({*dropped, one})), left[0])
            left.remove(chosen)
            self._drop(chosen, "fits all of it with", together=True)

    def _drop(self, index: int, fits: str, *, together: bool) -> None:
        constraint = self.constraints[index]
        note = f"No session {fits} {_quoted(constraint)}: searched without “{constraint.text}”."
        if constraint.kind == "day" and not together and (days := self._days()):
            note = f"{note} The programme has {days}."
        self.dropped[index] = note

    def _days(self) -> str:
        """Return the days of the latest edition as people read them, empty if there are none."""
        dated = [edition.days for edition in self.known.editions if edition.days]
        latest = max(dated, default=())
        return tell_days([f"{latest[0]}..{latest[-1]}"]) if latest else ""


def merge_filters(given: Filters, read: Filters) -> Filters:
    """Return the filters given by hand, and what was read for other fields."""
    return given.replace(**{name: values for name, values in read.items() if name not in given})


def _impossible(constraint: Constraint, known: KnownValues) -> str:
    """Return why no session of this catalogue can pass, empty if some may."""
    if constraint.kind in ("day", "time", "duration"):
        if not known.has_times:
            return _OLDER
        if not known.has_days:
            return _NO_TIMES.format(constraint.text)
        is_now = "status" in constraint.filters
        return _NO_ZONES.format(constraint.text) if is_now and not known.has_zones else ""
    if constraint.kind == "language" and not known.languages:
        return _NO_LANGUAGES.format(constraint.text)
    return ""


def _quoted(constraint: Constraint) -> str:
    said, told = f"“{constraint.text}”", tell_value(constraint)
    return said if folded(told) in folded(constraint.text) else f"{said} ({told})"
