from dataclasses import replace

import pytest

from service.query.boosts import exact_match_boost, quoted_phrases
from service.ranking import PHRASE_BOOST, TITLE_BOOST
from service.session import Session
from service.words import split_words

FOUND = Session(
    event="E",
    year=2026,
    source_id="1",
    title="The Last Mile Is a Person",
    abstract="A perfect warning, and seven skiers went out regardless.",
)


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ('"seven skiers" now', ("seven skiers",)),
        ("„seven skiers“ and «last mile»", ("seven skiers", "last mile")),
        ('an "open quote', ()),
        ('""', ()),
        ('"?!"', ()),
    ],
)
def test_quoted_phrases(question: str, phrases: tuple[str, ...]) -> None:
    assert quoted_phrases(question) == phrases


@pytest.mark.parametrize(
    ("question", "title", "least", "most"),
    [
        ("rostering by forecast", "Rostering by Forecast: Nurses in Winter", 1.0, 1.0),
        ("rosternig by forecast", "Rostering by Forecast - Nurses in Winter", 0.9, 1.0),
        ("did the flyer work", "Did the Flyer Work? Causal Inference", 1.0, 1.0),
        ("nurses in winter", "Rostering by Forecast: Nurses in Winter", 0, 0),
        ("keynote", "Keynote: Nurses in Winter", 0, 0),
        ("std", "std::move", 0, 0),
    ],
)
def test_a_title_without_its_subtitle_gains(
    question: str, title: str, least: float, most: float
) -> None:
    session = replace(FOUND, title=title)
    assert least <= exact_match_boost(split_words(question), [], session) <= most


@pytest.mark.parametrize(
    ("question", "least", "most"),
    [
        ("the last mile is a person", TITLE_BOOST, TITLE_BOOST),
        ("THE LAST MILE: is a person?", TITLE_BOOST, TITLE_BOOST),
        ("the last mile is a persom", 0.9, 1.0),
        ("teh last mile is a person", 0.9, 1.0),
        ("last mile", 0, 0),
        ('"seven skiers"', PHRASE_BOOST, PHRASE_BOOST),
        ('"skiers seven"', 0, 0),
        ('"even skier"', 0, 0),
    ],
)
def test_exact_things_gain(question: str, least: float, most: float) -> None:
    phrases = [split_words(phrase) for phrase in quoted_phrases(question)]
    assert least <= exact_match_boost(split_words(question), phrases, FOUND) <= most
