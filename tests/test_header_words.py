"""Headers that nobody listed, made of known words."""

import pytest
from support.reading_sources import read_bytes

from loaders.tables.columns import field_of, header_zone
from loaders.tables.header_words import compose_field

MEANT = {
    "duration": ["Scheduled duration (mins)", "Talk duration in minutes", "Session length (min)",
                 "Dauer des Vortrags (Minuten)", "Duración de la charla", "Durée de la session (minutes)",
                 "Durata del talk", "Duração da palestra (min)", "Length of talk"],
    "start": ["Start time (local)", "Session start", "Talk Start Time", "Start of session", "Scheduled start",
              "Planned start date/time", "Session date & time", "Startzeit (local)", "Beginn des Vortrags",
              "Hora de inicio de la sesión", "Heure de début de la session", "Ora di inizio della sessione",
              "Hora de início da palestra", "Time of talk", "Session start (UTC)", "time_of_session"],
    "end": ["End time (local)", "Session end time", "End of talk", "Ende der Sitzung",
    "Hora de fin de la charla",
            "Heure de fin de la session", "Ora di fine della sessione", "Fim da sessão", "Talk ends"],
    "date": ["Date of session", "Talk date", "Datum des Vortrags", "Fecha de la charla",
    "Jour de la session",
             "Data della sessione", "Data da palestra", "Planned day"],
    "speakers": ["Speaker #2", "Who", "Wer", "Main speaker", "Lead presenter name", "Name of the speaker",
    "Author 3 full name",
                 "Name des Referenten", "Nombre del ponente", "Nom de l'orateur", "Nome del relatore",
                 "Nome do palestrante", "Presenter(s) names", "Session speakers", "Speaker (required)"],
    "first_name": ["Author 1 - first", "Speaker #2 first name", "First name of speaker", "Vorname Referent",
                   "Prénom de l'orateur"],
    "last_name": ["Author 1 - last", "Speaker #2 last name", "Family name (author)", "Nachname des Referenten",
                  "Apellidos del ponente", "Cognome del relatore", "Sobrenome do palestrante"],
    "title": ["Title of the session", "Name of the talk", "Paper title (required)", "Titel des Vortrags",
              "Titel des Beitrags", "Título de la charla", "Titre de l'exposé", "Titolo dell'intervento",
              "Título da palestra"],
    "abstract": ["Abstract of the talk", "Description of session", "Beschreibung des Vortrags",
                 "Descripción de la charla", "Résumé de l'exposé", "Descrizione della sessione",
                 "Descrição da palestra", "Paper abstract"],
    "room": ["Session location", "Name of room", "Room / venue", "Raum des Vortrags", "Sala de la charla",
             "Salle de la session", "Aula della sessione", "Sala da palestra", "microlocation"],
    "track": ["Track name", "Name of track", "Talk track"],
    "level": ["Level of talk", "Talk level", "Niveau der Session", "Nivel de la charla"],
    "language": ["Language of the session", "Lang. of talk", "Sprache der Session", "Idioma de la ponencia"],
    "kind": ["Type of talk", "Format of the session", "Proposal type", "Tipo de ponencia"],
}  # fmt: skip
NO_FIELD = [
    "Speaker bio", "Company", "Track chair", "Talk length limit", "Room capacity", "Speaker title",
    "Speaker level",
    "Speaker language", "Registration start", "Submission date", "Last updated",
    "First day", "Last session",
    "Number of speakers", "Speaker count", "Lunch time",
    "Name of company", "Speaker arrival date", "Talk score",
    "Duration (hours)", "Room 2", "Room (UTC)",
    "Speaker abstract", "Session chair", "Time zone offset", "End user",
    "Date of birth", "Speaker room", "Level of interest", "Title sponsor", "Type of diet", "Author affiliation",
    "Speaker time", "Room and track", "of the",
    "Level 2", "Vortragende Firma", "Sala capacidad", "Prénom du chien",
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "header"), [(field, header) for field, headers in MEANT.items() for header in headers]
)
def test_headers_of_known_words_mean_a_field(field: str, header: str) -> None:
    assert field_of(header) == field


@pytest.mark.parametrize("header", NO_FIELD)
def test_headers_with_other_words_mean_none(header: str) -> None:
    assert field_of(header) == ""


def test_a_composed_start_in_utc_has_its_zone() -> None:
    assert header_zone(["Session start (UTC)"]) == "UTC"
    assert compose_field("start") == "", "one word is a synonym of headers.ini, or none"


def test_numbered_parts_of_names_are_several_people() -> None:
    header = "Title,Author 1 - first,Author 1 - last,Author 2 - first,Author 2 - last\n"
    rows = "Maps,Jane,Doe,Joe,Roe\nRopes,Ann,Poe,,\n"
    reading = read_bytes("x.csv", (header + rows).encode())
    assert [item.speakers for item in reading.sessions] == [("Jane Doe", "Joe Roe"), ("Ann Poe",)]
