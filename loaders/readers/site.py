"""Static sites (Jekyll, Hugo, Eleventy, Astro): a checkout, its data files, or Markdown with front matter."""

import re
from collections import Counter
from collections.abc import Iterator

from loaders.json_objects.objects import read_objects
from loaders.json_objects.values import no_sessions
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.schedule import start_year
from loaders.sites.assemble import assemble
from loaders.sites.editions import choose_edition
from loaders.sites.paths import is_data, is_markdown
from loaders.sites.settings import Defaults, find_defaults
from loaders.sites.site import Site, site_of
from loaders.sites.yaml_values import Entry
from loaders.sources.source_file import SourceFile

NAME = "site"
_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")


def matches(source: SourceFile, options: Options) -> bool:
    """Whether it is a file of a site that has sessions; all files of a checkout are, and one reads them all.

    A file on its own is YAML or Markdown with front matter; JSON is that of a site only in its checkout.
    """
    if source.is_named and not _may_stand_alone(source):
        return False
    return site_of(source).claims(source.path)


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each session of the site, from the first of its files; the others have none."""
    site = site_of(source)
    if source.path != site.lead:
        return
    yield from site.diagnostics
    edition = choose_edition(site, options, source)
    yield from edition.notes
    joined = assemble(edition.parts)
    yield from joined.diagnostics
    if not joined.sessions:
        yield no_sessions(
            source, "holds no sessions with titles. Load the folder of the whole site."
        )
        return
    defaults = find_defaults(source.siblings)
    _set_year_of_dates(defaults, [item for _, item in joined.sessions])
    yield from _told(defaults, site, options)
    sample = [item for _, item in joined.sessions]
    other_years = Counter[int]()
    for item in read_objects(iter(joined.sessions), sample, options):
        if isinstance(item, Record):
            _complete(item, defaults, edition.years.get(item.location.partition(":")[0]), options)
            if (year := start_year(item)) and year != (item.year or options.year or year):
                other_years[year] += 1
        yield item
    for year, count in other_years.items():
        yield Diagnostic(
            source.origin or source.name,
            f"{count:,} sessions have dates of {year}: is the year right, or are they a template's samples?",
            False,
        )


def _may_stand_alone(source: SourceFile) -> bool:
    path = source.path.lower()
    return is_markdown(path) or (is_data(path) and not path.endswith(".json"))


def _set_year_of_dates(defaults: Defaults, items: list[Entry]) -> None:
    """Take the year that all dates of the sessions have for the event's, whatever the settings say."""
    texts = (f"{item.get('date', '')} {item.get('start', '')}" for item in items)
    years = {int(found[0]) for text in texts if (found := _YEAR.search(text))}
    if len(years) == 1 and (year := years.pop()) != defaults.year:
        defaults.year = year
        defaults.files["year"] = "the dates of the sessions"


def _complete(record: Record, defaults: Defaults, year: int | None, options: Options) -> None:
    """Complete a record with what the site says of the event, where neither it nor the caller does."""
    if not options.event:
        record.event = record.event or defaults.event
    if options.year is None:
        record.year = record.year or year or defaults.year
    if not options.timezone:
        record.zone = record.zone or defaults.zone


def _told(defaults: Defaults, site: Site, options: Options) -> Iterator[Diagnostic]:
    """Yield what is used of the settings, and a line for each kind of file that is left out."""
    used = [
        (
            "event",
            defaults.event,
            bool(options.event),
            "the event's name, {}, is that of the site: --event names another",
        ),
        (
            "year",
            defaults.year,
            options.year is not None,
            "the year, {}, is that of the site: --year gives another",
        ),
        (
            "zone",
            defaults.zone,
            bool(options.timezone),
            "the time zone, {}, is that of the site: --timezone names another",
        ),
    ]
    for name, value, is_given, text in used:
        if value and not is_given:
            yield Diagnostic(defaults.files[name], text.format(value), False)
    for what, count in site.left_out.items():
        files = "file is" if count == 1 else "files are"
        yield Diagnostic(site.examples[what], f"{what}: {count:,} {files} no sessions", False)
