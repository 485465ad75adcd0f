"""Map headers of several words to fields, in any order: "Scheduled duration (mins)", "Speaker #2 last name".

Every word has to be known: "Room capacity", "Speaker bio" and "Talk length limit" mean no field.
"""

from functools import cache, lru_cache

_WORDS = {
    "talk": """session talk presentation paper lecture workshop proposal vortrag vortrags vortrages sitzung
        beitrag beitrags beitrages sesion charla ponencia sessao palestra sessione intervento seance expose""",
    "person": """speaker speakers author authors presenter presenters facilitator facilitators panelist
        panelists redner rednerin rednerinnen referent referentin referenten referentinnen sprecher
        sprecherin vortragende vortragender autor autoren autorin autores autora ponente ponentes
        orador oradora oradores intervenant intervenante intervenants auteur auteurs orateur orateurs
        relatore relatrice relatori autore autori palestrante palestrantes""",
    "first": "first given vorname prenom",
    "last": "last family surname nachname apellido apellidos cognome sobrenome",
    "name": "name names full fullname nom nome nombre nombres",
    "start": """start starts starting begin begins beginn beginning anfang inicio inicial debut inizio
        startzeit startdatum beginnt""",
    "end": "end ends ending ende fin fim fine final termino endzeit enddatum finish finishes endet",
    "time": "time times zeit uhrzeit hora heure ora orario horario hour clock",
    "date": "date day datum fecha dia jour data giorno",
    "duration": "duration length dauer duracion duracao duree durata",
    "minutes": "min mins minute minutes minuten minutos minuti",
    "title": "title titel titre titulo titolo",
    "abstract": """abstract abstracts description beschreibung kurzbeschreibung resumen descripcion resume
        description descrizione riassunto descricao resumo zusammenfassung""",
    "room": "room raum sala salle aula saal venue location ort hall",
    "track": "track tracks traccia trilha",
    "level": "level niveau nivel livello difficulty schwierigkeit schwierigkeitsgrad dificultad",
    "language": "language lang sprache idioma langue lingua",
    "kind": "type format typ tipo formato",
    "filler": """of the a in for der die das des de del la el du da do di della dello dell le l and und y et e
        scheduled planned local geplant geplante prevu programado required optional your main primary
        lead s at on""",
}  # fmt: skip
_SINGLE = ("date", "duration", "title", "abstract", "room", "track", "level", "language", "kind")
_NAMED = ("room", "track", "level", "language", "kind")  # "Track name"
_NUMBERED = {"speakers", "first_name", "last_name", "abstract"}
_MAX_WORDS = 8


@cache
def _classes() -> dict[str, str]:
    return {word: kind for kind, words in _WORDS.items() for word in words.split()}


@lru_cache(maxsize=4096)
def compose_field(key: str) -> str:
    """Return the field that a header's key means by its words, "" if a word is unknown or they do not fit."""
    words = key.split()
    named = [word for word in words if not word.isdigit()]
    if not 1 < len(words) <= _MAX_WORDS or not all(word in _classes() for word in named):
        return ""
    kinds = {_classes()[word] for word in named} - {"filler"}
    field = _field_of_kinds(kinds)
    return field if len(named) == len(words) or field in _NUMBERED else ""


def _field_of_kinds(kinds: set[str]) -> str:
    of_talk = kinds - {"talk"}
    if "person" in kinds:
        return _field_of_person(kinds - {"person", "talk"})
    if of_talk == {"name"} and "talk" in kinds:
        return "title"
    for part in ("start", "end"):
        if part in of_talk and of_talk <= {part, "time", "date"}:
            return part
    if "time" in of_talk and of_talk <= {"time", "date"}:
        return "start"
    if of_talk == {"duration", "minutes"}:
        return "duration"
    rest = sorted(of_talk - {"name"})
    if len(rest) != 1 or rest[0] not in (_NAMED if "name" in of_talk else _SINGLE):
        return ""
    return rest[0]


def _field_of_person(kinds: set[str]) -> str:
    if kinds <= {"name"}:
        return "speakers"
    for part in ("first", "last"):
        if kinds - {"name"} == {part}:
            return f"{part}_name"
    return ""
