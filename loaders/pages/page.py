"""A web page, parsed as a stream for its structured data.

lxml's parser hands out tags one by one, so that memory does not grow with the page: 50 MB take 7 MB of it,
where a tree takes 900.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from loaders.pages.items import Items
from loaders.sources.source_file import SourceFile
from service.errors import InputError

MAX_DATA = 8 * 2**20
"""Characters of structured data in one page."""
_BLOCK_SIZE = 2**16
_CHARSET = re.compile(rb"<meta[^>]{0,200}\bcharset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
_IRI = re.compile(r"(?:https?://schema\.org/|schema:)")
_WRAPPING = re.compile(r"\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$")
_TEMPLATE = ("{{", "{%", "<?", "<%")


@dataclass(slots=True)
class Damaged:
    """A block of JSON-LD that is not JSON: its number on the page, what is wrong, and its text."""

    number: int
    reason: str
    text: str


@dataclass(slots=True)
class Page:
    """What a web page says to programs.

    `blocks` are the values of its JSON-LD, `items` those of microdata and RDFa in the same form: objects with
    `@type`, and properties without the prefix of schema.org. `base` is the address that relative ones start
    from, "" if the page does not say.
    """

    blocks: list[Any] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    damaged: list[Damaged] = field(default_factory=list)
    base: str = ""
    generator: str = ""


def read_page(source: SourceFile) -> Page:
    """Parse a page. Raises InputError if it holds more than 8 MiB of structured data."""
    target = _Target(source.name)
    parser = etree.HTMLParser(target=target, huge_tree=True)
    for text in texts_of_page(source):
        parser.feed(text)
    try:
        page = parser.close()
    except etree.XMLSyntaxError:  # nothing but comments
        page = target.close()
    assert isinstance(page, Page)  # noqa: S101  # for mypy: lxml returns what our target does, unannotated
    return page


def local_name(name: str) -> str:
    """Return the name of a type or property without the prefix of schema.org."""
    return _IRI.sub("", name, count=1) if name[:1] in "hs" else name


class _Target:
    """Takes the parser's calls, and keeps what programs are meant to read."""

    def __init__(self, name: str) -> None:
        self._name, self._page = name, Page()
        self._items = Items()
        self._script: list[str] | None = None
        self._number = self._size = 0

    def start(self, tag: str, attributes: Any) -> None:
        """Handle a start tag."""
        if attributes:
            self._note(tag, attributes)
        self._count(self._items.start(tag, attributes))

    def end(self, tag: str) -> None:
        """Handle an end tag."""
        if tag == "script" and self._script is not None:
            self._read_script("".join(self._script))
            self._script = None
        self._items.end(tag)

    def data(self, text: str) -> None:
        """Handle character data."""
        if self._script is not None:
            self._script.append(text)
            self._count(len(text))
        else:
            self._count(self._items.data(text))

    def close(self) -> Page:
        """Return the page, once all of it was parsed."""
        self._page.items = self._items.close()
        return self._page

    def _note(self, tag: str, attributes: Any) -> None:
        """Keep what an element says of the page."""
        page = self._page
        if tag == "script" and attributes.get("type", "").strip().lower().startswith(
            "application/ld+json"
        ):
            self._script = []
            self._number += 1
        elif tag == "base" or (tag == "link" and attributes.get("rel", "").lower() == "canonical"):
            page.base = page.base or attributes.get("href", "").strip()
        elif tag == "meta" and attributes.get("name", "").lower() == "generator":
            page.generator = attributes.get("content", "")[:200]

    def _read_script(self, text: str) -> None:
        try:
            value = json.loads(_WRAPPING.sub("", text), strict=False, object_pairs_hook=_compact)
        except RecursionError:
            self._page.damaged.append(Damaged(self._number, "nested too deeply", text[:1000]))
        except ValueError as error:
            reason = getattr(error, "msg", "a number of thousands of digits")
            if not any(sign in text for sign in _TEMPLATE):
                self._page.damaged.append(
                    Damaged(self._number, f"not valid JSON: {reason}", text[:1000])
                )
        else:
            self._page.blocks.append(value)

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > MAX_DATA:
            raise InputError(
                f"{self._name} holds more than {MAX_DATA // 2**20} MiB of structured data. "
                "Load an export of the programme instead (JSON, CSV, iCalendar), or split the page."
            )


def _compact(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {local_name(key): value for key, value in pairs}


def texts_of_page(source: SourceFile) -> Iterator[str]:
    """Yield the page as text. What it says of its own encoding counts where it is not UTF-8 after all."""
    declared = _CHARSET.search(source.head)
    encoding = source.detect_encoding(_known(declared[1].decode("ascii")) if declared else "")
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with source.open() as stream:
        while block := stream.read(_BLOCK_SIZE):
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _known(charset: str) -> str:
    """Return the name of a charset that texts may be in; "" for another, and for UTF-8, which was tried."""
    try:
        is_known = "x".encode(charset) == b"x" and codecs.lookup(charset).name != "utf-8"
    except (LookupError, UnicodeError):
        return ""
    return charset if is_known else ""
