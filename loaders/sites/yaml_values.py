"""YAML as texts, lists and objects: scalars stay as written, nothing is constructed, and size is bounded.

YAML 1.1 makes 600 of 10:00, a boolean of "on", a number of 012: so scalars are never resolved.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from service.errors import InputError

MAX_DEPTH = 50
MAX_VALUES = 500_000
"""Values of a document, those of an alias counted each time that it stands for them."""

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "binary")
}
_NULLS = {"", "~", "null", "Null", "NULL"}
_MERGE = "<<"
_REMEDY = "Indent with spaces, not tabs, and put what begins with @, % or ` in quotes."


class Entry(dict[str, Any]):
    """An object of a file, and the line that it begins on."""

    line = 0


class _Frame:
    """A list or object that is being read: its value, its anchor, the key whose value comes next."""

    def __init__(self, value: Any, anchor: str | None, line: int) -> None:
        self.value, self.anchor, self.line = value, anchor, line
        self.key: str | None = None
        self.merged: list[Any] = []
        self.size = 1


def parse_yaml(name: str, text: str, first_line: int = 1) -> tuple[Any, list[str]]:
    """Return the value of YAML text and notes on keys that are given twice, each with its line.

    The value of several documents is a list of theirs. `first_line` is the line of the file that the text
    begins on. Raises InputError with the line for YAML that is damaged, nests too deeply, names types to
    construct, or expands to too much.
    """
    builder = _Builder(name, first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise builder.damaged(error) from error
    documents = builder.documents
    return (documents[0] if len(documents) == 1 else documents or None), builder.notes


class _Builder:
    def __init__(self, name: str, first_line: int) -> None:
        self.documents: list[Any] = []
        self.notes: list[str] = []
        self._name, self._first_line = name, first_line
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._size = 0

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()
        elif isinstance(event, yaml.AliasEvent):
            self._add(*self._aliased(event))
        elif isinstance(event, yaml.ScalarEvent):
            self._check_tag(event)
            value = None if event.implicit[0] and event.value in _NULLS else event.value
            if event.anchor:
                self._anchors[event.anchor] = (value, 1)
            self._add(value, 1, event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)

    def damaged(self, error: yaml.YAMLError) -> InputError:
        mark = getattr(error, "problem_mark", None)
        line = f":{self._first_line + mark.line}" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "damaged"
        remedy = _REMEDY if "cannot start any token" in problem else "Mend it."
        return InputError(f"{self._name}{line}: not valid YAML ({problem}). {remedy}")

    def _refuse(self, event: Any, problem: str) -> InputError:
        return InputError(f"{self._name}:{self._line(event)}: {problem}")

    def _line(self, event: Any) -> int:
        return int(self._first_line + event.start_mark.line)

    def _check_tag(self, event: Any) -> None:
        if event.tag and event.tag != "!" and event.tag not in _PLAIN_TAGS:
            raise self._refuse(
                event, f"the YAML tag {event.tag[:60]} constructs something. Write plain values."
            )

    def _aliased(self, event: Any) -> tuple[Any, int, Any]:
        if event.anchor not in self._anchors:
            raise self._refuse(
                event, f"the YAML alias *{event.anchor} stands for nothing, or for itself. Mend it."
            )
        return (*self._anchors[event.anchor], event)

    def _open(self, event: Any) -> None:
        self._check_tag(event)
        if len(self._stack) >= MAX_DEPTH:
            raise self._refuse(event, "it nests too deeply to be a programme. Mend it.")
        value: Any = Entry() if isinstance(event, yaml.MappingStartEvent) else []
        line = self._line(event)
        if isinstance(value, Entry):
            value.line = line
        self._stack.append(_Frame(value, event.anchor, line))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        for merged in frame.merged:
            for key, value in merged.items():
                frame.value.setdefault(key, value)
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.value, frame.size)
        self._add(frame.value, frame.size, event)

    def _add(self, value: Any, size: int, event: Any) -> None:
        """Add a value to the list or object around it."""
        if not self._stack:
            self.documents.append(value)
            return
        frame = self._stack[-1]
        frame.size += size
        self._size += 1
        if max(frame.size, self._size) > MAX_VALUES:
            raise self._refuse(
                event,
                f"its aliases (*name) stand for more than {MAX_VALUES:,} values. Write out what is meant."
                if frame.size > self._size + 1
                else f"the file holds more than {MAX_VALUES:,} values. Split it into several.",
            )
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif frame.key is None:
            if isinstance(value, (list, dict)):
                raise self._refuse(event, "a list or object cannot be a key. Mend it.")
            frame.key = value or ""
        else:
            self._set(frame, value, event)

    def _set(self, frame: _Frame, value: Any, event: Any) -> None:
        key, frame.key = frame.key or "", None
        if key == _MERGE and (merged := list(_mappings(value))):
            frame.merged += merged
            return
        if key in frame.value:
            line = self._line(event)
            self.notes.append(f"{self._name}:{line}: the key {key[:40]!r} is given twice")
        frame.value[key] = value


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item
