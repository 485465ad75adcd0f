"""Says why no session passes the filters of a programme, and what is there instead."""

from collections.abc import Sequence
from datetime import datetime

from rapidfuzz import fuzz, process

from service.dates import format_day, format_days, parse_day
from service.filters import FIELDS, Filters, split_days
from service.programme.day import NoProgramme
from service.programme.editions import Edition, choose, gather
from service.stores.protocol import Generation
from service.words import folded, language_name

OFFERED = 20
"""Editions that are offered in place of one that is not there."""
_DAYS_TOLD = 5


def explain(
    generation: Generation, filters: Filters, editions: Sequence[Edition], now: datetime
) -> NoProgramme:
    """Return why nothing passes the filters, which are as the catalogue spells them."""
    events, years = filters.get("event", ()), filters.get("year", ())
    of_event = [one for one in editions if not events or one.event in events]
    found = [one for one in of_event if not years or one.year in years]
    if not of_event:
        note = f"No event here is called {_quoted(events)}."
        return NoProgramme(filters, None, ("event",), (note,), (), _like(editions, str(events[0])))
    if not found:
        there = ", ".join(str(year) for year in sorted({one.year for one in of_event})[-OFFERED:])
        of = f" of {of_event[0].event}" if events else ""
        note = f"There are no sessions{of} in {' or '.join(map(str, years))}; there are in {there}."
        return NoProgramme(filters, None, ("year",), (note,), (), tuple(of_event[-OFFERED:]))
    edition = choose(found, now)
    return _explain_edition(generation, filters, edition)


def _explain_edition(generation: Generation, filters: Filters, edition: Edition) -> NoProgramme:
    """Return why nothing of an edition passes."""
    asked = filters.replace(event=[edition.event], year=[edition.year])
    names = [name for name in asked if name not in ("event", "year")]
    lacking = tuple(name for name in names if not generation.count(_alone(asked, name)))
    notes = [_tell(edition, name, asked) for name in lacking]
    if not lacking:
        notes.append(f"No session of {edition.name} passes all of these filters together.")
    days = _other_days(generation, asked) if "day" in asked else ()
    elsewhere = asked.replace(event=(), year=())
    others = gather(generation.calendar(elsewhere)) if elsewhere else []
    return NoProgramme(filters, edition, lacking, tuple(notes), days, tuple(others[-OFFERED:]))


def _alone(filters: Filters, name: str) -> Filters:
    """Return one of the filters, with those on event and year."""
    others = filters.keys() - {name, "event", "year"}
    return filters.replace(**dict.fromkeys(others, ()))


def _other_days(generation: Generation, filters: Filters) -> tuple[tuple[str, int], ...]:
    found = gather(generation.calendar(filters.replace(day=())))
    return found[0].days if found else ()


def _tell(edition: Edition, name: str, filters: Filters) -> str:
    """Return the sentence that says which values of a filter no session of an edition has."""
    values = filters[name]
    if name == "day":
        asked = " or ".join(format_days(*split_days(str(day))) for day in values[:_DAYS_TOLD])
        days = [format_day(parse_day(day)) for day, _ in edition.days]
        if not days:
            return (
                f"{edition.name} has no session on {asked}: no day is known of any of its sessions."
            )
        there = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        return f"{edition.name} has no session on {asked}; it is on {there}."
    if FIELDS[name].type == "ids":
        return f"No session of {edition.name} fits the plan."
    if FIELDS[name].bounds:
        return f"No session of {edition.name} passes {_label(name)} {values[0]}."
    told = [language_name(str(one)) if name == "language" else str(one) for one in values]
    return f"{edition.name} has no {_label(name)} {_quoted(told)}."


def _label(name: str) -> str:
    label = FIELDS[name].label
    return f"“{label}”" if FIELDS[name].bounds else label.lower()


def _quoted(values: Sequence[object]) -> str:
    return " or ".join(f"“{str(one)[:80]}”" for one in values[:_DAYS_TOLD])


def _like(editions: Sequence[Edition], name: str) -> tuple[Edition, ...]:
    """Return the editions of the events whose names are most like one; the largest where none is."""
    names = {folded(one.event): one.event for one in editions}
    alike = process.extract(
        folded(name), list(names), scorer=fuzz.WRatio, score_cutoff=70, limit=OFFERED
    )
    events = [names[key] for key, *_ in alike]
    if events:
        found = sorted(
            (one for one in editions if one.event in events),
            key=lambda one: (events.index(one.event), -one.year),
        )
    else:
        found = sorted(editions, key=lambda one: -one.sessions)
    return tuple(found[:OFFERED])
