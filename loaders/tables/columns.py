"""Which field a column or key means: a table of names in six languages, and what the caller says."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from loaders.records.record import Options
from service.errors import InputError
from service.words import folded

_NAMES = {
    "source_id": "id|source id|session id|talk id|event id|event key|key|code|guid|uid|nr|no|number|proposal id|kennung|identifiant|identificador",
    "title": "presentation title|paper title|proposal title|title of talk|title of session|vortragsthema|sitzung|titulo de la sesion|titulo de la ponencia|ponencia|sesion|intitule|titre de la conference|titolo del talk|titolo della sessione|sessione|intervento|titulo da sessao|sessao|title|session title|talk title|event title|name of session|session|session name|talk|subject|summary|titel|vortrag|vortragstitel|thema|titulo|titulo de la charla|charla|titre|titre de la session|titolo|titulo da palestra|palestra",
    "abstract": "subtitle|untertitel|subtitulo|sous titre|sottotitolo|session abstract|talk abstract|summary of talk|long abstract|short abstract|synopsis|outline|abstract|description|session description|talk description|long description|details|text|content|short description|beschreibung|zusammenfassung|inhalt|kurzbeschreibung|descripcion|resumen|resume|descriptif|descrizione|sommario|riassunto|descricao|resumo",
    "speakers": "speaker full name|speakers names|presented by|presenter name|presenter names|author s|moderator|moderators|panelists|vortragende n|dozent|dozentin|moderation|expositor|expositores|conferencista|conferencistas|conferenciante|orateur|orateurs|oratrice|oratore|oratori|oradora|nom de l intervenant|nome relatore|nome do palestrante|speaker full names|sprecher innen|referent innen|referentinnen|sprecher in|redner in|speaker|speakers|speaker s|speaker name|speaker names|presenter|presenters|presenter s|authors|author|persons|person|people|name|names|full name|speaker 1|vortragende|vortragende r|vortragender|referent|referentin|referenten|referent in|sprecher|sprecherin|redner|ponente|ponentes|ponente s|orador|oradores|intervenant|intervenants|intervenante|intervenant e s|conferencier|conferenciers|auteur|auteurs|relatore|relatori|relatrice|palestrante|palestrantes|palestrante s|orador a",
    "first_name": "first name|given name|vorname|nombre|prenom|nome",
    "last_name": "last name|family name|surname|nachname|apellido|apellidos|nom de famille|nom|cognome|sobrenome|apelido",
    "track": "session category|topic area|subject area|fachbereich|schwerpunkt|themenfeld|themengebiet|area|area tematica|eje|axe|percorso|sezione|eixo|topico|track|tracks|theme|topic|category|stream|strand|session track|event type|themenbereich|kategorie|strang|tema|categoria|linea tematica|eje tematico|thematique|theme principal|parcours|categorie|tematica|traccia|trilha",
    "level": "level|audience level|audience|difficulty|experience level|niveau|schwierigkeit|zielgruppe|nivel|dificultad|livello|nivel de dificuldade|publico",
    "kind": "kind|type|session type|talk type|format|session format|event subtype|submission|submission type|art|typ|veranstaltungsart|tipo|formato|tipo de charla|type de session|tipo di sessione",
    "language": "talk language|language of talk|idioma de la charla|langue de la session|lingua del talk|idioma da palestra|sprache des vortrags|presentation language|language|lang|spoken language|session language|sprache|vortragssprache|idioma|lengua|langue|lingua",
    "room": "auditorium|raumname|horsaal|salon|espace|spazio|espaco|room name|session room|location name|room|location|venue|place|hall|stage|where|raum|ort|saal|buhne|sala|lugar|aula|salle|lieu|luogo|stanza|auditorio|local",
    "date": "session date|session day|date|day|datum|tag|fecha|dia|jour|data|giorno",
    "start": "time slot|timeslot|slot|zeitslot|horario|creneau|creneau horaire|orario|scheduled at|start datetime|start date time|event start time|datum uhrzeit|fecha y hora|date et heure|data e ora|data e hora|heure debut|ora di inizio|start|starts|starts at|start time|starttime|start date|begin|begins|from|time|event start|when|startsat|beginn|anfang|startzeit|von|uhrzeit|uhrzeit von|von uhrzeit|zeit|datetime|date time|session start time|session start|session time|inicio|hora|hora de inicio|debut|heure|heure de debut|inizio|ora|ora inizio|hora inicio",
    "end": "hora fim|hora de fim|session end time|session end|uhrzeit bis|bis uhrzeit|event end time|end datetime|end date time|hora de termino|ora di fine|fim hora|end|ends|ends at|end time|endtime|end date|finish|until|to|event end|endsat|ende|endzeit|bis|fin|hora de fin|hora fin|heure de fin|fine|ora fine|fim|termino",
    "duration": "talk length|session length|session duration|talk duration|minutos|minuten|dauer min|duration minutes|duration min|durata minuti|duracao minutos|duree minutes|lange|duration|length|minutes|dauer|duracion|duree|durata|duracao",
    "zone": "timezone|time zone|tz|zeitzone|zona horaria|fuseau horaire|fuso orario|fuso horario",
    "url": "session link|talk link|event url|public url|url de la charla|url della sessione|url|link|web|website|session url|talk url|permalink|webseite|enlace|lien|collegamento",
    "tags": "topics covered|stichworter|etiqueta|mots clefs|tag s|tags|tag list|keywords|labels|topics|schlagworte|schlagworter|stichworte|etiquetas|palabras clave|mots cles|etichette|parole chiave|palavras chave",
    "event": "event|conference|conference name|event name|veranstaltung|konferenz|evento|conferencia|conference serie|evenement",
    "year": "year|jahr|ano|annee|anno",
    "state": "state|status|decision|proposal state|submission state|accepted|zustand|estado|etat|statut|stato",
}  # fmt: skip
"""For each field, the headers that mean it, without case, accents and punctuation: English, German,
Spanish, French, Italian, Portuguese."""
FIELDS = tuple(_NAMES)
_SYNONYMS = {name: field for field, names in _NAMES.items() for name in names.split("|")}
_PERSONAL = re.compile(
    r"\b(e ?mail|mail|correo|courriel|phone|telephone|telefon\w*|telefono|tel|mobile|handy|movil|cell)\b"
)
_NUMBERED = re.compile(r"(.*\D) \d{1,2}")
_IN_UTC = re.compile(r"(.+) (?:in )?(?:utc|gmt)")
_TIMED = {"date", "start", "end"}
_SEVERAL = {"speakers", "tags", "first_name", "last_name", "abstract"}
_SHOWN = 20
_NAME = "name"
_OF_TALKS = {"start", "date", "track", "room", "duration"}
_OF_OTHERS = re.compile(
    r"\b(capacity|seats|bio|biography|about me|kapazitat|platze|biografie|biografia|biographie|"
    r"capacidad|capacite|capacita|capacidade|company|employer|logo|photo)\b"
)


@lru_cache(maxsize=4096)
def header_key(header: str) -> str:
    """Return a header without case, accents and punctuation, as the synonym table is keyed."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(re.sub(r"[\W_]+", " ", folded(spaced)).split())


def field_of(header: str) -> str:
    """Return the field that a header means, "" if none: "Vortragende 2" are speakers, "Start (UTC)" a start."""
    key = header_key(header)
    if field := _SYNONYMS.get(key, ""):
        return field
    if in_utc := _IN_UTC.fullmatch(key):
        field = _SYNONYMS.get(in_utc[1], "")
        return field if field in _TIMED else ""
    numbered = _NUMBERED.fullmatch(key)
    field = _SYNONYMS.get(numbered[1], "") if numbered else ""
    return field if field in _SEVERAL else ""


def zone_in(headers: Sequence[str]) -> str:
    """Return "UTC" if the first of these headers says that its times are in UTC, else ""."""
    return "UTC" if headers and _IN_UTC.fullmatch(header_key(headers[0])) else ""


def not_understood(headers: Sequence[str], what: str) -> str:
    """Return the words for columns or keys that mean no field."""
    names = ", ".join(header[:40] for header in headers[:_SHOWN])
    more = f" and {len(headers) - _SHOWN} more" if len(headers) > _SHOWN else ""
    return f"{what} not understood: {names}{more}"


def map_columns(headers: Iterable[str], options: Options) -> tuple[dict[str, list[str]], list[str]]:
    """Return for each field the headers that mean it, and the headers not understood.

    What the caller mapped wins, and is not understood where it is not there; columns of e-mail addresses and
    telephone numbers are never used. "Name" is a title only among columns that talks have.
    Raises InputError if the caller maps to a field that does not exist.
    """
    chosen = {header_key(column): field for column, field in options.columns}
    for column, field in options.columns:
        if field not in FIELDS:
            raise InputError(
                f'--map "{column}={field}": there is no field {field!r}. '
                f"Fields: {', '.join(FIELDS)}."
            )
    there = dict.fromkeys(headers)
    keys = {header_key(header) for header in there}
    chosen = {key: field for key, field in chosen.items() if key in keys}
    columns: dict[str, list[str]] = {}
    unknown: list[str] = []
    for header in there:
        key = header_key(header)
        field = chosen.get(key) or ("" if _PERSONAL.search(key) else field_of(header))
        if field and (field in chosen.values()) and key not in chosen:
            field = ""  # the caller named another column for this field
        if field:
            columns.setdefault(field, []).append(header)
        elif key and not _PERSONAL.search(key):
            unknown.append(header)
    names = [header for header in there if is_name(header)] if _NAME not in chosen else []
    others = {
        field: kept
        for field, found in columns.items()
        if (kept := [header for header in found if header not in names])
    }
    if names and "title" not in columns and _are_of_talks(others, keys):
        columns = {"title": names, **others}
        unknown = [header for header in unknown if header not in names]
    missing = missing_columns(there, options)
    return columns, [*unknown, *(f"{column} (mapped, but not there)" for column in missing)]


def missing_columns(headers: Iterable[str], options: Options) -> list[str]:
    """Return the columns that the caller maps and that are not among the headers."""
    keys = set(map(header_key, headers))
    return [column for column, _ in options.columns if header_key(column) not in keys]


def is_name(header: str) -> bool:
    """Whether a header says "name": of a talk, a speaker, a room or whatever else a table may hold."""
    return header_key(header) == _NAME


def _are_of_talks(columns: dict[str, list[str]], keys: set[str]) -> bool:
    """Whether the columns beside "Name" are those of talks, and not those of people and rooms."""
    if "speakers" in columns:
        return True
    of_others = any(_OF_OTHERS.search(key) or _PERSONAL.search(key) for key in keys)
    return not of_others and ("abstract" in keys or not _OF_TALKS.isdisjoint(columns))
