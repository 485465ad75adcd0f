"""The links of a record: web addresses, what each leads to, and a label for people."""

import re
from functools import lru_cache
from itertools import chain
from typing import Any
from urllib.parse import unquote, urlsplit

from loaders.records.record import LinkText, Record
from loaders.records.text import drop_surrogates, has_email, is_placeholder, plain_line
from loaders.records.values import as_text
from service.session import LINK_KINDS, Link, LinkKind
from service.words import folded

MAX_LINKS = 50
"""Links of one session."""
_MAX_LABEL = 200

_URL = re.compile(
    r"https?://(?:(?![,;|]https?://)[^\s<>\"\x00-\x1f]){1,2000}(?=[\s<>\",;|\x00-\x1f]|$)", re.I
)
_BARE_URL = re.compile(
    r"(?:www\.(?:[\w-]+\.)+[a-z]{2,}(?:[/?#][^\s<>\"]*)?|(?:[\w-]+\.)+[a-z]{2,}/[^\s<>\"]*)", re.I
)
_PARTS = re.compile(r"https?://([^/?#]*)([^?#]*)", re.I)
_ADDRESS_KEYS = ("url", "href", "link", "address", "resource")
_LABEL_KEYS = ("title", "label", "name", "description")
_KIND_KEYS = ("kind", "type")
_NOT_OF_TALKS = ("self", "related", "next", "prev", "first", "last", "img", "image", "photo")
_FILES: dict[LinkKind, tuple[str, ...]] = {
    "recording": (".webm", ".mp4", ".m4v", ".mov", ".mkv", ".ogv", ".avi", ".mp3", ".ogg", ".opus"),
    "slides": (".ppt", ".pptx", ".odp", ".key"),
}
_WORDS: dict[LinkKind, re.Pattern[str]] = {
    "recording": re.compile(
        r"\b(videos?|recordings?|recorded|audio|aufzeichnung(en)?|aufnahmen?|mitschnitte?|enregistrements?|"
        r"grabacion(es)?|gravac(ao|oes)|registrazion[ei]|opnames?)\b"
    ),
    "slides": re.compile(
        r"\b(slides?|slide ?decks?|presentations?|folien|prasentation(en)?|diapositiv(es|as?)|"
        r"presentacion(es)?|apresentac(ao|oes)|presentazion[ei]|dias)\b"
    ),
}
_SITES: dict[LinkKind, tuple[str, ...]] = {
    "recording": (".youtube.com", ".youtu.be", ".vimeo.com", ".media.ccc.de"),
    "slides": (".speakerdeck.com", ".slideshare.net", ".slides.com"),
}
_LABELS: dict[LinkKind, str] = {"slides": "Slides", "recording": "Recording"}


def find_url(text: str) -> str:
    """Return the first web address in a text, without e-mail addresses; empty if there is none."""
    given = drop_surrogates(text.strip())
    match = _URL.search(given)
    found = match[0] if match else f"https://{given}" if _BARE_URL.fullmatch(given) else ""
    while match and found and (found[-1] in ".,;:!'*" or _closes_nothing(found)):
        found = found[:-1]  # [slides](https://example.org).
    if has_email(unquote(found)):  # in what follows the page, as a rule
        found = re.split("[?#]", found, maxsplit=1)[0]
        return "" if has_email(unquote(found)) else found
    return found


def list_links(value: Any, kind: str = "") -> list[LinkText]:
    """Return the links that a value of any type holds: a text with addresses, an object, or a list of these.

    An object has one address with its label, or one for each of its keys: `{"slides": "https://..."}`.
    """
    if isinstance(value, list):
        return [link for item in value for link in list_links(item, kind)]
    if isinstance(value, dict):
        address = _first(value, _ADDRESS_KEYS)
        label, said = _first(value, _LABEL_KEYS), _first(value, _KIND_KEYS)
        if address:
            return [LinkText(address, label, kind or said)]
        named = ((key, item) for key, item in value.items() if key not in _NOT_OF_TALKS)
        return [
            LinkText(text, str(key), kind)
            for key, item in named
            if isinstance(item, str) and _URL.fullmatch(text := item.strip())
        ]
    return [LinkText(match[0], kind=kind) for match in _URL.finditer(as_text(value))]


def read_links(record: Record) -> tuple[Link, ...]:
    """Return a record's links, each address once; warn of what is no web address."""
    found: dict[str, Link] = {}
    for given in record.links:
        url = find_url(given.address)
        parts = _PARTS.match(url)
        if parts and _host(parts[1]):
            found.setdefault(url, _link(url, parts[1], parts[2], given))
        elif not is_placeholder(given.address.strip()):
            record.warn("a link without a web address is left out", given.address)
    if len(found) > MAX_LINKS:
        record.warn(f"links after the first {MAX_LINKS} are left out")
    return tuple(found.values())[:MAX_LINKS]


def _link(url: str, site: str, path: str, given: LinkText) -> Link:
    label = plain_line(given.label[:_MAX_LABEL], "")
    kind = _kind(site, path, label, given.kind)
    return Link(kind, url, label or _LABELS.get(kind) or site)


def _kind(site: str, path: str, label: str, said: str) -> LinkKind:
    """Return what a link leads to: as its source says, else by its file, its words or its site."""
    for kind in LINK_KINDS:
        if said == kind:
            return kind
    file, words, host = path.casefold(), folded(f"{said} {label}"), f".{_host(site)}"
    signs = chain(
        (kind for kind, endings in _FILES.items() if file.endswith(endings)),
        (kind for kind, pattern in _WORDS.items() if pattern.search(words)),
        (kind for kind, sites in _SITES.items() if host.endswith(sites)),
    )
    return next(signs, "page")


@lru_cache(maxsize=1024)  # the links of a programme lead to few sites
def _host(site: str) -> str:
    """Return the lower-case host name of a URL's authority, "" if it is invalid ([x)."""
    try:
        return (urlsplit(f"//{site}").hostname or "").casefold()
    except ValueError:
        return ""


def _closes_nothing(url: str) -> bool:
    return url[-1] == ")" and url.count(")") > url.count("(")


def _first(value: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := as_text(value.get(key)))), "")
