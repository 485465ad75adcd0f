"""Rows of loosely named values (a spreadsheet's columns, a JSON object's keys) to Records."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from loaders.record import Options, Record
from service.errors import InputError
from service.words import folded

_NAMES = {
    "source_id": "id|session id|talk id|event id|event key|key|code|guid|uid|nr|no|number|proposal id|kennung|identifiant|identificador",
    "title": "title|session title|talk title|event title|name of session|session|session name|talk|subject|summary|titel|vortrag|vortragstitel|thema|titulo|titulo de la charla|charla|titre|titre de la session|titolo|titulo da palestra|palestra",
    "abstract": "abstract|description|session description|talk description|long description|details|text|content|short description|beschreibung|zusammenfassung|inhalt|kurzbeschreibung|descripcion|resumen|resume|descriptif|descrizione|sommario|riassunto|descricao|resumo",
    "speakers": "speaker|speakers|speaker s|speaker name|speaker names|presenter|presenters|presenter s|authors|author|persons|person|people|name|names|full name|speaker 1|vortragende|vortragende r|vortragender|referent|referentin|referenten|referent in|sprecher|sprecherin|redner|ponente|ponentes|orador|oradores|intervenant|intervenants|intervenante|conferencier|conferenciers|auteur|auteurs|relatore|relatori|relatrice|palestrante|palestrantes|orador a",
    "first_name": "first name|given name|vorname|nombre|prenom|nome",
    "last_name": "last name|family name|surname|nachname|apellido|apellidos|nom de famille|nom|cognome|sobrenome|apelido",
    "track": "track|tracks|theme|topic|category|stream|strand|session track|event type|themenbereich|kategorie|strang|tema|categoria|linea tematica|eje tematico|thematique|theme principal|parcours|categorie|tematica|trilha",
    "level": "level|audience level|audience|difficulty|experience level|niveau|schwierigkeit|zielgruppe|nivel|dificultad|livello|nivel de dificuldade|publico",
    "kind": "kind|type|session type|talk type|format|session format|event subtype|submission|submission type|art|typ|veranstaltungsart|tipo|formato|tipo de charla|type de session|tipo di sessione",
    "language": "language|lang|spoken language|session language|talk language|sprache|vortragssprache|idioma|lengua|langue|lingua",
    "room": "room|location|venue|place|hall|stage|where|raum|ort|saal|buhne|sala|lugar|aula|salle|lieu|luogo|stanza|auditorio|local",
    "date": "date|day|datum|tag|fecha|dia|jour|data|giorno",
    "start": "start|starts|starts at|start time|starttime|start date|begin|begins|from|time|event start|when|startsat|beginn|anfang|startzeit|von|uhrzeit|zeit|inicio|hora|hora de inicio|debut|heure|heure de debut|inizio|ora|ora inizio|hora inicio",
    "end": "end|ends|ends at|end time|endtime|end date|finish|until|to|event end|endsat|ende|endzeit|bis|fin|hora de fin|hora fin|heure de fin|fine|ora fine|fim|termino",
    "duration": "duration|length|minutes|dauer|duracion|duree|durata|duracao",
    "zone": "timezone|time zone|tz|zeitzone|zona horaria|fuseau horaire|fuso orario|fuso horario",
    "url": "url|link|web|website|session url|talk url|permalink|webseite|enlace|lien|collegamento",
    "tags": "tags|tag list|keywords|labels|topics|schlagworte|schlagworter|stichworte|etiquetas|palabras clave|mots cles|etichette|parole chiave|palavras chave",
    "event": "event|conference|conference name|event name|veranstaltung|konferenz|evento|conferencia|conference serie|evenement",
    "year": "year|jahr|ano|annee|anno",
    "state": "state|status|proposal state|submission state|accepted|zustand|estado|etat|statut|stato",
}  # fmt: skip
"""For each field, the headers that mean it, without case, accents and punctuation: English, German,
Spanish, French, Italian, Portuguese."""

FIELDS = tuple(_NAMES)
_SYNONYMS = {name: field for field, names in _NAMES.items() for name in names.split("|")}
_PERSONAL = re.compile(
    r"\b(e ?mail|mail|correo|courriel|phone|telephone|telefon\w*|telefono|tel|mobile|handy|movil|cell)\b"
)
_ACCEPTED = {"", "accepted", "confirmed", "accept", "confirm", "scheduled", "published", "y", "yes", "true", "1", "ok", "x",
             "accept queue", "angenommen", "bestatigt", "aceptado", "aceptada", "confirmado", "accepte", "confirme", "accettato", "aceito"}  # fmt: skip
_LIST = re.compile(r"\s*[|;\n]\s*")
_AND = re.compile(r"\s+(?:and|und|y|et|e)\s+|\s*&\s*")
_COMPANY = re.compile(
    r"\b(inc|ltd|llc|gmbh|corp|co|ag|sa|srl|university|universit\w*|universidad|institute|institut\w*|"
    r"foundation|group|labs?|college|ministry|department|company|bank|school|hospital|center|centre|"
    r"phd|md|dr|jr|sr|ceo|cto|director|manager|engineer|professor)\b",
    re.I,
)


@lru_cache(maxsize=4096)
def header_key(header: str) -> str:
    """Return a header without case, accents and punctuation, as the synonym table is keyed."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.sub(r"[\W_]+", " ", folded(spaced)).split())


def map_columns(headers: Iterable[str], options: Options) -> tuple[dict[str, list[str]], list[str]]:
    """Return for each field the headers that mean it, and the headers not understood.

    What the caller mapped wins; columns of e-mail addresses and telephone numbers are never used.
    Raises InputError if the caller maps to a field that does not exist.
    """
    chosen = {header_key(column): field for column, field in options.columns}
    for column, field in options.columns:
        if field not in FIELDS:
            raise InputError(
                f'--map "{column}={field}": there is no field {field!r}. '
                f"Fields: {', '.join(FIELDS)}."
            )
    columns: dict[str, list[str]] = {}
    unknown: list[str] = []
    for header in headers:
        key = header_key(header)
        field = chosen.get(key) or ("" if _PERSONAL.search(key) else _SYNONYMS.get(key, ""))
        if field and (field in chosen.values()) and key not in chosen:
            field = ""  # the caller named another column for this field
        if field:
            columns.setdefault(field, []).append(header)
        elif key and not _PERSONAL.search(key):
            unknown.append(header)
    if (
        not chosen
        and "title" not in columns
        and "name" in map(header_key, columns.get("speakers", ()))
    ):
        names = columns["speakers"]
        title = next(header for header in names if header_key(header) == "name")
        names.remove(title)
        columns["title"] = [title]
    return {field: names for field, names in columns.items() if names}, unknown


def to_record(row: Mapping[str, Any], columns: Mapping[str, list[str]], place: str) -> Record:
    """Return the Record that a row holds; the first column of a field that has a value counts."""

    def first(field: str) -> str:
        for header in columns.get(field, ()):
            if text := as_text(row.get(header)):
                return text
        return ""

    speakers = [
        name for header in columns.get("speakers", ()) for name in as_names(row.get(header))
    ]
    if whole := " ".join(part for part in (first("first_name"), first("last_name")) if part):
        speakers = speakers or [whole]
    date, start, end = first("date"), first("start"), first("end")
    return Record(
        place=place,
        event=first("event"),
        year=as_year(first("year")),
        source_id=first("source_id"),
        title=first("title"),
        abstract=_joined(as_text(row.get(header)) for header in columns.get("abstract", ())),
        speakers=speakers,
        track=first("track"),
        level=first("level"),
        kind=first("kind"),
        language=first("language"),
        room=first("room"),
        start=_with_date(date, start),
        end=_with_date(date, end) if end else "",
        duration=first("duration"),
        zone=first("zone"),
        url=first("url"),
        tags=[tag for header in columns.get("tags", ()) for tag in as_list(row.get(header))],
    )


def is_accepted(row: Mapping[str, Any], columns: Mapping[str, list[str]]) -> bool:
    """Whether a row's state, if it has any, says that the session takes place."""
    states = (folded(as_text(row.get(header))) for header in columns.get("state", ()))
    return all(state in _ACCEPTED for state in states)


def as_text(value: Any) -> str:
    """Return a value as text: names inside lists and objects, numbers without a needless .0."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value.strip().casefold() in ("nan", "null", "none") else value.strip()
    if isinstance(value, float):
        return "" if value != value else (str(int(value)) if value.is_integer() else str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        for key in ("en", "name", "title", "label", "fullName", "public_name"):
            if text := as_text(value.get(key)):
                return text
        return next((text for item in value.values() if (text := as_text(item))), "")
    if isinstance(value, Iterable):
        return "; ".join(text for item in value if (text := as_text(item)))
    return str(value)


def as_list(value: Any) -> list[str]:
    """Return a list's items, or the parts of a text split at ; | , or line ends."""
    if isinstance(value, (list, tuple)):
        return [text for item in value if (text := as_text(item))]
    return [part for part in re.split(r"\s*[|;,\n]\s*", as_text(value)) if part]


def as_names(value: Any) -> list[str]:
    """Return the people that a list or a text names, without what follows a comma after a name.

    A text is split at | ; line ends and "and"; at commas only where every part looks like a person's name,
    since a comma also stands in "Name, Company".
    """
    if isinstance(value, (list, tuple)):
        return [name for item in value for name in as_names(as_text(item))]
    text = re.sub(r"\([^()]*\)", "", as_text(value))
    names: list[str] = []
    for part in _LIST.split(text):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        if len(pieces) > 1 and all(_is_person(piece) for piece in pieces):
            names.extend(name for piece in pieces for name in _AND.split(piece))
        elif pieces:
            names.extend(_AND.split(pieces[0]))
    return [name.strip() for name in names if name.strip()]


def _is_person(text: str) -> bool:
    words = re.sub(r"^(?:and|und|y|et|e)\s+", "", text).split()
    return 2 <= len(words) <= 9 and not _COMPANY.search(text) and not any(c.isdigit() for c in text)


def as_year(text: str) -> int | None:
    """Return the year that a text is, None if it is none."""
    return int(text) if re.fullmatch(r"(19|2[01])\d\d", text) else None


def _joined(texts: Iterable[str]) -> str:
    """The texts one after the other, a text that another already holds left out."""
    parts: list[str] = []
    for text in texts:
        if text and not any(text in part for part in parts):
            parts.append(text)
    return "\n\n".join(parts)


def _with_date(date: str, time: str) -> str:
    if not date or re.search(r"\d{4}", time):
        return time or date
    return f"{date} {time}".strip()
