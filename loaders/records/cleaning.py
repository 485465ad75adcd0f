"""The rules by which a Record becomes a Session, or is skipped."""

import hashlib
import re
from collections.abc import Sequence

from loaders.records.links import find_url, read_links
from loaders.records.record import Options, Record, Skip, UnknownEvent, Unwanted
from loaders.records.schedule import read_times, start_year
from loaders.records.text import (
    drop_surrogates,
    is_placeholder,
    normalise,
    plain_line,
    plain_text,
)
from service.session import Session
from service.words import folded, language_code

_MAX_STATE = 40
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
    "accueil", "almuerzo", "comida", "cafe", "descanso", "registro", "pausa", "pranzo", "pausa caffe",
    "registrazione", "almoco", "intervalo", "credenciamento",
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
_ACCEPTED = """accepted accept confirmed confirm approved scheduled programmed published public selected chosen
    final live active planned y yes true 1 ok x ✓ ✔ ✅ angenommen akzeptiert bestatigt zugesagt geplant
    eingeplant ja aceptado aceptada confirmado confirmada aprobado aprobada programado programada
    seleccionado seleccionada si accepte acceptee confirme confirmee approuve approuvee programme
    programmee retenu retenue oui accettato accettata confermato confermata approvato approvata aceito
    aceita aprovado aprovada sim"""
_REFUSED = """rejected reject refused declined decline withdrawn withdraw cancelled canceled deleted removed
    hidden private unpublished inactive draft new open submitted proposed pending undecided nominated waitlisted
    waitlist waiting under in review backup reserve standby not no n false 0 ✗ ✘ ❌ abgelehnt zuruckgezogen
    abgesagt storniert geloscht entwurf eingereicht offen ausstehend warteliste nicht nein rechazado
    rechazada retirado retirada cancelado cancelada borrador enviado enviada pendiente refuse refusee
    rejete rejetee annule annulee retire retiree brouillon soumis soumise en non rifiutato rifiutata
    ritirato ritirata annullato annullata bozza inviato inviata rejeitado rejeitada recusado recusada
    rascunho pendente nao"""
_IS_ACCEPTED = {
    **dict.fromkeys(_ACCEPTED.split(), True),
    **dict.fromkeys(_REFUSED.split(), False),
}
_STATE_WORD = re.compile(r"[^\W_]+|\S")
_WORD_WITHIN = re.compile(r"(?<=[a-z])(?=[A-Z])")  # NotAccepted
_CLEARLY_REFUSED = {
    "rejected", "reject", "refused", "declined", "decline", "withdrawn", "cancelled", "canceled", "abgelehnt",
    "abgesagt", "zuruckgezogen",
}  # fmt: skip
_UNDOES = _CLEARLY_REFUSED | {"queue", "pending", "waitlist", "waitlisted", "removed"}


def to_session(record: Record, options: Options) -> Session:
    """Return the Session that a record holds; what is odd but usable is added to its warnings.

    Raises Skip with the reason if it holds none, Unwanted if it is a break or was not accepted, UnknownEvent
    if its event or year is not known.
    """
    _check_states(record)
    markup = "plain" if record.markup == "plain" else ""
    title = _clean_line(record.title, record.markup)
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
    return Session(
        event=event,
        year=year,
        source_id=normalise(record.source_id) or _derived_id(title),
        slot=normalise(record.slot),
        title=title,
        abstract=_abstract(record),
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
        cancelled=record.cancelled,
        tags=_distinct(record.tags, markup),
        source_location=drop_surrogates(record.location),
    )


def is_accepted(state: str) -> bool | None:
    """Return whether a state means that its session takes place, by its first word; None if it is not known.

    An empty state does. A later word may undo an acceptance ("Accept_Queue", "accepted, but withdrawn"), and
    refuse what begins with an unknown one ("Desk reject").
    """
    words = _STATE_WORD.findall(folded(_WORD_WITHIN.sub(" ", state)))
    if not words:
        return True
    accepted = _IS_ACCEPTED.get(words[0])
    if accepted and not _UNDOES.isdisjoint(words[1:]):
        return False
    if accepted is None and not _CLEARLY_REFUSED.isdisjoint(words[1:]):
        return False
    return accepted


def _check_states(record: Record) -> None:
    """Raise Unwanted for a session that was not accepted, Skip for a state that is not known."""
    known = [(normalise(state)[:_MAX_STATE], is_accepted(state)) for state in record.states]
    for state, accepted in known:
        if accepted is False:
            raise Unwanted(f"not accepted: {state}")
    for state, accepted in known:
        if accepted is None:
            raise Skip(f"the state {state!r} is not known: write accepted or rejected")


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
    abstract = plain_text(record.abstract[:MAX_ABSTRACT], record.markup)
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
