"""The events of schema.org on a page: which of them are sessions, and which the conference around them.

An event that has others inside (`subEvent`), or that others name as theirs (`superEvent`), is around these: the
outermost is the conference, one between it and a session is the session's track. An event with performers of
its own is a session even so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from loaders.pages.page import local_name
from loaders.pages.values import Node, listed, text_of
from loaders.records.cleaning import split_year
from loaders.records.day_headings import parse_day_heading
from service.words import folded

_MAX_DEPTH = 30
_MAX_PARENTS = 8
_EVENTS = {"Festival", "Hackathon", "CourseInstance", "EventSeries"}
_NO_EVENTS = {
    "PublicationEvent", "DeliveryEvent", "SaleEvent", "BroadcastEvent", "OnDemandEvent",
}  # fmt: skip
_INSIDE = ("subEvent", "subEvents")
_AROUND = ("superEvent", "superEvents")
_BESIDE = ("event", "events", "hasPart", "itemListElement", "item")
PERFORMERS = ("performer", "performers", "actor", "actors")


@dataclass(frozen=True, slots=True)
class Found:
    """A session's event, the conference that it is part of, and its track; {} and "" where there is none."""

    node: Node
    conference: Node
    track: str = ""


@dataclass(slots=True)
class Events:
    """What is on a page: sessions, and conferences with nothing inside."""

    sessions: list[Found] = field(default_factory=list)
    conferences: list[Node] = field(default_factory=list)


def find_events(values: list[Any], event: str = "") -> Events:
    """Return the events in the values of a page; `event` is what the caller calls the conference."""
    graph = _Graph(values)
    found = Events()
    single: list[Node] = []
    for node in graph.events.values():
        above = graph.above(node)
        if graph.is_around(node) and not performs(node):
            continue
        if above:
            filled = graph.fill(node), graph.fill(above[-1])
            found.sessions.append(Found(*filled, _track(above[:-1])))
        elif _is_conference(node, event):
            found.conferences.append(node)
        else:
            single.append(graph.fill(node))
    around = found.conferences[0] if len(found.conferences) == 1 else {}
    found.sessions += [Found(node, around if _is_within(node, around) else {}) for node in single]
    return found


def performs(node: Node) -> bool:
    """Return whether an event has performers."""
    return any(node.get(key) for key in PERFORMERS)


class _Graph:
    """The events of a page, each once, and what they are part of."""

    def __init__(self, values: list[Any]) -> None:
        self.events: dict[int, Node] = {}
        self._named: dict[str, Node] = {}
        self._parents: dict[int, Node] = {}
        self._around: set[int] = set()
        self._seen: set[int] = set()  # other objects
        self._made: list[Node] = []  # kept, since the ids of nodes are keys here
        for node in _objects(values, set()):
            identifier = node.get("@id")
            if isinstance(identifier, str) and len(node) > len(self._named.get(identifier, ())):
                self._named[identifier] = node
        self._collect(values, None)

    def above(self, node: Node) -> list[Node]:
        """Return what an event is part of, the nearest first."""
        found: list[Node] = []
        while (parent := self._parents.get(id(node))) is not None and len(found) < _MAX_PARENTS:
            if parent is node or any(parent is one for one in found):
                break
            found.append(parent)
            node = parent
        return found

    def is_around(self, node: Node) -> bool:
        """Return whether other events are part of an event."""
        return id(node) in self._around

    def fill(self, node: Node) -> Node:
        """Return an event with what it refers to in the place of the references."""
        return {key: self._filled(value) for key, value in node.items()}

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolve(item) if isinstance(item, dict) else item for item in value]
        return self._resolve(value) if isinstance(value, dict) else value

    def _collect(self, value: Any, parent: Node | None, depth: int = 0) -> None:
        """Keep the events in a value, as parts of a parent if there is one."""
        if depth > _MAX_DEPTH:
            return
        if isinstance(value, list):
            for item in value:
                self._collect(item, parent, depth + 1)
        elif isinstance(value, dict):
            node = self._resolve(value)
            if is_event(node):
                self._keep(node, parent, depth)
            elif id(node) not in self._seen:
                self._seen.add(id(node))
                for item in node.values():
                    self._collect(item, None, depth + 1)

    def _keep(self, node: Node, parent: Node | None, depth: int) -> None:
        if parent is not None:
            self._link(node, parent)
        if id(node) in self.events:
            return
        self.events[id(node)] = node
        for key in _AROUND:
            for value in listed(node.get(key)):
                around = self._resolve(value if isinstance(value, dict) else self._make(value))
                if text_of(around):
                    self._link(node, around)
                    self._collect(around, None, depth + 1)
        for keys, above in ((_INSIDE, node), (_BESIDE, None)):
            for key in keys:
                self._collect(node.get(key), above, depth + 1)

    def _link(self, node: Node, parent: Node) -> None:
        if parent is not node:
            self._parents.setdefault(id(node), parent)
            self._around.add(id(parent))

    def _make(self, value: Any) -> Node:
        """Return the object that a text names: by its id on the page, or by its name."""
        text = text_of(value)
        node = self._named.get(text) or {"name": "" if "://" in text else text}
        self._made.append(node)
        return node

    def _resolve(self, value: Node) -> Node:
        """Return the object on the page that a reference stands for."""
        identifier = value.get("@id")
        if isinstance(identifier, str) and value.keys() <= {"@id", "@type"}:
            return self._named.get(identifier, value)
        return value


def is_event(node: Node) -> bool:
    """Return whether an object is an event that takes place."""
    types = [local_name(name) for name in listed(node.get("@type")) if isinstance(name, str)]
    return any(
        name in _EVENTS or (name.endswith("Event") and name not in _NO_EVENTS) for name in types
    )


def _objects(value: Any, seen: set[int], depth: int = 0) -> Iterator[Node]:
    """Yield the objects in a value, at any depth, each once: one may be several properties of another."""
    if depth > _MAX_DEPTH or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)):
                yield from _objects(item, seen, depth + 1)


def _track(between: Iterable[Node]) -> str:
    """Return the name of the nearest event between a session and its conference that is no day."""
    names = (text_of(node) for node in between)
    return next((name for name in names if name and parse_day_heading(name) is None), "")


def _is_conference(node: Node, event: str) -> bool:
    """Return whether an event on its own is a conference: without performers, and of days or of that name."""
    if performs(node):
        return False
    name = folded(split_year(text_of(node))[0])
    is_named = bool(name) and name == folded(split_year(event)[0])
    return is_named or _lasts(node) >= timedelta(days=1)


def _lasts(node: Node) -> timedelta:
    """Return how long an event lasts by its local times, nothing where that is unknown."""
    start, end = (text_of(node.get(key))[:16] for key in ("startDate", "endDate"))
    try:
        first, last = (datetime.fromisoformat(text).replace(tzinfo=None) for text in (start, end))
        return last - first
    except ValueError:
        return timedelta(0)


def _is_within(node: Node, conference: Node) -> bool:
    """Return whether an event takes place in the days of a conference."""
    day = text_of(node.get("startDate"))[:10]
    first, last = (text_of(conference.get(key))[:10] for key in ("startDate", "endDate"))
    return bool(first and day) and first <= day <= last
