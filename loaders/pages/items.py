"""Microdata and RDFa Lite, as elements start and end: the same objects that JSON-LD would give.

`itemref`, which adds properties from elsewhere on the page, is not followed.
"""

from dataclasses import dataclass, field
from typing import Any

_MAX_OPEN = 20
"""Items inside items, and properties whose text is being collected."""
_MAX_TEXT = 100_000
_SIZE = 50
"""What an item or a value without its text counts for, in characters."""
_ADDRESS = {"a": "href", "link": "href", "area": "href", "img": "src", "iframe": "src", "video": "src",
            "audio": "src", "source": "src", "embed": "src", "object": "data"}  # fmt: skip
_LINES = dict.fromkeys(
    ("div", "br", "li", "ul", "ol", "section", "article", "tr", "td"), "\n"
) | dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6"), "\n\n")
"""Elements that stand on lines of their own, and the line ends around their text."""

Item = dict[str, Any]


@dataclass(slots=True)
class _Open:
    """An element that is not yet closed: the item that it is, or the properties that its text belongs to."""

    depth: int
    item: Item | None = None
    owner: Item | None = None
    names: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    size: int = 0


class Items:
    """Collects the items of a page."""

    def __init__(self) -> None:
        """Start without any."""
        self._depth = 0
        self._open: list[_Open] = []
        self._found: list[Item] = []

    def start(self, tag: str, attributes: Any) -> int:
        """Take the start of an element; return how much of it was kept."""
        self._depth += 1
        if self._open and tag in _LINES:
            self.data(_LINES[tag])
        if not attributes or len(self._open) >= _MAX_OPEN:
            return 0
        names = (attributes.get("itemprop") or attributes.get("property") or "").split()
        owner = next((one.item for one in reversed(self._open) if one.item is not None), None)
        if "itemscope" in attributes or "typeof" in attributes:
            item = _item(attributes)
            if owner is not None and names:
                _add(owner, names, item)
            else:
                self._found.append(item)
            self._open.append(_Open(self._depth, item=item))
            return _SIZE
        if owner is None or not names:
            return 0
        value = _value(tag, attributes)
        if value is None:
            self._open.append(_Open(self._depth, owner=owner, names=names))
            return _SIZE
        _add(owner, names, value)
        return _SIZE + len(value)

    def end(self, tag: str) -> None:
        """Handle an end tag."""
        while self._open and self._open[-1].depth >= self._depth:
            self._close(self._open.pop())
        self._depth -= 1
        if self._open and tag in _LINES:
            self.data(_LINES[tag])

    def data(self, text: str) -> int:
        """Take text; return how much of it was kept."""
        kept = 0
        for one in self._open:
            if one.item is None and one.size < _MAX_TEXT:
                one.text.append(text)
                one.size += len(text)
                kept += len(text)
        return kept

    def close(self) -> list[Item]:
        """Return the items that are no property of another one, once the page ends."""
        while self._open:
            self._close(self._open.pop())
        return self._found

    def _close(self, one: _Open) -> None:
        if one.owner is not None:
            _add(one.owner, one.names, "".join(one.text).strip())


def _item(attributes: Any) -> Item:
    """Return the item that an element starts, without properties as yet."""
    types = (attributes.get("itemtype") or attributes.get("typeof") or "").split()
    item: Item = {"@type": [_local(name) for name in types]}
    if identifier := attributes.get("itemid") or attributes.get("resource"):
        item["@id"] = identifier
    return item


def _value(tag: str, attributes: Any) -> str | None:
    """Return the value that an element gives by an attribute, None where that is its text."""
    for name in ("content", "datetime" if tag == "time" else "", _ADDRESS.get(tag, "")):
        if name and attributes.get(name) is not None:
            return str(attributes[name]).strip()
    return str(attributes.get("value", "")) if tag in ("data", "meter") else None


def _add(item: Item, names: list[str], value: Any) -> None:
    for name in names:
        item.setdefault(_local(name), []).append(value)


def _local(name: str) -> str:
    return name.rpartition("/")[2].removeprefix("schema:")
