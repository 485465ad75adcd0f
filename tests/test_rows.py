import pytest

from loaders.records.record import Options
from loaders.records.rows import (
    as_list,
    as_names,
    as_text,
    as_year,
    shown,
    to_record,
    without_speakers,
)
from loaders.tables.columns import FIELDS, field_of, header_key, map_columns, not_understood
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
        ("", ["Room 2", "Bio", "", "Speaker Title", "Room (UTC)"]),
    ],
)  # fmt: skip
def test_headers_in_six_languages(field: str, headers: list[str]) -> None:
    assert [field_of(header) for header in headers] == [field] * len(headers)


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


def test_every_field_has_a_name_of_its_own() -> None:
    assert len(FIELDS) == len(set(FIELDS))


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Jane Doe", ["Jane Doe"]),
        ("Jane Doe; Joe Roe|Al Two\nBo Mole", ["Jane Doe", "Joe Roe", "Al Two", "Bo Mole"]),
        ("Jane Doe and Joe Roe & Al Two + Bo Mole", ["Jane Doe", "Joe Roe", "Al Two", "Bo Mole"]),
        ("Jane Doe, Harbour Inc.", ["Jane Doe"]),
        ("Jane Doe, Joe Roe, and Al Two", ["Jane Doe", "Joe Roe", "Al Two"]),
        ("Jane Doe, PhD; Joe Roe (Harbour)", ["Jane Doe", "Joe Roe"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Ana Ola y José Viento", ["Ana Ola", "José Viento"]),
        ([{"first_name": "Jane", "lastName": "Doe"}, {"title": "Dr", "fullName": "Joe Roe"}],
         ["Jane Doe", "Joe Roe"]),
        ("Doe, Jane", ["Doe, Jane"]),
        ("Doe, Jane; Roe, Joe", ["Doe, Jane", "Roe, Joe"]),
        ("Jane Doe, Google, John Roe, Meta", ["Jane Doe", "John Roe"]),
        ("Jane Doe, Senior Developer, Google", ["Jane Doe"]),
        ("Jane Doe / John Roe", ["Jane Doe", "John Roe"]),
        ("山田太郎、鈴木花子", ["山田太郎", "鈴木花子"]),
        ({"fullName": "Roe, Jo"}, ["Roe, Jo"]),
        (["E Franchi", "Jo Line / liner", "Guido van Rossum, et al"],
         ["E Franchi", "Jo Line / liner", "Guido van Rossum"]),
        ("Jo Line / liner", ["Jo Line / liner"]),
        ([{"fullName": "van der Roe, Jo"}, "Jane Doe, Harbour Inc.", "Al Two, Bo Mole"],
         ["van der Roe, Jo", "Jane Doe", "Al Two", "Bo Mole"]),
        ([None, "…", 7, ["Jane Doe"]], ["7", "Jane Doe"]),
        ("", []),
    ],
)  # fmt: skip
def test_names(value: object, names: list[str]) -> None:
    assert as_names(value) == names


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (float("nan"), ""), ("NaN", ""), ("null", ""), (" x ", "x"), (3.0, "3"), (2.5, "2.5"),
        (True, "yes"), ({"de": "Lampe", "en": "Lamp"}, "Lamp"), ({"fr": "Lampe"}, "Lampe"),
        (["a", None, "b"], "a; b"),
        ("'=1+1", "=1+1"), ("'tis", "'tis"), (float("inf"), "inf"), ({}, ""),
    ],
)  # fmt: skip
def test_values_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_values_nested_deeply_are_cut_off() -> None:
    value: object = "deep"
    for _ in range(900):
        value = [value]
    assert as_text(value) == ""
    assert shown(value)


def test_lists() -> None:
    assert as_list("a, b; c|d") == ["a", "b", "c", "d"]
    assert as_list(["a, b", 3]) == ["a, b", "3"]


@pytest.mark.parametrize(
    ("row", "start", "end"),
    [
        ({"date": "2026-05-13", "start": "09:30", "end": "10:15"}, "2026-05-13 09:30", "2026-05-13 10:15"),
        ({"date": "2026-05-13", "start": "09:30 - 10:15"}, "2026-05-13 09:30", "2026-05-13 10:15"),
        ({"start": "2026-05-13 9:30 AM – 10:15 AM"}, "2026-05-13 9:30 AM", "10:15 AM"),
        ({"start": "2026-05-13T09:30", "end": "10:15"}, "2026-05-13T09:30", "10:15"),
        ({"date": "2026-05-13T00:00:00", "start": "0930"}, "2026-05-13 09:30", ""),
        ({"date": "2026-05-13", "start": "2026-05-13 09:30"}, "2026-05-13 09:30", ""),
        ({"date": "46155", "start": "0.3958"}, "46155 0.3958", ""),
        ({"date": "2026-05-13"}, "2026-05-13", ""),
    ],
)  # fmt: skip
def test_dates_and_times_come_together(row: dict[str, str], start: str, end: str) -> None:
    record = to_record({"title": "x"} | row, {key: [key] for key in (*row, "title")}, "here")
    assert (record.start, record.end) == (start, end)


def test_texts_that_repeat_each_other_are_joined_once() -> None:
    row = {"a": "Short.", "b": "Short. And long.", "c": "Other."}
    record = to_record(row, {"abstract": ["a", "b", "c"]}, "here")
    assert record.abstract == "Short. And long.\n\nOther."


def test_titles_lose_the_speakers_after_them() -> None:
    assert without_speakers("Knots - Mo Rope and Jo Line", ["Mo Rope", "Jo Line"]) == "Knots"
    assert without_speakers("Knots - for all", ["Mo Rope"]) == "Knots - for all"
    assert without_speakers("Knots", ["Mo Rope"]) == "Knots"


def test_many_unknown_columns_are_counted() -> None:
    text = not_understood([f"c{number}" for number in range(30)], "columns")
    assert text.endswith("c19 and 10 more")


@pytest.mark.parametrize(
    ("text", "year"), [("2024", 2024), ("2024.0", 2024), ("2024.5", None), ("3024", None)]
)
def test_years(text: str, year: int | None) -> None:
    assert as_year(text) == year
