"""Answers in pages: whether a file is one of several, and whether the others are read along with it."""

from typing import Any
from urllib.parse import urlsplit

from loaders.json_objects.values import member, parse
from loaders.records.values import as_text
from loaders.sources.source_file import SourceFile
from service.errors import InputError

_LISTS = ("results", "data", "records", "items", "documents", "sessions", "talks")
_MAX_DEPTH = 4
_MAX_PAGES = 200
_MAX_BYTES = 32 * 2**20
_MAX_SHOWN = 120


def missing_pages(value: Any, source: SourceFile) -> str:
    """Return what to say of a file that is one page of several; empty for others, and if all are read.

    That all are is known by the number of items that each page says there are.
    """
    following = _next(value)
    if not following:
        return ""
    size, total = _size(value), _total(value)
    is_told = total > size > 0  # others count what is on the page
    if is_told and sum(_sizes_beside(source, total)) >= total:
        return ""
    here = f"{size:,} of {total:,} are here" if is_told else "more follow"
    where = f", the next ones at {following}" if "://" in following else ""
    return (
        f"one page of several: {here}{where}. Load all pages together, or ask for all in one "
        "(limit=1000, page_size=1000); pretalx has them all in schedule.json"
    )


def _next(value: Any, depth: int = 0) -> str:
    """Return the address of the next page, or another sign of one, without a query, which may hold a key."""
    if not isinstance(value, dict) or depth > _MAX_DEPTH:
        return ""
    links = value.get("links")
    offset = value.get("offset") if "records" in value else ""  # of Airtable
    found = (value.get("next"), member(links, "next"), value.get("nextPageToken"), offset)
    for sign in found:
        text = as_text(member(sign, "href") or sign)
        is_address = "://" in text or text.startswith(("/", "?"))
        if text and (is_address or (sign in found[2:] and isinstance(sign, str))):
            return urlsplit(text)._replace(query="", fragment="").geturl()[:_MAX_SHOWN]
    if member(value, "pageInfo", "hasNextPage") is True or value.get("has_more") is True:
        return "more"
    inner = (item for item in value.values() if isinstance(item, dict))
    return next(filter(None, (_next(item, depth + 1) for item in inner)), "")


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
