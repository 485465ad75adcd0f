"""Cancelled sessions in an answer: after all that take place, but shown where they were asked for by name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from service.filters import Filters
from service.search.folding import Talk, fold
from service.session import Session, Status

TAKES_PLACE: tuple[Status, ...] = ("scheduled", "local")
"""The status of every session that is not cancelled."""


@dataclass(frozen=True, slots=True)
class Separated:
    """The talks that answer, best first: `on` take place, `off` are cancelled.

    `filters` are what those of `on` passed, or of `off` where all is cancelled. A cancelled sitting of a talk
    that takes place is among its sittings.
    """

    on: list[Talk]
    off: list[Talk]
    filters: Filters

    def best(
        self, on: Sequence[Talk], limit: int, is_named: Callable[[Session], bool] = lambda _: False
    ) -> list[Talk]:
        """Return the `limit` best talks, of those that take place these: cancelled ones come last.

        One that was asked for by name would be looked for in vain: it has the last place of several.
        """
        named = [talk for talk in self.off if any(is_named(hit.session) for hit in talk)]
        if named and 1 < limit <= len(on):
            return [*on[: limit - 1], named[0]]
        return [*on, *self.off][:limit]


def separate(
    find: Callable[[Filters], list[Talk]], filters: Filters, *, folded: bool = True
) -> Separated:
    """Return the talks that `find` finds among sessions that pass, and apart from them those cancelled.

    It is asked twice only where cancelled ones are found, which a generation of before has none of.
    """
    talks = find(filters)
    off = [hit for talk in talks for hit in talk if hit.session.cancelled]
    if not off or "status" in filters:
        return Separated(talks, [], filters)
    taking_place = filters.replace(status=TAKES_PLACE)
    on = find(taking_place)
    if not on:
        return Separated([], talks, filters)
    if not folded:
        return Separated(on, [[hit] for hit in off], taking_place)
    left: Talk = []
    for hit in off:
        talk = next((talk for talk in on if talk[0].session.repeats(hit.session)), None)
        (left if talk is None else talk).append(hit)
    return Separated(on, fold(left), taking_place)


def note_cancelled(talks: Iterable[Talk], is_named: Callable[[Session], bool]) -> tuple[str, ...]:
    """Return a sentence on each talk that was asked for by name and is cancelled."""
    sessions = (talk[0].session for talk in talks)
    return tuple(
        f"“{one.title}” is cancelled." for one in sessions if one.cancelled and is_named(one)
    )
