"""Event name, year and time zone from a static site's configuration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from loaders.json_objects.values import member, parse
from loaders.records import times
from loaders.records.cleaning import split_year
from loaders.records.values import as_text, as_year
from loaders.sites.front_matter import parse_toml
from loaders.sites.yaml_values import parse_yaml
from loaders.sources.source_file import SourceFile
from service.errors import InputError

_NAMES = (
    "_config.yml", "_config.yaml", "_config.toml", "hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json",
    "config.toml",
    "config.yaml", "config.yml", "config/_default/hugo.toml", "config/_default/config.toml",
    "config/_default/hugo.yaml", "config/_default/config.yaml", "config/_default/config.yml",
)  # fmt: skip
_YEARS = ("year", "conf_year", "conference_year", "edition_year", "event_year")
_ZONES = ("timezone", "timeZone", "time_zone", "tz")
_GROUPS = ("params", "conference", "event")


@dataclass(slots=True)
class Defaults:
    """An event's name, year and time zone as a site's settings give them, and the files that do."""

    event: str = ""
    year: int | None = None
    zone: str = ""
    files: dict[str, str] = field(default_factory=dict)


def find_defaults(files: Mapping[str, SourceFile]) -> Defaults:
    """Return what the settings nearest to the root say; what contradicts itself is left out."""
    defaults = Defaults()
    for path in sorted(files, key=lambda path: (path.count("/"), path)):
        if any(path == name or path.endswith(f"/{name}") for name in _NAMES):
            try:
                _add(defaults, files[path])
            except InputError:
                defaults.files["damaged"] = files[path].name
    return defaults


def _add(defaults: Defaults, source: SourceFile) -> None:
    value = _value(source)
    if not isinstance(value, dict):
        return
    title = (
        as_text(value.get("title"))
        or as_text(member(value, "params", "title"))
        or as_text(value.get("name"))
    )
    event, year = split_year(title)
    if event and not defaults.event:
        defaults.event, defaults.files["event"] = event, source.name
    years = {found for text in _texts(value, _YEARS) if (found := as_year(text))} | (
        {year} if year else set()
    )
    if len(years) == 1 and defaults.year is None:
        defaults.year, defaults.files["year"] = years.pop(), source.name
    zone = next(filter(_is_zone, _texts(value, _ZONES)), "")
    if zone and not defaults.zone:
        defaults.zone, defaults.files["zone"] = zone, source.name


def _texts(value: dict[str, Any], names: Iterable[str]) -> list[str]:
    groups = (value, *(value.get(name) for name in _GROUPS))
    found = (as_text(member(group, name)) for group in groups for name in names)
    return [text for text in found if text]


def _is_zone(name: str) -> bool:
    try:
        return times.localise(datetime(2000, 1, 1), (name,)) is not None
    except ValueError:
        return False


def _value(source: SourceFile) -> Any:
    if source.path.endswith(".toml"):
        return parse_toml(source.name, source.text())
    if source.path.endswith(".json"):
        return parse(source)
    return parse_yaml(source.name, source.text())[0]
