"""What was understood of a question, as the page shows it: chips, and links that take it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.filters import MAX_VALUES, NO_FILTERS
from service.query.interpretation import Constraint, filters_of
from service.query.query import Query
from service.query.wording import label_of, tell_days, tell_value
from service.search.answer import Answer
from service.web.search_form import Chip, link, link_programme


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of a question.

    chips        the constraints, each with the address that asks without it
    others       the same day of the week in other editions, each with the address that asks for that instead
    dropped      the words of constraints that no session would have passed
    verbatim     the address that searches for the words as they stand
    whole        the address that understands what was taken back too; empty if nothing was
    uncorrected  the address that searches for the words as they were typed, with the same constraints
    everywhere   the address that asks among all sessions
    programme    the address of the programme with the same constraints
    """

    chips: list[Chip]
    others: list[Chip]
    dropped: list[str]
    verbatim: str
    whole: str
    uncorrected: str
    everywhere: str
    programme: str


def show_understood(query: Query, answer: Answer) -> Understood:
    """Return what was understood of a query, for the page."""
    used = [constraint for constraint in answer.understood if not constraint.dropped]
    verbatim = replace(query, interpret=False, ignore=())
    taken_back = query.ignore or not query.interpret
    return Understood(
        chips=[
            Chip(label_of(one), tell_value(one), link(_without(query, used, one))) for one in used
        ],
        others=[_others(query, one) for one in used if one.others],
        dropped=[constraint.text for constraint in answer.understood if constraint.dropped],
        verbatim=link(verbatim),
        whole=link(replace(query, interpret=True, ignore=())) if taken_back else "",
        uncorrected=link(_narrowed(verbatim, used)),
        everywhere=link(_ignoring(replace(query, filters=NO_FILTERS), used)),
        programme=link_programme(_narrowed(query, used)),
    )


def _without(query: Query, used: Sequence[Constraint], taken_back: Constraint) -> Query:
    """Return the query without one constraint; others of its kind become filters set by hand."""
    alike = [one for one in used if one.kind == taken_back.kind and one is not taken_back]
    return _ignoring(_narrowed(query, alike), [taken_back])


def _ignoring(query: Query, constraints: Sequence[Constraint]) -> Query:
    kinds = dict.fromkeys((*query.ignore, *(one.kind for one in constraints)))
    return replace(query, ignore=tuple(kinds))


def _narrowed(query: Query, constraints: Sequence[Constraint]) -> Query:
    """Return the query with constraints as filters, MAX_VALUES of each at most; those set by hand win."""
    filters = filters_of(constraints)
    few = {name: values[-MAX_VALUES:] for name, values in filters.items()}
    return replace(query, filters=filters.replace(**few | dict(query.filters)))


def _others(query: Query, one: Constraint) -> Chip:
    """Return the latest of the other days of a constraint; set by hand, they take its place."""
    days = one.others[-MAX_VALUES:]
    filters = query.filters.replace(day=days)
    return Chip("", tell_days(days[::-1]), link(replace(query, filters=filters)))
