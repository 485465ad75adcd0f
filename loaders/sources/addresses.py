"""Web addresses as sources: a file that is fetched, or a page that is led to the export beside it."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from loaders.pages.page import is_page
from loaders.sources.exports import find_export
from loaders.sources.fetch import Fetched, fetch, without_user
from loaders.sources.source_file import SourceFile

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|(?:data|mailto|javascript):", re.I)


def is_address(name: str) -> bool:
    """Return whether a source is a URL rather than a path."""
    return _ADDRESS.match(name) is not None and not Path(name[:200].replace("\0", "")).exists()


def open_address(name: str, *, allow_private: bool) -> SourceFile:
    """Fetch a URL, or the export next to it if it is a known kind of programme page.

    Raises InputError if it cannot be fetched.
    """
    fetched = fetch(name, allow_private=allow_private)
    source = _source(fetched, (), name)
    if not is_page(source):
        return source
    return _source(*find_export(fetched, allow_private=allow_private), name=name)


def source_name(origin: str) -> str:
    """Return what a catalogue's manifest calls a source: a file's name, an address without its query."""
    if is_address(origin):
        return re.split("[?#]", without_user(origin), maxsplit=1)[0]
    return Path(origin).name


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
