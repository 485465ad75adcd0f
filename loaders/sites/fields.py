"""Extract times, labels and kind of a session from one object of a static site."""

import re
from typing import Any

from loaders.records.clocks import has_clock
from loaders.records.values import as_text
from loaders.sites.keys import (
    date_of,
    is_left_out,
    is_speakers,
    is_true,
    key_words,
    time_field,
    time_fields,
    title_of,
)
from loaders.sites.people import as_key, texts_in
from loaders.sites.walk import Leaf
from loaders.sites.yaml_values import Entry
from loaders.tables.columns import field_of

BREAKS = re.compile(
    r"break|pauses?|lunch|coffee|registration|breakfast|dinner|service|logistics?|accueil|dejeuner|"
    r"networking break",
    re.I,
)
_KINDS = re.compile(
    r"(?:talk|tutorial|keynote|workshop|panel|sprint|lightning[ -]?talk|plenary|social|break|lunch|"
    r"poster|rest|other)s?",
    re.I,
)
BREAK = "Break"
_KIND_KEYS = ("type", "format", "kind", "category", "group", "talk type", "session type")
_MAX_WRITING_DAYS = 14


def first_text(item: dict[str, Any], name: str) -> str:
    """Return the first text of a key, by its words."""
    return next((as_text(value) for key, value in item.items() if key_words(key) == name), "")


def own_times(item: dict[str, Any]) -> dict[str, str]:
    """Return an object's times; a date with a clock time and no start is the start."""
    found = time_fields(item)
    if "date" in found and not date_of(found["date"]):
        del found["date"]
    elif "start" not in found and has_clock(found.get("date", "")):
        found["start"] = found.pop("date")
    return found


def differ(placed: dict[str, str], own: dict[str, str]) -> bool:
    """Return whether two objects give different starts."""
    return bool(placed.get("start")) and as_key(placed["start"]) not in as_key(own["start"])


def labelled(item: dict[str, Any], name: str) -> str:
    """Return the first text of a field in an object, in whatever key means that field."""
    for key, value in item.items():
        if field_of(key) == name or (name == "track" and key_words(key) == "categories"):
            texts = [part if isinstance(part, str) else title_of(part) for part in texts_in(value)]
            if texts and texts[0]:
                return texts[0]
    return ""


def kind_of(item: dict[str, Any]) -> str:
    """Return what kind of session an object says it is in one of several keys."""
    texts = (first_text(item, key) for key in _KIND_KEYS)
    return next((text for text in texts if _KINDS.fullmatch(text)), "")


def is_break(item: dict[str, Any], session: dict[str, Any]) -> bool:
    """Return whether an object says that its session is a break or the like."""
    if is_true(item, "service", "isServiceSession", "break"):
        return True
    kind = as_text(session.get("kind")) or first_text(item, "type")
    return BREAKS.fullmatch(kind) is not None


def is_kept(key: str, item: dict[str, Any]) -> bool:
    """Return whether a key goes on to the reader: not where it was joined, or says how a page looks."""
    words = key_words(key)
    joined = (
        is_speakers(key)
        or time_field(key)
        or words in ("name", "slug", "key", "slot", "bio", "categories")
    )
    is_label = field_of(key) in ("room", "track", "kind", "level", "source_id", "speakers")
    return not (joined or is_label or is_left_out(key) or words == "title" or (words == "header"))


def drop_page_date(item: Entry) -> None:
    """Drop the date of a page that is placed, or was written, on another day."""
    if "start" not in time_fields(item):
        for key in [key for key in item if key_words(key) == "date"]:
            del item[key]


def writing_days(leaves: list[Leaf], places: dict[int, list[Leaf]]) -> bool:
    """Return whether the dates of pages are the days on which they were written, too many for a conference."""
    days = {
        time_fields(leaf.item)["date"][:10]
        for leaf in leaves
        if leaf.page and "date" in time_fields(leaf.item) and "start" not in time_fields(leaf.item)
    }
    return not places and len(days) > _MAX_WRITING_DAYS
