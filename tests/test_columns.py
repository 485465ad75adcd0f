from pathlib import Path

import pytest

from loaders.records.record import Options
from loaders.tables import columns
from loaders.tables.columns import field_of, header_key, map_columns, not_understood
from service.errors import InputError


@pytest.mark.parametrize(
    ("field", "headers"),
    [
        ("title", ["Session Title", "TITEL", "Título", "Titre", "Titolo", "Título da palestra"]),
        ("abstract", ["Description", "Beschreibung", "Resumen", "Résumé", "Descrizione", "Descrição"]),
        ("speakers", ["Speaker(s)", "Vortragende", "Ponentes", "Intervenant", "Relatori", "Palestrantes"]),
        ("room", ["Room", "Raum", "Ort", "Sala", "Salle", "Aula"]),
        ("start", ["startsAt", "Start_Time", "Beginn", "Hora de inicio", "Début", "Inizio", "Início"]),
        ("start", ["Datetime", "Date/Time", "Start (UTC)", "Session Start Time", "Uhrzeit von"]),
        ("end", ["Hora fim", "Uhrzeit bis", "End (UTC)"]),
        ("date", ["Session Day"]),
        ("duration", ["Talk Length"]),
        ("language", ["Language", "Sprache", "Idioma", "Langue", "Lingua"]),
        ("level", ["Level", "Niveau", "Nivel", "Livello", "Nível"]),
        ("speakers", ["Speaker 2", "Vortragende 12"]),
        ("room", ["Room/Location"]),
        ("start", ["Time Start"]),
        ("end", ["Time End"]),
        ("duration", ["format duration in minutes", "Mins", "Scheduled Duration"]),
        ("speakers", ["Author names", "Facilitator(s)"]),
        ("first_name", ["Speaker First Name"]),
        ("last_name", ["Speaker Last Name", "speaker surname"]),
        ("", ["Room 2", "Bio", "", "Speaker Title", "Room (UTC)"]),
    ],
)  # fmt: skip
def test_headers_in_six_languages(field: str, headers: list[str]) -> None:
    assert [field_of(header) for header in headers] == [field] * len(headers)


def test_a_surname_beside_a_last_name_is_the_first_name() -> None:
    columns, _ = map_columns(["Title", "speaker last name", "speaker surname"], Options())
    assert columns["first_name"] == ["speaker surname"]
    assert columns["last_name"] == ["speaker last name"]
    columns, _ = map_columns(["Title", "First name", "Surname", "Last name"], Options())
    assert columns["last_name"] == ["Surname", "Last name"]


def test_header_key_ignores_case_accents_and_signs() -> None:
    assert header_key("  Título_de-la charla: ") == "titulo de la charla"
    assert header_key("sessionTitle") == "session title"


def test_columns_that_mean_nothing_are_told_and_personal_ones_are_not_used() -> None:
    columns, unknown = map_columns(
        ["Title", "Hotel", "E-Mail", "Telefonnummer", "Mobile phone"], Options()
    )
    assert columns == {"title": ["Title"]}
    assert unknown == ["Hotel"]


def test_the_caller_maps_columns_and_wins() -> None:
    options = Options(columns=(("Hotel", "room"), ("E-Mail", "url")))
    columns, unknown = map_columns(["Title", "Room", "Hotel", "E-Mail"], options)
    assert columns == {"title": ["Title"], "room": ["Hotel"], "url": ["E-Mail"]}
    assert unknown == ["Room"]
    with pytest.raises(InputError, match="'colour'"):
        map_columns([], Options(columns=(("Hotel", "colour"),)))


@pytest.mark.parametrize(
    "others",
    [["Abstract"], ["Speaker", "E-Mail"], ["Start"], ["Date", "Room"], ["Dauer"], ["Track"]],
)
def test_a_name_is_the_title_where_nothing_else_is(others: list[str]) -> None:
    assert map_columns(["Name", *others], Options())[0]["title"] == ["Name"]
    assert map_columns(["Name", "Title", *others], Options())[0]["title"] == ["Title"]
    hotel = Options(columns=(("Hotel", "room"),))
    assert map_columns(["Name", "Hotel"], hotel)[0] == {"title": ["Name"], "room": ["Hotel"]}


@pytest.mark.parametrize(
    "others", [[], ["Bio", "Email"], ["Capacity"], ["URL", "Description"], ["Track", "Biografie"]]
)
def test_people_rooms_and_sponsors_have_no_titles(others: list[str]) -> None:
    assert "title" not in map_columns(["Name", *others], Options())[0]


def test_a_mapped_column_that_is_not_there_turns_nothing_off() -> None:
    columns, unknown = map_columns(["Title", "Room"], Options(columns=(("Rom", "room"),)))
    assert columns == {"title": ["Title"], "room": ["Room"]}
    assert unknown == ["Rom (mapped, but not there)"]


def test_headers_of_both_genders_are_known() -> None:
    headers = ["Ponente(s)", "Palestrante(s)", "Intervenant·e·s", "Traccia", "source_id"]
    fields = ["speakers", "speakers", "speakers", "track", "source_id"]
    assert [field_of(header) for header in headers] == fields


def test_every_synonym_stands_once_and_as_headers_are_looked_up() -> None:
    lines = Path(columns.__file__).with_name("headers.ini").read_text("utf-8").splitlines()
    keys = [line for line in lines if line and line[0] not in "#["]
    assert len(keys) == len(set(keys)) == len(columns.synonyms())
    assert [key for key in keys if header_key(key) != key] == []


def test_many_unknown_columns_are_counted() -> None:
    text = not_understood([f"c{number}" for number in range(30)], "columns")
    assert text.endswith("c19 and 10 more")
