import pytest

from service.words import language_code, language_name, stemmer_name


@pytest.mark.parametrize(
    ("name", "code"),
    [("English", "en"), ("eng", "en"), ("de-AT", "de"), ("PT_BR", "pt"), ("Español", "es"), ("und", ""),
     ("English / Inglés", "en"), ("Englisch", "en"), ("Anglais", "en"), ("Inglés", "en"), ("en,de", "en"),
     ("Allemand; Anglais", "de"), ("Klingon", "klingon"), ("", ""), ("_", ""), ("-", "")],
)  # fmt: skip
def test_names_and_codes_in_several_standards_give_one_code(name: str, code: str) -> None:
    assert language_code(name) == code


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    assert [language_name(code) for code in ("de", "DE", "pt-br", "klingon", "")] == [
        "German", "German", "pt-br", "klingon", "",
    ]  # fmt: skip


def test_regions_do_not_matter_to_a_stemmer_and_english_stands_in_for_the_rest() -> None:
    assert [stemmer_name(code) for code in ("de-AT", "no", "cs", "klingon", "")] == [
        "german", "norwegian", "english", "english", "english",
    ]  # fmt: skip
