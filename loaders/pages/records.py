"""Records of a page's events: what schema.org calls each field of a session."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from loaders.pages.events import PERFORMERS, Found
from loaders.pages.page import Page, local_name
from loaders.pages.values import Node, address_of, listed, text_of, texts_of
from loaders.records.cancelled import is_cancelled
from loaders.records.cleaning import split_year
from loaders.records.postponed import is_postponed
from loaders.records.record import LinkText, Record
from loaders.records.speakers import speaker_names
from loaders.records.values import as_list, as_year
from loaders.tables.columns import field_of

GENERATOR = "Conference Helper"
"""The generator of a page that this program made: there `url` is the page's, and `sameAs` the session's."""
_LINK_KINDS = {
    "VideoObject": "recording", "AudioObject": "recording", "PresentationDigitalDocument": "slides",
}  # fmt: skip


def read_records(found: list[Found], page: Page, name: str) -> Iterator[Record]:
    """Yield a Record for each session on a page."""
    titles: dict[str, set[str]] = defaultdict(set)
    for one in found:
        titles[address_of(one.node.get("url"))].add(text_of(one.node))
    for number, one in enumerate(found, 1):
        record = _record(one, page, f"{name}#event {number}")
        if not record.source_id and len(titles[address_of(one.node.get("url"))]) == 1:
            record.source_id = _absolute(address_of(one.node.get("url")), page)
        record.source_id = record.source_id or _own_id(one.node)
        yield record


def _record(found: Found, page: Page, location: str) -> Record:
    node, is_ours = found.node, page.generator == GENERATOR
    event, year = _edition(text_of(found.conference), is_ours=is_ours)
    identifiers = listed(node.get("identifier"))
    labels = _labels(node)
    status = local_name(text_of(node.get("eventStatus")) or address_of(node.get("eventStatus")))
    return Record(
        location=location,
        event=event,
        year=year or as_year(text_of(found.conference.get("startDate"))[:4]),
        source_id=next(filter(None, map(_identifier, identifiers)), ""),
        slot=next(filter(None, map(_slot, identifiers)), ""),
        title=text_of(node),
        abstract=text_of(node.get("description")),
        markup="plain" if is_ours else "",
        speakers=texts_of(node.get("performer")) if is_ours else _speakers(node),
        track=labels.get("track", found.track),
        level=labels.get("level", ""),
        kind=labels.get("kind", ""),
        language=_language(node),
        room=_room(node, found.conference),
        start=text_of(node.get("startDate")),
        end=text_of(node.get("endDate")),
        duration=text_of(node.get("duration")),
        zone=_zone(node),
        url=address_of(node.get("sameAs"))
        if is_ours
        else _absolute(address_of(node.get("url")), page),
        links=_links(node, page),
        tags=_tags(node),
        states=[status] if is_postponed(status) else [],
        cancelled=is_cancelled(status),
    )


def _edition(name: str, *, is_ours: bool) -> tuple[str, int | None]:
    """Return the name and year of a conference; pages of this program write one after the other."""
    if is_ours:
        event, _, year = name.rpartition(" ")
        return event, as_year(year)
    return split_year(name)


def _speakers(node: Node) -> list[str]:
    """Return who performs; where nobody does, the people among the organizers."""
    people = [item for key in PERFORMERS for item in listed(node.get(key))]
    if not people:
        people = [
            item
            for item in listed(node.get("organizer"))
            if isinstance(item, dict) and "Person" in map(local_name, texts_of(item.get("@type")))
        ]
    texts = [item for item in people if isinstance(item, str)]
    named = [text for item in people if isinstance(item, dict) and (text := _person(item))]
    return [*speaker_names(named), *(name for text in texts for name in speaker_names(text))]


def _person(node: Node) -> str:
    """Return a person's name, which may be in parts."""
    parts = (text_of(node.get(key)) for key in ("givenName", "familyName"))
    return text_of(node) or " ".join(filter(None, parts))


def _room(node: Node, conference: Node) -> str:
    """Return the name of the place, unless that is the conference's own or its name."""
    places = [
        text
        for place in listed(node.get("location"))
        if (text := text_of(place)) and "://" not in text
    ]
    venues = {text_of(conference), *texts_of(conference.get("location"))}
    return next((place for place in places if place not in venues), "")


def _language(node: Node) -> str:
    """Return the language; of an object its code, which may be its alternateName."""
    for value in listed(node.get("inLanguage")):
        text = text_of(value)
        code = text_of(value.get("alternateName")) if isinstance(value, dict) else ""
        if code or text:
            return code or text
    return ""


def _zone(node: Node) -> str:
    schedules = (item for item in listed(node.get("eventSchedule")) if isinstance(item, dict))
    return next(filter(None, (text_of(item.get("scheduleTimezone")) for item in schedules)), "")


def _labels(node: Node) -> dict[str, str]:
    """Return the keywords that are terms of a set called Track, Level or the like, by their fields."""
    return {
        field: text_of(item)
        for item in listed(node.get("keywords"))
        if (field := _set_of(item)) in ("track", "level", "kind")
    }


def _set_of(keyword: Any) -> str:
    return field_of(text_of(keyword.get("inDefinedTermSet"))) if isinstance(keyword, dict) else ""


def _tags(node: Node) -> list[str]:
    keywords = node.get("keywords")
    if isinstance(keywords, str):
        return as_list(keywords)
    return texts_of([item for item in listed(keywords) if not _set_of(item)])


def _links(node: Node, page: Page) -> list[LinkText]:
    """Return what is told of the session elsewhere, and its recordings."""
    links = []
    for key, kind in (("recordedIn", "recording"), ("subjectOf", "")):
        for item in listed(node.get(key)):
            types = texts_of(item.get("@type")) if isinstance(item, dict) else []
            said = next(
                (_LINK_KINDS[name] for name in map(local_name, types) if name in _LINK_KINDS), ""
            )
            if address := _absolute(address_of(item), page):
                label = text_of(item) if isinstance(item, dict) else ""
                links.append(LinkText(address, label, said or kind or "page"))
    return links


def _identifier(value: Any) -> str:
    if isinstance(value, dict):
        return "" if _slot(value) else text_of(value.get("value"))
    return text_of(value)


def _slot(value: Any) -> str:
    """Return the slot among the identifiers, which tells sittings of one id apart."""
    is_slot = isinstance(value, dict) and text_of(value.get("propertyID")) == "slot"
    return text_of(value.get("value")) if is_slot else ""


def _own_id(node: Node) -> str:
    """Return the node's own id, unless it is only one for this copy of the page."""
    identifier = text_of(node.get("@id"))
    return "" if identifier.startswith("_:") else identifier


def _absolute(address: str, page: Page) -> str:
    """Return an address with what the page says that it starts from; "" if it stays a relative one."""
    try:
        address = urljoin(page.base, address) if address else ""
    except ValueError:
        return ""
    return address if address.lower().startswith(("http://", "https://")) else ""
