"""People that hold their talks: a list of speakers with `talk` or `talks` inside becomes one of sessions."""

import re
from collections.abc import Iterator
from typing import Any

from loaders.json_objects.keyed import entries_of
from loaders.json_objects.names import is_room, is_session_list, meaning
from loaders.records.day_headings import parse_day_heading
from loaders.records.speakers import speaker_names
from loaders.records.values import as_text
from loaders.tables.columns import field_of, header_key

_MAX_DEPTH = 4
_TITLES = ("title", "name")
_SESSIONS = "sessions"
_NAMES = ("name", "first", "last", "display name", "public name")
_WHEN_AND_WHERE = {"start", "end", "date", "duration", "room", "track", "kind", "level", "language"}
_OF_PEOPLE = re.compile(
    r"\b(?:bio|biography|biografie|biografia|company|affiliation|institution|employer|job ?title|pronouns|"
    r"avatar|headshot|portrait|first ?name|last ?name|given ?name|family ?name|surname|tag ?line|speaker|"
    r"author|presenter)\b"
)
_OF_GROUPS = re.compile(
    r"\b(?:tracks?|stages?|sessions?|days?|slots?|blocks?|keynotes?|workshops?|morning|afternoon|evening)\b"
)
_NAME = re.compile(r"[^\W\d_][\w'’-]+(?: (?:[^\W\d_]\.|[^\W\d_][\w'’.-]*)){1,3}")
_MOST_TALKS = 2
"""Of a person; a room or a track mostly has more."""


def arrange_people(value: Any, name: str = "", depth: int = 0) -> Any:
    """Return a value with lists of sessions in the place of lists of people who hold them.

    `name` is what the value is called: its key, or its file's name.
    """
    if depth > _MAX_DEPTH or not isinstance(value, (dict, list)):
        return value
    items = _items(value, name)
    if any(map(_may_be_talks, set().union(*items))) and _are_people(items, name):
        return list(_sessions(items))
    if not isinstance(value, dict):
        return value
    found = {key: arrange_people(item, str(key), depth + 1) for key, item in value.items()}
    changed = [key for key in found if found[key] is not value[key]]
    titles = {_key(item) for key in found if key not in changed for item in _titled(value[key])}
    for key in (key for key in changed if isinstance(found[key], list)):
        if all(_key(item) in titles for item in found[key]):
            found[key] = _without_talks(value[key])  # a list beside it says more of them
        elif _SESSIONS not in found:
            found[_SESSIONS] = found.pop(key)
    return found if changed else value


def _items(value: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects of a list, or of an object that is keyed by ids."""
    if isinstance(value, dict) and meaning((name,)) == "speakers":
        return [item for item in value.values() if isinstance(item, dict)]
    entries = entries_of(value, name)
    return [item for _, item in entries if isinstance(item, dict)] if entries else []


def _without_talks(people: Any) -> Any:
    if isinstance(people, list):
        return [_without_talks(person) for person in people]
    if not isinstance(people, dict):
        return people
    if not any(map(_may_be_talks, people)):
        return {key: _without_talks(person) for key, person in people.items()}
    return {key: part for key, part in people.items() if not _may_be_talks(key)}


def _talks(item: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the talks that a person holds: the objects with titles under a key such as `talk`."""
    found = [part for key, part in item.items() if _may_be_talks(key)]
    parts = [it for part in found for it in (part if isinstance(part, list) else [part])]
    return [part for part in parts if isinstance(part, dict) and _title(part)]


def _may_be_talks(key: str) -> bool:
    return is_session_list((key,)) or is_session_list((f"{key}s",))


def _are_people(items: list[dict[str, Any]], name: str) -> bool:
    """Return whether objects are people, and no days, rooms or tracks with their talks."""
    called = meaning((name,))
    if called in ("room", "track", "date", "start", "kind", "level"):
        return False
    names = list(map(_name, items))
    talks = list(map(_talks, items))
    if not any(talks) or not all(names):
        return False
    if any(is_room(name) or parse_day_heading(name) is not None for name in names):
        return False
    keys = map(header_key, set().union(*items))
    if called == "speakers" or any(map(_OF_PEOPLE.search, keys)):
        return True
    are_told = any(field_of(key) == "speakers" for held in talks for it in held for key in it)
    is_one_each = max(map(len, talks)) <= _MOST_TALKS
    return not are_told and is_one_each and all(map(_looks_like_name, names))


def _looks_like_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and not _OF_GROUPS.search(text.lower())


def _name(item: dict[str, Any]) -> str:
    """Return a person's name; empty for an object with a title of its own that is no job's."""
    own = {key: part for key, part in item.items() if _of_name(key) and part}
    if all(field_of(key) == "speakers" and header_key(key) not in _NAMES for key in own) and any(
        header_key(key) == "title" for key in item
    ):
        return ""  # a block of talks with its chair
    return next(iter(speaker_names(own)), "")


def _of_name(key: str) -> bool:
    return field_of(key) in ("speakers", "first_name", "last_name") or header_key(key) in _NAMES


def _sessions(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the talks of people, each once, with the names of all who hold it."""
    found: dict[str, dict[str, Any]] = {}
    for person in items:
        talks = _talks(person)
        for talk in talks:
            own = _of_person(person) if len(talks) == 1 else {}
            session = found.setdefault(_key(talk), {**own, **talk, "title": _title(talk)})
            names = session.get("speakers")
            session["speakers"] = [
                *(names if isinstance(names, list) else [names or ""]),
                _name(person),
            ]
    for session in found.values():
        session["speakers"] = list(dict.fromkeys(filter(None, session["speakers"])))
        if session.get("name") == session["title"]:
            del session["name"]
        yield session


def _of_person(person: dict[str, Any]) -> dict[str, Any]:
    """Return what stands beside a person's only talk and is said of it: when and where it is."""
    return {
        key: part
        for key, part in person.items()
        if field_of(key) in _WHEN_AND_WHERE and not isinstance(part, (dict, list))
    }


def _title(talk: dict[str, Any]) -> str:
    return next((text for key in _TITLES if (text := as_text(talk.get(key)))), "")


def _key(talk: dict[str, Any]) -> str:
    return header_key(_title(talk))


def _titled(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and _title(item):
            yield item
