"""Which field a column or key means: by headers.ini, a table of synonyms, or as the caller maps it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from loaders.records.record import Options
from loaders.tables.header_words import compose_field
from service.errors import InputError
from service.words import folded

_PERSONAL = re.compile(
    r"\b(e ?mail|mail|correo|courriel|phone|telephone|telefon\w*|telefono|tel|mobile|handy|movil|cell)\b"
)
_NUMBERED = re.compile(r"(.*\D) \d{1,2}")
_IN_UTC = re.compile(r"(.+) (?:in )?(?:utc|gmt)")
_TIME_FIELDS = {"date", "start", "end"}
_NUMBERED_FIELDS = {"speakers", "tags", "first_name", "last_name", "abstract"}
_MAX_LISTED = 20
_NAME = "name"
_BLOCKS = "sessions"  # that a paper is shown in
_TALK_FIELDS = {"start", "start_hour", "date", "track", "room", "duration"}
_OF_ROOMS = re.compile(  # rather than of the place that these are in, as "Location" beside "Room" is
    r"\b(room|raum|raumname|saal|sala|salle|salon|aula|stanza|stage|buhne|hall|horsaal|microlocation|"
    r"auditorium|auditorio)\b"
)
_NOT_OF_TALKS = re.compile(
    r"\b(capacity|seats|bio|biography|about me|kapazitat|platze|biografie|biografia|biographie|"
    r"capacidad|capacite|capacita|capacidade|company|employer|logo|photo)\b"
)


@cache
def synonyms() -> Mapping[str, str]:
    """Return for each header key of headers.ini the field that it means."""
    found: dict[str, str] = {}
    field = ""
    for line in Path(__file__).with_name("headers.ini").read_text("utf-8").splitlines():
        if line.startswith("["):
            field = line[1:-1]
        elif line and not line.startswith("#"):
            found[line if line.isascii() else header_key(line)] = field
    return MappingProxyType(found)


@cache
def list_fields() -> tuple[str, ...]:
    """Return the fields that a column can be mapped to."""
    return tuple(dict.fromkeys(synonyms().values()))


@lru_cache(maxsize=4096)
def header_key(header: str) -> str:
    """Return a header without case, accents and punctuation, as the synonym table is keyed."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.sub(r"[\W_]+", " ", folded(spaced)).split())


@lru_cache(maxsize=4096)
def field_of(header: str) -> str:
    """Return the field that a header means, "" if none: "Vortragende 2" are speakers, "Start (UTC)" a start."""
    key = header_key(header)
    if field := synonyms().get(key, ""):
        return field
    if in_utc := _IN_UTC.fullmatch(key):
        field = synonyms().get(in_utc[1], "") or compose_field(in_utc[1])
        return field if field in _TIME_FIELDS else ""
    numbered = _NUMBERED.fullmatch(key)
    field = synonyms().get(numbered[1], "") if numbered else ""
    return field if field in _NUMBERED_FIELDS else compose_field(key)


def header_zone(headers: Sequence[str]) -> str:
    """Return "UTC" if the first of these headers says so, as "Start (UTC)" does; else ""."""
    return "UTC" if headers and _IN_UTC.fullmatch(header_key(headers[0])) else ""


def not_understood(headers: Sequence[str], what: str) -> str:
    """Return a message that lists columns or keys that mean no field; `what` is "columns" or "keys"."""
    names = ", ".join(header[:40] for header in headers[:_MAX_LISTED])
    more = f" and {len(headers) - _MAX_LISTED} more" if len(headers) > _MAX_LISTED else ""
    return f"{what} not understood: {names}{more}"


def map_columns(headers: Iterable[str], options: Options) -> tuple[dict[str, list[str]], list[str]]:
    """Return for each field the headers that mean it, and the headers that mean none.

    The caller's mapping overrides the synonyms; a column that it names and that is missing is reported. Columns
    of e-mail addresses and telephone numbers are never used. "Name" means titles only among columns of talks.
    Raises InputError if the caller maps to a field that does not exist.
    """
    chosen = {header_key(column): field for column, field in options.columns}
    for column, field in options.columns:
        if field not in list_fields():
            raise InputError(
                f'--map "{column}={field}": there is no field {field!r}. '
                f"Fields: {', '.join(list_fields())}."
            )
    there = dict.fromkeys(headers)
    keys = {header_key(header) for header in there}
    chosen = {key: field for key, field in chosen.items() if key in keys}
    columns: dict[str, list[str]] = {}
    unknown: list[str] = []
    for header in there:
        key = header_key(header)
        field = chosen.get(key) or ("" if _PERSONAL.search(key) else field_of(header))
        if field and (field in chosen.values()) and key not in chosen:
            field = ""  # the caller named another column for this field
        if field:
            columns.setdefault(field, []).append(header)
        elif key and not _PERSONAL.search(key):
            unknown.append(header)
    names = [header for header in there if is_name(header)] if _NAME not in chosen else []
    others = {
        field: kept
        for field, found in columns.items()
        if (kept := [header for header in found if header not in names])
    }
    if names and "title" not in columns and _describe_talks(others, keys):
        columns = {"title": names, **others}
        unknown = [header for header in unknown if header not in names]
    _split_surnames(columns)
    if {"title", "speakers"} <= columns.keys() and _BLOCKS in keys:
        columns.setdefault("tags", []).extend(it for it in unknown if header_key(it) == _BLOCKS)
        unknown = [header for header in unknown if header_key(header) != _BLOCKS]
    columns.get("room", []).sort(key=lambda header: not _OF_ROOMS.search(header_key(header)))
    missing = missing_columns(there, options)
    return columns, [*unknown, *(f"{column} (mapped, but not there)" for column in missing)]


def _split_surnames(columns: dict[str, list[str]]) -> None:
    """Take "surname" beside "last name" for the first name, as tables from French ("prénom") mean it."""
    families = columns.get("last_name", [])
    surnames = [header for header in families if header_key(header).endswith("surname")]
    if "first_name" not in columns and len(families) == 2 and len(surnames) == 1:
        columns["first_name"] = surnames
        columns["last_name"] = [header for header in families if header not in surnames]


def missing_columns(headers: Iterable[str], options: Options) -> list[str]:
    """Return the columns that the caller maps and that are not among the headers."""
    keys = set(map(header_key, headers))
    return [column for column, _ in options.columns if header_key(column) not in keys]


def is_name(header: str) -> bool:
    """Return whether a header says "name", which may be that of a talk, a speaker or a room."""
    return header_key(header) == _NAME


def _describe_talks(columns: dict[str, list[str]], keys: set[str]) -> bool:
    """Return whether the columns beside "Name" are those of talks, and not of people or rooms."""
    if "speakers" in columns:
        return True
    of_others = any(_NOT_OF_TALKS.search(key) or _PERSONAL.search(key) for key in keys)
    return not of_others and ("abstract" in keys or not _TALK_FIELDS.isdisjoint(columns))
