"""Talks that a site keeps with its speakers: `talk_title` beside a name, `talk` or `talks` inside a person."""

from collections.abc import Iterable, Iterator
from typing import Any

from loaders.records.values import as_text
from loaders.sites.keys import is_reference, key_words, title_of
from loaders.sites.people import as_key, name_of
from loaders.sites.tables import objects_of
from loaders.sites.walk import Leaf
from loaders.sites.yaml_values import Entry
from loaders.tables.columns import field_of

_TITLES = (
    "talk title", "session title", "presentation title", "keynote title", "workshop title", "talktitle",
    "talk name", "session name", "title of talk",
)  # fmt: skip
_OF_TALKS = ("talk", "session", "presentation", "keynote", "workshop", "abstract", "talkabstract")
_FIELDS = {"start", "end", "date", "duration", "room", "track", "level", "kind", "language"}


def talks_of(people: Iterable[tuple[str, Any, str]]) -> list[Leaf]:
    """Return the talks of people as sessions, each once, with all who give it.

    `people` are lists, and pages of one person: file, value, and the page's name.
    """
    found: dict[str, Leaf] = {}
    for file, value, page in people:
        for location, person in [(file, value)] if page else objects_of(value, file):
            name = name_of(person, is_page=bool(page))
            for talk in _talks(person) if name else ():
                item = Entry(talk)
                leaf = found.setdefault(as_key(title_of(item)), Leaf(item, location, {}))
                leaf.item["speakers"] = [*leaf.item.get("speakers", ()), name]
    return list(found.values())


def _talks(person: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the talks of a person, without their speakers."""
    titles = {
        key_words(key): as_text(text) for key, text in person.items() if isinstance(text, str)
    }
    if title := next((titles[name] for name in _TITLES if titles.get(name)), ""):
        yield {
            "title": title,
            **{key: part for key, part in person.items() if _is_said_of_talk(key)},
        }
    for key, value in person.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and is_reference(key) and title_of(part):
                own = {name: it for name, it in part.items() if field_of(name) != "speakers"}
                yield {**own, "title": title_of(part)}


def _is_said_of_talk(key: str) -> bool:
    """Return whether a person's key tells of the talk; a description may be the person's."""
    field = field_of(key)
    return field in _FIELDS or (field == "abstract" and key_words(key).split()[0] in _OF_TALKS)
