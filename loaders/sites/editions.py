"""Select the edition of a static site by event and year."""

from dataclasses import dataclass, field

from loaders.records.record import Diagnostic, Options
from loaders.sites.paths import words_of, year_of
from loaders.sites.site import Edition, Part, Site
from loaders.sources.source_file import SourceFile
from service.errors import InputError
from service.words import folded

_SHOWN = 20


@dataclass(slots=True)
class Chosen:
    """The parts of a site that are read, the year of each file's edition, and what is told about others."""

    parts: list[Part] = field(default_factory=list)
    years: dict[str, int] = field(default_factory=dict)
    notes: list[Diagnostic] = field(default_factory=list)


def choose_edition(site: Site, options: Options, source: SourceFile) -> Chosen:
    """Return the parts of the edition to read, with those that belong to all.

    Raises InputError where a site has several editions and the caller does not say which.
    """
    with_sessions = {
        key: part for key, part in site.editions.items() if part.described or part.placed
    }
    shared = site.editions.get((), Part())
    chosen = _chosen(with_sessions, options, source)
    result = Chosen()
    for key in chosen:
        part = site.editions[key]
        result.parts.append(part)
        if (year := year_of(key)) is not None:
            for leaf in (*part.described, *part.placed):
                result.years[leaf.location.partition(":")[0].partition("#")[0]] = year
    if () not in chosen:
        result.parts.append(Part(people=shared.people, lookups=shared.lookups))
    kin = [key for key in site.editions if key and key not in chosen and key not in with_sessions]
    for key in kin:  # lists of people of the same year
        if any(set(key) <= set(other) or not other for other in chosen):
            part = site.editions[key]
            result.parts.append(Part(people=part.people, lookups=part.lookups))
    left = [key for key in with_sessions if key not in chosen]
    if left:
        names = ", ".join(map(_name, left[:_SHOWN]))
        count = sum(
            len(site.editions[key].described) or len(site.editions[key].placed) for key in left
        )
        result.notes.append(
            Diagnostic(
                names,
                f"other editions are not read, {count:,} sessions: --year and --event choose",
                False,
            )
        )
    return result


def _chosen(editions: dict[Edition, Part], options: Options, source: SourceFile) -> list[Edition]:
    if len(editions) < 2:
        return list(editions)
    named = list(editions)
    if options.year is not None:
        of_year = [key for key in named if year_of(key) == options.year]
        named = of_year or [key for key in named if year_of(key) is None]
    if options.event:
        words = set(words_of(folded(options.event)))
        best = max((len(words & set(key)) for key in named), default=0)
        named = [key for key in named if len(words & set(key)) == best] if best else named
    current = [key for key in named if year_of(key) is None]
    if options.year is None and current:
        return current
    years = [year_of(key) for key in named]
    if len(named) == 1 or (
        len(set(years)) == len(years) and len({_place(key) for key in named}) == 1
    ):
        return named
    shown = ", ".join(map(_name, sorted(named)[:_SHOWN])) or "none of that year"
    raise InputError(
        f"{source.origin or source.name} holds several editions: {shown}. "
        "Say which one with --year, and its place in --event."
    )


def _place(key: Edition) -> Edition:
    return tuple(word for word in key if not word.isdigit())


def _name(key: Edition) -> str:
    return " ".join(sorted(key)) or "without a year"
