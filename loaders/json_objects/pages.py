"""Answers in pages: whether a file is one of several, and whether the others are read along with it."""

from typing import Any

from loaders.json_objects.values import member, parse
from loaders.records.values import as_text
from loaders.sources.source_file import SourceFile
from service.errors import InputError

_LISTS = ("results", "data", "records", "items", "documents", "sessions", "talks")
_MAX_DEPTH = 4
_MAX_PAGES = 200
_MAX_BYTES = 32 * 2**20
_MAX_SHOWN = 120
_IN_ONE = "(limit=1000, page_size=1000; pretalx has them in schedule.json)"


def missing_pages(value: Any, source: SourceFile) -> str:
    """Return what to say of a file that is one page of several; empty for others, and if all are read.

    That all are is known by the number of items that each page says there are.
    """
    other = _other_page(value)
    if not other:
        return ""
    size, total = _size(value), _total(value)
    if total <= size or not size:  # that is the number of those here, or no number
        return f"one page of several: more are elsewhere{_at(other)}. Ask for all in one {_IN_ONE}"
    if sum(_sizes_beside(source, total)) >= total:
        return ""
    return (
        f"one page of several: {size:,} of {total:,} are here, others{_at(other)}. Load all pages together, or "
        f"ask for all in one {_IN_ONE}"
    )


def _at(sign: str) -> str:
    """Return an address for a message, without its query, which may hold a key; empty for another sign."""
    address = sign.partition("?")[0].partition("#")[0][:_MAX_SHOWN]
    return f" at {address}" if "://" in address else ""


def _other_page(value: Any, depth: int = 0) -> str:
    """Return the address of the next page or the one before, or another sign of one; empty without any."""
    if not isinstance(value, dict) or depth > _MAX_DEPTH:
        return ""
    links = value.get("links")
    addresses = (
        value.get("next"), member(links, "next"), value.get("previous"), member(links, "prev"),
    )  # fmt: skip
    for sign in addresses:
        text = as_text(member(sign, "href") or sign)
        if "://" in text or text.startswith(("/", "?")):
            return text
    tokens = (value.get("nextPageToken"), value.get("offset") if "records" in value else "")
    if any(isinstance(token, str) and token for token in tokens):  # of Firestore and Airtable
        return "token"
    if member(value, "pageInfo", "hasNextPage") is True or value.get("has_more") is True:
        return "more"
    inner = (item for item in value.values() if isinstance(item, dict))
    return next(filter(None, (_other_page(item, depth + 1) for item in inner)), "")


def _size(value: Any) -> int:
    lists = (member(value, key) for key in _LISTS)
    return next((len(items) for items in lists if isinstance(items, list)), 0)


def _total(value: Any) -> int:
    found = (member(value, "count"), member(value, "total"), member(value, "meta", "count"))
    return next((count for count in found if isinstance(count, int) and count > 0), 0)


def _sizes_beside(source: SourceFile, total: int) -> list[int]:
    """Return the sizes of the pages in the folder that say the same total, this one among them."""
    folder = source.path.rpartition("/")[0]
    files = [
        other
        for path, other in (source.siblings or {source.path: source}).items()
        if path.rpartition("/")[0] == folder
        and path.lower().endswith(".json")
        and other.size <= _MAX_BYTES
    ]
    sizes = []
    for file in files[:_MAX_PAGES]:
        try:
            page = parse(file)
        except InputError:
            continue  # reported when that file itself is read
        if _total(page) == total:
            sizes.append(_size(page))
    return sizes
