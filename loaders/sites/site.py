"""A site as its files give it: which hold sessions, which hold people and rooms, and which are left out."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from loaders.json_objects.values import parse
from loaders.records.record import Diagnostic
from loaders.sites.front_matter import has_front_matter, parse_toml, split_page
from loaders.sites.keys import key_words
from loaders.sites.paths import (
    BACKING,
    BUILD,
    LOOKUP,
    OTHER,
    PAGES,
    PEOPLE,
    SCHEDULE,
    SESSIONS,
    SETTINGS,
    data_role,
    edition_of,
    is_data,
    is_markdown,
    is_marked,
    original_of,
    page_role,
    stem_of,
)
from loaders.sites.tables import Table, split_tables
from loaders.sites.talks_of_people import talks_of
from loaders.sites.walk import Leaf, walk
from loaders.sites.yaml_values import Entry, parse_yaml
from loaders.sources.source_file import SourceFile
from service.errors import InputError

MAX_FILE = 32 * 2**20
_TRANSLATION = "translation"
_LEFT_OUT = {
    PEOPLE: "people", PAGES: "pages and posts", BACKING: "sponsors and partners", SETTINGS: "settings",
    LOOKUP: "rooms, tracks and the like", BUILD: "themes, packages and built pages",
    _TRANSLATION: "translations of pages", OTHER: "other files",
}  # fmt: skip
_OF_PEOPLE = {
    "bio",
    "photo",
    "avatar",
    "picture",
    "image",
    "img",
    "socials",
    "social",
    "twitter",
    "linkedin",
    "company",
}
_OF_TALKS = {
    "abstract", "description", "extract", "speaker", "speakers", "start", "start time", "time", "date",
    "talk title",
    "session", "talk", "summary", "room", "track", "duration",
}  # fmt: skip
_FOREIGN = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".ics", ".xml", ".jsonl", ".ndjson")

_EXPORT = re.compile(r'"isServiceSession"|"conference"\s*:\s*\{|"event_key"\s*:')
"""What exports of Sessionize, frab, pretalx and Sched hold, which readers of their own know better."""

Edition = tuple[str, ...]


@dataclass(slots=True)
class Part:
    """What one edition has: sessions that are described, places in its schedule, people, lists of the like."""

    described: list[Leaf] = field(default_factory=list)
    placed: list[Leaf] = field(default_factory=list)
    people: list[tuple[str, Any, str]] = field(default_factory=list)
    lookups: list[Table] = field(default_factory=list)


@dataclass(slots=True)
class Site:
    """The files of a folder that are a site: its editions, the file that stands for all, what is left out."""

    editions: dict[Edition, Part] = field(default_factory=dict)
    lead: str = ""
    is_marked: bool = False
    paths: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def part(self, edition: Edition) -> Part:
        """Return what an edition has."""
        return self.editions.setdefault(edition, Part())

    def leave_out(self, role: str, path: str) -> None:
        """Count a file that holds no sessions."""
        what = _LEFT_OUT[role]
        self.left_out[what] += 1
        self.examples.setdefault(what, path)

    def claims(self, path: str) -> bool:
        """Whether a file is one of this site: any, where only a site's program has such files."""
        return bool(self.lead) and path in self.paths


def site_of(source: SourceFile) -> Site:
    """Return the site that a file is one of; one without a lead is none."""
    siblings = source.siblings or {source.path: source}
    return _survey(next(iter(siblings.values())), source if source.is_named else None)


@lru_cache(maxsize=2)
def _survey(first: SourceFile, named: SourceFile | None) -> Site:
    """Read the files of the folder that `first` lies in."""
    files = first.siblings or {first.path: first}
    site = Site(is_marked=is_marked(files))
    candidates = [path for path in files if is_markdown(path) or is_data(path)]
    if _is_of_others(files, site.is_marked) or not candidates:
        return site
    prefix = _common_folder(list(files)) if named is None else ""
    pages = [path for path in candidates if is_markdown(path)]
    for path in pages:
        if any(name in files for name in original_of(path)):
            site.leave_out(_TRANSLATION, path)
            site.paths.add(path)
            continue
        _add_page(site, files[path], path, prefix)
    for path in candidates:
        if not is_markdown(path):
            _add_data(site, files[path], path, prefix)
    if not any(part.described for part in site.editions.values()):
        for part in site.editions.values():
            part.described = talks_of(part.people)
    sessions = [leaf for part in site.editions.values() for leaf in (*part.described, *part.placed)]
    if not sessions and named is None:
        return Site()
    site.lead = named.path if named else next(path for path in files if path in site.paths)
    if site.is_marked:
        for path in files:
            if path not in site.paths and path not in site.foreign:
                site.leave_out(OTHER, path)
                site.paths.add(path)
    return site


def _is_of_others(files: Mapping[str, SourceFile], marked: bool) -> bool:
    """Return whether a folder is one of videos, or of data in formats that say more."""
    names = {path.rpartition("/")[2] for path in files}
    if "videos.yml" in names and {"event.yml", "schedule.yml"} & names:
        return True
    return not marked and any(path.lower().endswith(_FOREIGN) for path in files)


def _common_folder(paths: list[str]) -> str:
    """Return the folder that all files lie in, as those of an archive of a repository do."""
    first = paths[0].split("/")[0] + "/"
    return first if all(path.startswith(first) for path in paths) else ""


def _add_page(site: Site, source: SourceFile, path: str, prefix: str) -> None:
    role = SESSIONS if source.is_named else page_role(path)
    if role not in (SESSIONS, PEOPLE, LOOKUP):
        if site.is_marked:
            site.leave_out(role, path)
            site.paths.add(path)
        return
    if not has_front_matter(source.head_text):
        if site.is_marked:
            site.leave_out(PAGES, path)
            site.paths.add(path)
        return
    site.paths.add(path)
    try:
        page = split_page(source.name, _text(source))
    except InputError as error:
        _add_damage(site, source, str(error), is_bad=True)
        return
    site.diagnostics += [_note(note) for note in page.notes]
    part = site.part(edition_of(path.removeprefix(prefix).rpartition("/")[0] + "/"))
    values = Entry(page.values)
    values.line = 1
    if role == PEOPLE:
        part.people.append((source.name, values, stem_of(path)))
    elif role == LOOKUP:
        part.lookups.append(
            Table(LOOKUP, path.rpartition("/")[0], [values | {"id": stem_of(path)}], source.name)
        )
    else:
        if page.body:
            values["text"] = page.body
        part.described.append(Leaf(values, source.name, {}, page=stem_of(path)))


def _add_data(site: Site, source: SourceFile, path: str, prefix: str) -> None:
    role = data_role(path)
    if source.is_named and role not in (SESSIONS, SCHEDULE, PEOPLE, LOOKUP):
        role = OTHER
    if role is None or role == BACKING:
        return
    if path.lower().endswith(".json") and not source.is_named:
        if not site.is_marked:
            return
        if _EXPORT.search(source.head_text):
            site.foreign.add(path)
            return
    try:
        value, notes = _value(source)
    except InputError as error:
        if role in (SESSIONS, SCHEDULE, PEOPLE, LOOKUP) or source.is_named:
            site.paths.add(path)
            _add_damage(site, source, str(error), is_bad=role != OTHER)
        return
    if role == OTHER and source.is_named:
        role = role_of_keys(value)
    tables = list(split_tables(value, role, stem_of(path), source.name))
    if not tables:
        return
    site.paths.add(path)
    site.diagnostics += [_note(note) for note in notes]
    part = site.part(edition_of(path.removeprefix(prefix)))
    for table in tables:
        add_table(part, table)
    roles = {table.role for table in tables}
    if roles.isdisjoint((SESSIONS, SCHEDULE)):
        site.leave_out(PEOPLE if PEOPLE in roles else LOOKUP if LOOKUP in roles else OTHER, path)


def role_of_keys(value: Any) -> str:
    """Return what a list of a name that says nothing holds: a schedule if it has sessions inside."""
    leaves = walk(value, "", is_schedule=False) if isinstance(value, list) else []
    keys = [{key_words(key) for key in leaf.item} | leaf.inherited.keys() for leaf in leaves]
    telling = sum(not it.isdisjoint(_OF_TALKS) for it in keys)
    return SCHEDULE if leaves and 2 * telling > len(leaves) else OTHER


def add_table(part: Part, table: Table) -> None:
    """Add what a list of a data file holds to an edition."""
    if table.role == SESSIONS and _lists_people(table.value):
        part.people.append((table.file, table.value, ""))
    elif table.role == SESSIONS:
        part.described += walk(table.value, table.file, is_schedule=False)
    elif table.role == SCHEDULE:
        part.placed += walk(table.value, table.file, is_schedule=True)
    elif table.role == PEOPLE:
        part.people.append((table.file, table.value, ""))
    elif table.role == LOOKUP:
        part.lookups.append(table)


def _lists_people(value: Any) -> bool:
    """Return whether a list, of keynotes perhaps, holds people and says nothing of their sessions."""
    items = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    keys = [{key_words(key) for key in item} for item in items]
    return bool(keys) and all(
        "name" in it and it & _OF_PEOPLE and not it & _OF_TALKS for it in keys
    )


def _value(source: SourceFile) -> tuple[Any, list[str]]:
    path = source.path.lower()
    text = _text(source)
    if path.endswith(".toml"):
        return parse_toml(source.name, text), []
    if path.endswith(".json"):
        return parse(source), []
    return parse_yaml(source.name, text)


def _text(source: SourceFile) -> str:
    if source.size > MAX_FILE:
        raise InputError(
            f"{source.name} is larger than {MAX_FILE // 2**20} MiB. Split it into several files."
        )
    return source.text()


def _add_damage(site: Site, source: SourceFile, problem: str, *, is_bad: bool) -> None:
    """Tell of a file that cannot be read. Raises InputError if the caller named it."""
    if source.is_named:
        raise InputError(problem)
    location, _, reason = problem.removeprefix(source.name).partition(": ")
    site.diagnostics.append(
        Diagnostic(
            f"{source.name}{location}",
            f"a file that cannot be read: {reason or problem}",
            skipped=is_bad,
        )
    )


def _note(text: str) -> Diagnostic:
    location, _, reason = text.rpartition(": ")
    return Diagnostic(location, reason, skipped=False)
