"""Constraints as people read them: Sunday 3 February 2019, before 12:00, in German."""

from collections.abc import Iterable, Sequence

from service.dates import format_days, format_minutes, format_times
from service.filters import FIELDS, split_days
from service.query.interpretation import EARLIEST, KINDS, LATEST, SEPARATOR, Constraint
from service.words import folded, language_name

DAYS_TOLD = 3
"""Days that are told of one constraint: "Sunday" is a day of every event in the catalogue."""
_UNLABELLED = ("day", "time", "duration", "language", "year")
"""Kinds whose values say by themselves what they are."""
_ORDERS = {EARLIEST: "earliest first", LATEST: "latest first"}


def label_of(constraint: Constraint) -> str:
    """Return what stands before the value of a constraint, such as Room; empty where it tells by itself."""
    if constraint.kind in _UNLABELLED:
        return ""
    label = FIELDS[constraint.kind].label
    return "" if folded(str(constraint.value)).startswith(folded(label)) else label


def tell_value(constraint: Constraint) -> str:
    """Return the value of a constraint as people read it."""
    value = str(constraint.value)
    if constraint.kind == "day":
        return tell_days(value.split(SEPARATOR))
    first, is_range, last = value.partition("..")
    if constraint.kind == "time":
        return format_times(first, last) if is_range else _ORDERS.get(value, f"at {value}")
    if constraint.kind == "duration":
        return format_minutes(first, last)
    return f"in {language_name(value)}" if constraint.kind == "language" else value


def tell(constraint: Constraint) -> str:
    """Return a constraint as part of a sentence: in German, room Hall A."""
    return f"{label_of(constraint).lower()} {tell_value(constraint)}".strip()


def tell_all(constraints: Iterable[Constraint]) -> str:
    """Return those constraints that were not dropped as a list, days and times first; empty for none."""
    told = sorted(constraints, key=lambda constraint: KINDS.index(constraint.kind))
    return ", ".join(tell(constraint) for constraint in told if not constraint.dropped)


def tell_days(days: Sequence[str]) -> str:
    """Return days, or ranges of them, as alternatives; of many the first DAYS_TOLD."""
    told = [_tell_day(day) for day in days[:DAYS_TOLD]]
    if rest := len(days) - len(told):
        return f"{', '.join(told)} or {rest} more {'day' if rest == 1 else 'days'}"
    return " or ".join((", ".join(told[:-1]), told[-1]) if told[1:] else told)


def _tell_day(day: str) -> str:
    """Return a day or range of days; what no edition has, such as day 9, as it is."""
    try:
        return format_days(*split_days(day))
    except ValueError:
        return day
