"""The people, rooms, tracks and slots of a site, which its sessions name by id, key, slug or name."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from loaders.records.speakers import speaker_names
from loaders.records.values import as_text
from loaders.sites.keys import key_words, time_fields, title_of
from loaders.sites.paths import lookup_field
from loaders.sites.yaml_values import Entry
from service.words import folded

_IDS = (
    "id",
    "key",
    "slug",
    "code",
    "uid",
    "handle",
    "shortname",
    "username",
    "identifier",
    "ref",
    "url",
    "permalink",
)
_NAMES = ("name", "full name", "fullname", "display name", "speaker name")
_SURNAMES = ("surname", "last name", "lastname", "family name")
_AN_ID = re.compile(
    r"\d+|[a-z0-9]+(?:[-_.][a-z0-9]+)+[-_]?|[0-9a-f]{8}-[0-9a-f-]{27}|(?=\D*\d)[A-Za-z0-9]{6,}"
)


def as_key(text: Any) -> str:
    """Return a text as sites make ids from it: in lower case, without accents, signs and spaces."""
    key = re.sub(r"[\W_]+", "-", folded(as_text(text))).strip("-")
    return key or as_text(text).strip()


def last_part(address: str) -> str:
    """Return the last part of an address that is one of the site: "jane-doe" of "/speakers/jane-doe/"."""
    return address.rstrip("/").rpartition("/")[2].removesuffix(".html")


def ids_of(item: dict[str, Any], page: str = "") -> list[str]:
    """Return the keys by which an object may be named: its ids, and its file's name."""
    found: list[str] = []
    for key, value in item.items():
        words = key_words(key)
        if words in _IDS and isinstance(value, (str, int)) and (text := as_text(value)):
            if "://" in text and words in ("url", "permalink"):
                continue
            found.append(as_key(last_part(text) if "/" in text else text))
    return list(dict.fromkeys(filter(None, (*found, as_key(page) if page else ""))))


@dataclass(slots=True)
class People:
    """The names of people by their ids; an id that several people have names none of them."""

    names: dict[str, str] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)
    locations: dict[str, str] = field(default_factory=dict)

    def add(
        self, item: dict[str, Any], location: str, page: str = "", *, is_speaker: bool = True
    ) -> None:
        """Add a person of a list, or of a page of their own; ids of speakers come before those of a team."""
        name = name_of(item, is_page=bool(page))
        if not name:
            return
        own = ids_of(item, page)
        for id in own:
            if is_speaker or id not in self.names:
                self._add_id(id, name, location)
        self.names.setdefault(as_key(name), name)

    def _add_id(self, id: str, name: str, location: str) -> None:
        known = self.names.get(id)
        if known is None:
            self.names[id], self.locations[id] = name, location
        elif folded(known) != folded(name) and id in self.locations:
            self.shared.setdefault(id, [f"{known} ({self.locations[id]})"]).append(
                f"{name} ({location})"
            )

    def find(self, text: str) -> str:
        """Return the name that an id, slug or name stands for; empty if none or several have it."""
        id = as_key(last_part(text) if text.startswith("/") else text)
        return "" if id in self.shared else self.names.get(id, "")


def name_of(item: dict[str, Any], *, is_page: bool) -> str:
    """Return a person's name; that of a page may be its title."""
    found = {
        key_words(key): as_text(value) for key, value in item.items() if isinstance(value, str)
    }
    whole = next((found[name] for name in _NAMES if found.get(name)), "")
    family = next((found[name] for name in _SURNAMES if found.get(name)), "")
    if whole and family and folded(family) not in folded(whole):
        return f"{whole} {family}"
    if whole:
        return whole
    names = speaker_names({key: value for key, value in item.items() if key_words(key) != "title"})
    if names and (family or any(word in found for word in ("first name", "firstname", "first"))):
        return names[0]
    return found.get("title", "") if is_page else ""


def looks_like_id(text: str) -> bool:
    """Return whether a text is an id or a slug, and no name."""
    return _AN_ID.fullmatch(text) is not None


@dataclass(slots=True)
class Lookups:
    """What ids of rooms, tracks, kinds and slots stand for: for each field the objects by id."""

    objects: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def add(self, name: str, items: Iterable[tuple[str, Entry]], page: str = "") -> None:
        """Add the objects of a list or page called `name`."""
        group = lookup_field(name)
        for _, item in items:
            for id in ids_of(item, page):
                self.objects.setdefault(group, {}).setdefault(id, item)

    def label(self, group: str, text: str) -> str:
        """Return what an id stands for; the text itself where it is none."""
        found = self.objects.get(group, {}).get(as_key(text)) if text else None
        return (title_of(found) or text) if found else text

    def times(self, slot: str) -> dict[str, str]:
        """Return the times of a slot; none if there is no such slot."""
        found = self.objects.get("slot", {}).get(as_key(slot)) if slot else None
        return time_fields(found) if found else {}


def texts_in(value: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the texts and objects of a value that may be a list of them."""
    if isinstance(value, (list, tuple)) and depth < 4:
        for part in value:
            yield from texts_in(part, depth + 1)
    elif isinstance(value, dict):
        yield value
    elif text := as_text(value):
        yield text
