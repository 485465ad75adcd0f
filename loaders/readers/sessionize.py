"""Sessionize: the views All, Sessions and GridSmart of its API."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from loaders.json_objects.values import no_sessions, objects, parse
from loaders.records.links import list_links
from loaders.records.record import Diagnostic, Options, Record
from loaders.records.speakers import speaker_names
from loaders.records.values import as_text
from loaders.sources.source_file import SourceFile
from loaders.tables.columns import field_of
from service.words import folded

NAME = "sessionize"
_FIELDS = ("track", "level", "language", "kind")
_YES_OR_NO = re.compile(r"(?:yes|no|ja|nein|si|oui|non|sim|nao|maybe|true|false)\b")
_OTHER_LANGUAGE = re.compile(r"\b(?:programming|coding|programmier)")

Labels = Mapping[str, tuple[str, str]]
"""For each category item's id, the category's title and the item's name."""


def matches(source: SourceFile, options: Options) -> bool:
    """Whether it is JSON with keys that only Sessionize has."""
    head = source.head_text
    return head.startswith(("{", "[")) and (
        '"isServiceSession"' in head or ('"tagLine"' in head and '"fullName"' in head)
    )


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each session of any of the views."""
    value = parse(source)
    view = value if isinstance(value, dict) else {}
    sessions = list(_sessions(value))
    if not sessions:
        yield no_sessions(
            source, "holds no sessions. Export the view All or Sessions from Sessionize."
        )
    speakers = {as_text(item.get("id")): item for item in objects(view.get("speakers"))}
    rooms = {as_text(item.get("id")): as_text(item) for item in objects(view.get("rooms"))}
    labels = _labels(view.get("categories"))
    for session in sessions:
        location = f"{source.name}#session {as_text(session.get('id'))}"
        yield _record(session, location, speakers, rooms, labels)


def _sessions(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the sessions of the view All (an object), Sessions (groups) or GridSmart (days with rooms).

    A list of nothing but sessions, as some save it from All, is read too.
    """
    for group in [value] if isinstance(value, dict) else objects(value):
        if "isServiceSession" in group and "sessions" not in group:
            yield group
            continue
        if "fullName" in group:
            continue  # a speaker, whose sessions are only named
        yield from objects(group.get("sessions"))
        for room in objects(group.get("rooms")):
            yield from objects(room.get("sessions"))


def _record(
    session: dict[str, Any],
    location: str,
    speakers: Mapping[str, Any],
    rooms: Mapping[str, str],
    labels: Labels,
) -> Record:
    people = session.get("speakers")
    named = people if isinstance(people, list) else []
    record = Record(
        location=location,
        source_id=as_text(session.get("id")),
        title=as_text(session.get("title")),
        abstract=as_text(session.get("description")),
        speakers=[
            name
            for person in named
            for name in speaker_names(
                [speakers.get(as_text(person), {}) if not isinstance(person, dict) else person]
            )
        ],
        room=as_text(session.get("room")) or rooms.get(as_text(session.get("roomId")), ""),
        start=as_text(session.get("startsAt")),
        end=as_text(session.get("endsAt")),
        url=as_text(session.get("liveUrl")) or as_text(session.get("recordingUrl")),
        links=list_links([session.get("liveUrl"), session.get("recordingUrl")], "recording"),
        service=True if session.get("isServiceSession") is True else None,
        states=[as_text(session.get("status"))],
    )
    _add_labels(record, session, labels)
    return record


def _add_labels(record: Record, session: dict[str, Any], labels: Labels) -> None:
    """Set track, level, language and kind from items of categories, known by the category's title."""
    items = session.get("categoryItems")
    named = [labels.get(as_text(item)) for item in items] if isinstance(items, list) else []
    inside = list(_labels(session.get("categories")).values())
    tags = []
    for category, item in (label for label in (*named, *inside) if label):
        field = _field(category)
        if field and not getattr(record, field):
            setattr(record, field, item)
        else:
            tags.append(item)
    record.tags = tags


def _field(category: str) -> str:
    """Return the field that a category's title means, as a whole or by the only one among its words.

    Titles are often questions: "What track does it fit?".
    """
    if _OTHER_LANGUAGE.search(folded(category)):
        return ""
    if (whole := field_of(category)) in _FIELDS:
        return whole
    words = {field for word in category.split() if (field := field_of(word)) in _FIELDS}
    return words.pop() if len(words) == 1 else ""


def _labels(categories: Any) -> Labels:
    """Return the items that say something; "Yes" to a question about the speaker does not."""
    return {
        as_text(item.get("id")): (
            as_text(category.get("title") or category.get("name")),
            as_text(item.get("name")),
        )
        for category in objects(categories)
        for item in objects(category.get("items") or category.get("categoryItems"))
        if not _YES_OR_NO.match(folded(as_text(item.get("name"))))
    }
