"""Resolve URLs to sources: the file itself, or the export endpoint of a known conference system."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from loaders.pages.detection import is_page
from loaders.sources.addresses import without_user
from loaders.sources.fetch import Fetched, fetch
from loaders.sources.source_file import SourceFile
from service.errors import InputError

_SEARCHED = 2 * 2**20
_MAX_TRIED = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: how its path looks, what its host ends with or its text holds, and the exports to try."""

    name: str
    path: str
    exports: tuple[str, ...]
    host: str = ""
    text: bytes = b""


KINDS = (
    Kind(
        "Sessionize",
        r"(?P<root>/api/v2/\w+)/view/\w+/?",
        ("{root}/view/All",),
        host="sessionize.com",
    ),
    Kind("Sched", r"/.*", ("/all.ics",), host=".sched.com"),
    Kind(
        "pretalx",
        r"(?P<root>/(?:.*/)?[^/]+)/(?:schedule|talk|speaker|featured|sneak)(?:/.*)?",
        ("{root}/schedule/export/schedule.json", "{root}/schedule/export/schedule.xml"),
        text=b"pretalx",
    ),
    Kind(
        "Indico",
        r"(?P<root>.*)/event/(?P<id>\d+)(?:/.*)?",
        (
            "{root}/export/event/{id}.json?detail=contributions",
            "{root}/event/{id}/event.ics?scope=contribution",
        ),
        text=b"indico",
    ),
    Kind(
        "frab",
        r"(?P<root>/(?:.*/)?)schedule(?:/.*|\.html)?",
        (
            "{root}schedule.xml",
            "{root}schedule.json",
            "{root}schedule/schedule.xml",
            "{root}schedule/xml",
        ),
    ),
)
"""Looked through in this order; `{root}` and the like are parts of the path."""


def open_address(name: str, *, allow_private: bool) -> SourceFile:
    """Fetch a URL, or the export next to it if it is a known kind of programme page.

    Raises InputError if it cannot be fetched.
    """
    fetched = fetch(name, allow_private=allow_private)
    source = _source(fetched, (), name)
    if not is_page(source):
        return source
    return _source(*find_export(fetched, allow_private=allow_private), name=name)


def find_export(page: Fetched, *, allow_private: bool) -> tuple[Fetched, tuple[str, ...]]:
    """Return the export next to a page, or the page itself, with a note for the report."""
    with page.open() as stream:
        text = stream.read(_SEARCHED).lower()
    tried: list[str] = []
    for kind, address in _candidates(page.address, text):
        try:
            export = fetch(address, allow_private=allow_private, same_host=True)
        except InputError:
            tried.append(address)
            continue
        if _is_export(export):
            return export, (f"the export of a page of {kind.name}: {page.address}",)
        tried.append(address)
    return page, (f"No export was found at {', '.join(tried)}",) if tried else ()


def _candidates(address: str, text: bytes) -> list[tuple[Kind, str]]:
    parts = urlsplit(address)
    host = f".{parts.hostname or ''}"
    found = []
    for kind in KINDS:
        match = re.fullmatch(kind.path, parts.path or "/")
        on_host = host.endswith(f".{kind.host.lstrip('.')}") if kind.host else kind.text in text
        if match and on_host:
            paths = [export.format(**match.groupdict()) for export in kind.exports]
            found += [(kind, urljoin(address, path)) for path in paths]
    return found[:_MAX_TRIED]


def _is_export(fetched: Fetched) -> bool:
    """Return whether something is a JSON value, a calendar or the XML of a schedule, by its start."""
    with fetched.open() as stream:
        head = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:1] in (b"{", b"[") or b"BEGIN:VCALENDAR" in head or b"<schedule" in head


def _source(fetched: Fetched, notes: tuple[str, ...], name: str) -> SourceFile:
    parts = urlsplit(fetched.address)
    path = unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.netloc
    return SourceFile(
        fetched.address,
        path,
        fetched.open,
        fetched.size,
        origin=without_user(name),
        is_named=True,
        notes=notes,
    )
