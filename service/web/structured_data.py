"""A session as schema.org/Event: what search engines read, and `load` too, where its page was saved."""

from typing import Any

from service.session import Session
from service.web.addresses import absolute
from service.web.formatting import safe_url

_TERMS = ("track", "level", "kind")
_WORKS = {
    "recording": "VideoObject",
    "slides": "PresentationDigitalDocument",
    "page": "WebPage",
}


def describe_session(session: Session, address: str) -> dict[str, Any]:
    """Return the session as schema.org/Event; what is not known is left out."""
    event = f"{session.event} {session.year}"
    described = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": session.title,
        "description": session.abstract,
        "url": address,
        "sameAs": safe_url(session.url),
        "identifier": _identifiers(session),
        "startDate": session.starts_at.isoformat() if session.starts_at else "",
        "endDate": session.ends_at.isoformat() if session.ends_at else "",
        "eventSchedule": _schedule(session),
        "eventStatus": f"https://schema.org/Event{'Cancelled' if session.cancelled else 'Scheduled'}",
        "inLanguage": session.language,
        "location": {"@type": "Place", "name": session.room or event},
        "performer": [
            {
                "@type": "Person",
                "name": name,
                "url": absolute("sessions.speaker", name=name),
            }
            for name in session.speakers
        ],
        "keywords": [*_terms(session), *session.tags],
        "subjectOf": [
            {"@type": _WORKS[link.kind], "name": link.label, "url": link.url}
            for link in session.links
            if safe_url(link.url)
        ],
        "superEvent": {"@type": "Event", "name": event},
    }
    return {name: value for name, value in described.items() if value}


def _identifiers(session: Session) -> str | list[Any]:
    """Return the source's id, with the slot where the source repeats it."""
    if not session.slot:
        return session.source_id
    slot = {"@type": "PropertyValue", "propertyID": "slot", "value": session.slot}
    return [session.source_id, slot]


def _schedule(session: Session) -> dict[str, str]:
    """Return the zone of the session's times, if it is known."""
    return {"@type": "Schedule", "scheduleTimezone": session.timezone} if session.timezone else {}


def _terms(session: Session) -> list[dict[str, str]]:
    """Return what schema.org has no property for as terms of a set called Track, Level or Kind."""
    return [
        {"@type": "DefinedTerm", "name": value, "inDefinedTermSet": name.capitalize()}
        for name in _TERMS
        if (value := getattr(session, name))
    ]
