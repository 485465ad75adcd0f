"""The rules by which a Record becomes a Session, or is skipped."""

import hashlib
import re
from collections.abc import Sequence

from loaders.records import times
from loaders.records.cancelled import announces_cancelled, says_cancelled, split_cancelled
from loaders.records.links import find_url, read_links
from loaders.records.postponed import POSTPONED, is_postponed, says_postponed
from loaders.records.prose import tidy
from loaders.records.record import Options, Record, Skip, UnknownEvent, Unwanted
from loaders.records.schedule import read_times, start_year
from loaders.records.states import read_states
from loaders.records.text import (
    drop_surrogates,
    is_placeholder,
    normalise,
    plain_line,
    plain_text,
)
from service.session import Session
from service.words import folded, language_code

MAX_ABSTRACT = 100_000
MAX_LINE = 1_000
"""Characters: what is longer is no abstract or title, and could take long to clean."""

_TITLE_YEAR = re.compile(
    r"[(\[]?(?<!\d)(19\d\d|2[01]\d\d)(?:[-–—/]\d\d|\s?[-–—/]\s?(?:19|2[01])\d\d)?(?!\d)[)\]]?"
)
_SERVICE_TITLES = {
    "break", "breaks", "coffee", "coffee break", "coffee breaks", "tea break", "afternoon break",
    "morning break", "short break", "lunch", "lunch break", "breakfast", "dinner", "registration",
    "registration opens", "registration open", "check-in", "doors open", "networking break", "pause",
    "mittagspause", "kaffeepause", "registrierung", "mittagessen", "pause dejeuner", "dejeuner",
    "pause cafe", "pause-cafe", "petit dejeuner", "accueil", "pausa cafe", "pausa para cafe",
    "pausa para el cafe", "almuerzo", "comida", "cafe", "descanso", "registro", "pausa", "pranzo",
    "pausa caffe", "registrazione", "almoco", "intervalo", "credenciamento",
}  # fmt: skip
_MAX_SERVICE_TITLE = 80
_TALK_KINDS = {
    "talk", "keynote", "workshop", "tutorial", "lecture", "presentation", "panel", "vortrag", "charla",
    "ponencia",
    "taller", "conference", "conferencia", "palestra", "intervento",
}  # fmt: skip
_AND = re.compile(r"\s*[&+/,]\s*|\s+(?:and|und|et|y|e)\s+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def to_session(record: Record, options: Options) -> Session:
    """Return the Session that a record holds; what is odd but usable is added to its warnings.

    Raises Skip with the reason if it holds none, Unwanted if it is a break or was not accepted, UnknownEvent
    if its event or year is not known.
    """
    cancelled = record.cancelled | read_states(record)
    markup = "plain" if record.markup == "plain" else ""
    title, is_off = split_cancelled(_clean_line(record.title, record.markup))
    if not title:
        raise Skip("no title")
    if len(record.title) > MAX_LINE:
        record.warnings.append(f"title cut off after {MAX_LINE:,} characters")
    kind = _clean_line(record.kind, markup)
    if not options.keep_service and _is_service(record, title, kind):
        raise Unwanted("service session (break, registration)")
    starts_at, ends_at = read_times(record, options)
    event = _clean_line(record.event, "plain") or _clean_line(options.event, "plain")
    if not event:
        raise UnknownEvent("no event named: pass --event NAME")
    year = record.year or options.year or (starts_at.year if starts_at else start_year(record))
    if not year:
        raise UnknownEvent("no year named: pass --year YEAR")
    if year not in times.YEARS:
        raise Skip("its year is not between 1900 and 2199")
    if starts_at and (says_postponed(title) or any(map(is_postponed, record.states))):
        record.warn(POSTPONED, title)
        starts_at = ends_at = None
    abstract = _abstract(record)
    labels = (record.kind, record.track, record.room, *record.tags)
    is_off = is_off or announces_cancelled(abstract) or any(map(says_cancelled, labels))
    if cancelled := cancelled or is_off:
        record.warn("cancelled: kept, and marked as such", title)
    return Session(
        event=event,
        year=year,
        source_id=normalise(record.source_id) or _derived_id(title),
        slot=normalise(record.slot),
        title=title,
        abstract=abstract,
        speakers=_distinct(record.speakers, markup),
        track=_clean_line(record.track, markup),
        level=_clean_line(record.level, markup),
        kind=kind,
        language=language_code(_clean_line(record.language, "plain")),
        room=_clean_line(record.room, markup),
        starts_at=starts_at,
        ends_at=ends_at,
        url=_first_url(record),
        links=read_links(record),
        cancelled=cancelled,
        tags=_distinct(record.tags, markup),
        source_location=drop_surrogates(record.location),
    )


def _clean_line(text: str, markup: str) -> str:
    return plain_line(text[:MAX_LINE], markup)


def _is_service(record: Record, title: str, kind: str) -> bool:
    if record.service is not None:
        return record.service
    if _is_service_title(kind):
        return True
    words = folded(kind).split()
    return _is_service_title(title) and not (words and words[0] in _TALK_KINDS)


def _is_service_title(text: str) -> bool:
    """Return whether a text names only breaks, brackets ignored: "Registration & Coffee (Foyer)"."""
    if not 0 < len(text) <= _MAX_SERVICE_TITLE:
        return False
    names = _AND.split(_BRACKETS.sub("", folded(text)))
    return all(_EDGES.sub("", name) in _SERVICE_TITLES for name in names)


def _abstract(record: Record) -> str:
    if len(record.abstract) > MAX_ABSTRACT:
        record.warnings.append(f"abstract cut off after {MAX_ABSTRACT:,} characters")
    abstract = tidy(plain_text(record.abstract[:MAX_ABSTRACT], record.markup))
    return "" if is_placeholder(abstract) else abstract


def split_year(title: str) -> tuple[str, int | None]:
    """Return an event's name without its year, and the year: "FOSDEM 2019" is ("FOSDEM", 2019)."""
    if not (match := _TITLE_YEAR.search(title)):
        return title.strip(), None
    name = " ".join((title[: match.start()] + " " + title[match.end() :]).split())
    name = name.replace("()", "").strip(" -–—:,'’")
    return name or title.strip(), int(match[1])


def _derived_id(title: str) -> str:
    """Return an id for a session whose source gives none, from its title without case, accents and spaces."""
    key = folded(" ".join(title.split()))
    return "title-" + hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def _distinct(texts: Sequence[str], markup: str) -> tuple[str, ...]:
    cleaned = (_clean_line(text, markup) for text in texts)
    return tuple(dict.fromkeys(text for text in cleaned if text))


def _first_url(record: Record) -> str:
    """Return the first web address in a record's `url`, without e-mail addresses; warn if there is none."""
    if is_placeholder(drop_surrogates(record.url.strip())):
        return ""
    found = find_url(record.url)
    if not found:
        record.warnings.append("no web address such as https://example.org/talk")
    return found
