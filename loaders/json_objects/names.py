"""What the names of lists and the keys of objects say about what is inside."""

import re
from functools import lru_cache

from loaders.records.clocks import starts_with_clock
from loaders.records.day_headings import parse_day_heading
from loaders.tables.columns import field_of, header_key

EACH = "[]"
Path = tuple[str, ...]
"""The keys to a list from the outermost value; for any item of a list on the way, "[]"."""

_SESSION_LISTS = {
    "events", "contributions", "presentations", "papers", "lectures", "submissions", "items", "keynotes",
    "workshops", "tutorials", "posters", "notes", "entries",
}  # fmt: skip
_OTHER_LISTS = {
    "sponsors", "partners", "exhibitors", "organizers", "organisers", "news", "tickets", "faqs", "questions",
    "answers", "categories", "resources", "attachments", "files", "images", "videos", "comments", "reviews",
    "team", "blog", "gallery", "posts", "pages", "menu",
}  # fmt: skip
_OTHER_LIST_FIELDS = {
    "speakers", "first_name", "last_name", "track", "level", "language", "room", "date", "tags", "url", "links",
    "slides", "recording",
}  # fmt: skip
_PLURAL_FIELDS = {"start", "title", "speakers", "track", "room", "kind", "level", "tags"}
_GROUPS = {"date", "start", "room", "track"}
_BY = re.compile(r"^(?:(?:sessions|talks|events|schedule|programme|program) )?by ")
_DATE = re.compile(r"(?:19|20|21)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])")
_ISO = re.compile(rf"{_DATE.pattern}[T ]\d\d:\d\d.*")
_HALF = r"(?:\s?[ap]\.?m\.?|\s?uhr)?"
_TIME = rf"\d{{1,2}}(?:[:h]\d\d(?::\d\d)?{_HALF}|\s?[ap]\.?m\.?)"
_CLOCK = re.compile(rf"{_TIME}(?:\s*(?:-|–|—|to|bis)\s*{_TIME})?", re.I)
_ID = re.compile(
    r"\d+|(?=\D*\d)[A-Z0-9_-]{2,40}|(?=[^\d]*\d)[0-9a-f-]{8,40}|-[\w-]{19}|[A-Za-z0-9]{20}"
)
_ROOM = re.compile(
    r"\b(?:room|hall|auditorium|aula|saal|raum|horsaal|sala|salle|stage|buhne|theat(?:re|er)|ballroom|lounge|"
    r"amphi\w*|salon)\b"
)
_MAX_KEY = 60


@lru_cache(maxsize=4096)
def key_field(key: str) -> str:
    """Return the field whose value a key certainly is: a date, or a clock time ("start"); else ""."""
    if not 1 < len(key) <= _MAX_KEY or not any(map(str.isdigit, key)):
        return ""
    if _CLOCK.fullmatch(key) or _ISO.fullmatch(key):
        return "start"
    if _DATE.fullmatch(key):
        return "date"
    is_written = re.search(r"[^\W\d_]{3}|[./]", key) and not starts_with_clock(key)
    return "date" if is_written and parse_day_heading(key) else ""


def is_id(key: str) -> bool:
    """Return whether a key can only be an id: a number, a code, a UUID, one of Firebase's."""
    return _ID.fullmatch(key) is not None


def is_room(key: str) -> bool:
    """Return whether a key says that it names a room: "Hall 2", "Aula Magna"."""
    return _ROOM.search(header_key(key)) is not None


def group_field(name: str) -> str:
    """Return the field that groups in a list of this name share: "room" for "rooms" and "byRoom"; else ""."""
    field = _field(_BY.sub("", header_key(name)))
    return field if field in _GROUPS else ""


def is_plural(name: str) -> bool:
    """Return whether a name is that of many sessions, speakers, rooms or the like."""
    key = header_key(name)
    return key in _SESSION_LISTS or (
        key.endswith("s") and field_of(key.removesuffix("s")) in _PLURAL_FIELDS
    )


def is_known(key: str) -> bool:
    """Return whether a key is a word of programmes, and so no id and no name of a room."""
    key = header_key(key)
    return bool(
        key in _SESSION_LISTS
        or key in _OTHER_LISTS
        or field_of(key)
        or field_of(key.removesuffix("s"))
        or key in ("days", "schedule", "programme", "program", "agenda", "config", "meta", "data")
    )


def list_name(path: Path) -> str:
    """Return the last key of a path, as synonyms are keyed."""
    return header_key(next((key for key in reversed(path) if key != EACH), ""))


def meaning(path: Path) -> str:
    """Return the field that a list's name means: that of "room" for "rooms"."""
    return _field(list_name(path))


def is_other_list(path: Path) -> bool:
    """Return whether a list's name means something other than sessions: speakers, rooms."""
    return list_name(path) in _OTHER_LISTS or meaning(path) in _OTHER_LIST_FIELDS


def is_session_list(path: Path) -> bool:
    """Return whether a list's name means sessions, in one of many words."""
    return list_name(path) in _SESSION_LISTS or meaning(path) == "title"


def _field(key: str) -> str:
    """Return the field of a key or of its singular; "data" is no date, as it is in Italian."""
    return "" if key == "data" else field_of(key) or field_of(key.removesuffix("s"))
