"""schedule.xml of frab, pentabarf and pretalx, with rooms around events or without, and of EuroPython."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from loaders.records.cancelled import is_cancelled
from loaders.records.cleaning import split_year
from loaders.records.record import Diagnostic, LinkText, Options, Record
from loaders.records.states import is_said
from loaders.records.values import as_year, join_paragraphs
from loaders.sources.source_file import MAX_FILE_BYTES, SourceFile
from service.errors import InputError

NAME = "schedule.xml"
MAX_DEPTH = 100
_EVENTS = ("event", "entry")
_READ_WHOLE = frozenset(("conference", *_EVENTS))
_BEGUN = frozenset(("day", "room"))  # and read as they start
_BLOCK_SIZE = 2**16
_CLOCK = re.compile(r"(\d{1,2}):?(\d\d)")
_MORNING = 7 * 60
_DIGITS = re.compile(r"([01]\d|2[0-3])([0-5]\d)")


def matches(source: SourceFile, options: Options) -> bool:
    """Whether it is XML with a <schedule> at its root."""
    return source.head_text.startswith("<") and "<schedule" in source.head_text


def read(source: SourceFile, options: Options) -> Iterator[Record | Diagnostic]:
    """Yield a Record for each event at any depth: files of 2007 to 2012 have no room elements."""
    conference, day, room, count = Element("conference"), _Day(), "", 0
    series, year = "", None
    for action, element in _elements(source):
        if action == "start":
            if element.tag == "day":
                day, room = _Day(element.get("date", ""), _begin(conference, element)), ""
            elif element.tag == "room" and element.get("name"):
                room = element.get("name", "")
        elif element.tag == "conference":
            conference = element
            series, title_year = split_year(_text(element, "title") or _text(element, "acronym"))
            year = title_year or as_year(_text(element, "start")[:4])
        elif element.tag in _EVENTS:
            count += 1
            record = _record(element, source.name, day, room)
            record.event, record.year = series, year
            record.zone = _text(conference, "time_zone_name")
            yield record
            element.clear()
    if not count:
        raise InputError(f"{source.name} holds no event. Export the schedule again.")


@dataclass(slots=True)
class _Day:
    """A day of a conference, which may go on after midnight; `begins` and the latest starts are minutes."""

    date: str = ""
    begins: int | None = None
    latest: dict[str, int] = field(default_factory=dict)

    def date_of(self, start: str, room: str) -> str:
        """Return the date of a start: the next day's, at night, before the day begins or after later events."""
        minutes = _minutes(start)
        if minutes is None:
            return self.date
        before = self.latest.get(room, 0) if self.begins is None else self.begins
        self.latest[room] = max(minutes, self.latest.get(room, 0))
        if not minutes < min(before, _MORNING):
            return self.date
        try:
            return (date.fromisoformat(self.date) + timedelta(days=1)).isoformat()
        except (ValueError, OverflowError):
            return self.date


def _begin(conference: Element, day: Element) -> int | None:
    """Return when a day begins, in minutes: by its own start, or by the conference's change of days."""
    own = _minutes(day.get("start", "").partition("T")[2])
    return _minutes(_text(conference, "day_change")) or None if own is None else own


def _minutes(clock: str) -> int | None:
    match = _CLOCK.match(clock)
    return int(match[1]) * 60 + int(match[2]) if match else None


def _record(event: Element, name: str, day: _Day, room: str) -> Record:
    parts = {child.tag: child for child in reversed(event)}  # the first of each tag

    def text(tag: str) -> str:
        found = parts.get(tag)
        return "" if found is None else _text(found)

    id = event.get("id") or event.get("code") or event.get("guid") or ""
    own_date, start = text("date"), text("start")
    room = text("room") or room
    if digits := _DIGITS.fullmatch(start):
        start = f"{digits[1]}:{digits[2]}"
    return Record(
        location=f"{name}#event {id}",
        source_id=id,
        title=text("title"),
        abstract=join_paragraphs(text(key) for key in ("subtitle", "abstract", "description")),
        speakers=list(_names(event)),
        track=text("track"),
        level=text("audience"),
        kind=text("type") or text("category"),
        language=text("language"),
        room=room,
        start=own_date
        if "T" in own_date
        else f"{own_date or day.date_of(start, room)} {start}".strip(),
        duration=text("duration"),
        url=text("url"),
        cancelled=any(is_cancelled(text(tag)) for tag in ("state", "status"))
        or any(is_said(text(tag)) for tag in ("cancelled", "canceled")),
        links=[
            LinkText(link.get("href", ""), _text(link), link.get("type", ""))
            for tag in ("attachment", "link")
            for link in event.iter(tag)
        ],
        tags=[_text(topic) for topic in event.iter("topic")],
    )


def _names(event: Element) -> Iterator[str]:
    for person in event.iter("person"):
        yield _text(person) or person.get("name", "")
    for speaker in event.iter("speaker"):
        yield _text(speaker, "name") or speaker.get("name", "")


def _elements(source: SourceFile) -> Iterator[tuple[str, Element]]:
    """Yield days and rooms as they start, and what is read whole as it ends.

    Raises InputError for a document type, and so for entities.
    """
    if source.size > MAX_FILE_BYTES:
        raise InputError(f"{source.name} is larger than {MAX_FILE_BYTES // 2**20} MiB. Split it.")
    parser = _Parser(source.name)
    with source.open() as stream:
        while block := stream.read(_BLOCK_SIZE):
            yield from parser.feed(block)
    yield from parser.feed(b"")


class _Parser:
    """Parser target that builds only the needed subtrees, which bounds memory."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._whole = 0  # how many of the open elements are read whole
        self._builder = TreeBuilder()
        self._found: list[tuple[str, Element]] = []
        self._expat = ParserCreate(namespace_separator="}")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end

    def feed(self, block: bytes) -> Iterator[tuple[str, Element]]:
        """Yield what was found in a block, an empty one at the end; then raise InputError if it is damaged."""
        problem = None
        try:
            self._expat.Parse(block, not block)
        except InputError as error:
            problem = error
        except ExpatError as error:
            place = f"{self._name}:{error.lineno}:{error.offset}"
            problem = InputError(f"{place}: not valid XML ({error}). Export the schedule again.")
        except (LookupError, ValueError) as error:
            what = f"is in an encoding that is not known ({error}). Save it as UTF-8."
            problem = InputError(f"{self._name} {what}")
        yield from self._found
        self._found.clear()
        if problem:
            raise problem

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InputError(
                f"{self._name} nests more than {MAX_DEPTH} deep. Export the schedule again."
            )
        if tag in _READ_WHOLE:
            self._whole += 1
            self._expat.CharacterDataHandler = self._builder.data
        if self._whole:
            self._builder.start(tag, attributes)
        if tag in _BEGUN:
            self._found.append(("start", Element(tag, attributes)))

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if not self._whole:
            return
        element = self._builder.end(tag)
        if tag in _READ_WHOLE:
            self._whole -= 1
            self._found.append(("end", element))
            if not self._whole:
                self._builder = TreeBuilder()
                self._expat.CharacterDataHandler = None

    def _refuse_doctype(self, *_: object) -> None:
        raise InputError(
            f"{self._name} declares a document type or entities, which can expand without end. "
            "Remove the <!DOCTYPE ...> part and load it again."
        )


def _text(element: Element, child: str = "") -> str:
    found = element.find(child) if child else element
    return "" if found is None else _inner_markup(found).strip()


def _inner_markup(element: Element) -> str:
    """Return the text of an element with its tags: markup is removed later, as from escaped text."""
    if not len(element):
        return element.text or ""
    parts = [element.text or ""]
    for child in element:
        tag = child.tag.rpartition("}")[2]
        parts += [f"<{tag}>", _inner_markup(child), f"</{tag}>", child.tail or ""]
    return "".join(parts)
