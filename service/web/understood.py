"""What was understood of a question, as the page shows it: chips, and links that take it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.filters import Filters
from service.query.interpretation import Constraint, filters_of
from service.query.query import Query
from service.query.wording import label_of, tell_days, tell_value
from service.search.answer import Answer
from service.web.search_form import Chip, link

OTHERS_LINKED = 100
"""Days in other editions that one address names: the latest ones, as an address cannot have thousands."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of a question.

    chips        the constraints, each with the address that asks without it
    others       the same day of the week in other editions, each with the address that asks for that instead
    dropped      the words of constraints that no session would have passed
    verbatim     the address that searches for the words as they stand
    uncorrected  the address that searches for the words as they were typed, with the same constraints
    """

    chips: list[Chip]
    others: list[Chip]
    dropped: list[str]
    verbatim: str
    uncorrected: str


def show_understood(query: Query, answer: Answer) -> Understood:
    """Return what was understood of a query, for the page."""
    used = [constraint for constraint in answer.understood if not constraint.dropped]
    searched = replace(query, text=answer.corrected.searched) if answer.corrected else query
    return Understood(
        [
            Chip(label_of(one), tell_value(one), _explicit(searched, _without(used, one)))
            for one in used
        ],
        [_others(searched, used, one) for one in used if one.others],
        [constraint.text for constraint in answer.understood if constraint.dropped],
        link(replace(query, interpret=False, now=None)),
        _explicit(query, filters_of(used)),
    )


def _explicit(query: Query, understood: Filters) -> str:
    """Return the address that asks a query with what was understood of it as filters; those set by hand win."""
    filters = understood.replace(**query.filters)
    return link(replace(query, filters=filters, interpret=False, now=None))


def _without(understood: Sequence[Constraint], taken_back: Constraint) -> Filters:
    return filters_of(one for one in understood if one is not taken_back)


def _others(query: Query, understood: Sequence[Constraint], one: Constraint) -> Chip:
    days = one.others[-OTHERS_LINKED:]
    filters = _without(understood, one).replace(day=days)
    return Chip("", tell_days(days[::-1]), _explicit(query, filters))
