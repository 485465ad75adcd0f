"""What is understood of questions over four catalogues, measured: questions/understanding.jsonl.

Each line has a catalogue, a question, the time it is asked at, and the constraints in it: kind and value. The
words of time are those of docs/searching.md. The questions were written without knowledge of the rules.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.known import known_values_of
from support.reading_sources import Reading

from loaders.records.record import Options
from loaders.sources.find import find_sources
from service.query.constraints.known_values import KnownValues
from service.query.constraints.read import read_constraints
from service.words import split_words

QUESTIONS = Path(__file__).parent / "questions" / "understanding.jsonl"
SAMPLES = Path(__file__).parent.parent / "samples"
PRECISION, RECALL = 0.98, 0.95
OTHERS = {
    "fosdem": {"fosdem/schedule_2019.xml": Options(timezone="Europe/Brussels")},
    "camp": {"frab/frab-camp2019.json": Options()},
    "sessionize": {
        f"sessionize/global_azure_austria_{year}.json": Options(
            event="Global Azure Austria", year=year, timezone="Europe/Vienna"
        )
        for year in (2024, 2025)
    },
}
NOW = {
    "samples": "2026-05-12T10:00+02:00",
    "fosdem": "2019-02-02T10:00+01:00",
    "camp": "2019-08-21T10:00+02:00",
    "sessionize": "2024-04-18T09:30+02:00",
}
Pairs = Counter[tuple[str, str]]


@dataclass
class Catalogue:
    known: KnownValues
    titles: set[tuple[str, ...]]


def sources(name: str) -> dict[str, Options]:
    """Return the files of a catalogue and how to read them; skips where the data is not there."""
    if name == "samples":
        return {str(SAMPLES): Options()}
    data = os.environ.get("CONFERENCE_HELPER_TEST_DATA")
    if not data:
        pytest.skip("CONFERENCE_HELPER_TEST_DATA names no folder of real programmes")
    return {str(Path(data) / file): options for file, options in OTHERS[name].items()}


@cache
def catalogue(name: str) -> Catalogue:
    reading = Reading()
    for file, options in sources(name).items():
        for source in find_sources([file]):
            reading.take(source, options)
    titles = {tuple(split_words(session.title)) for session in reading.sessions}
    return Catalogue(known_values_of(reading.sessions), titles)


def questions(name: str) -> list[dict[str, Any]]:
    lines = QUESTIONS.read_text("utf-8").splitlines()
    return [one for one in map(json.loads, lines) if one["catalogue"] == name]


def understood(asked: dict[str, Any]) -> Pairs:
    """Return the kinds and values that are understood; a title of the catalogue is not interpreted."""
    text, where = asked["question"], catalogue(asked["catalogue"])
    if tuple(split_words(text)) in where.titles:
        return Counter()
    now = datetime.fromisoformat(asked.get("now") or NOW[asked["catalogue"]])
    read = read_constraints(text, where.known, now)
    return Counter(pair for one in read.constraints for pair in pairs(one.kind, one.value))


def pairs(kind: str, value: str | int) -> Iterator[tuple[str, str]]:
    """Yield the constraint; of several days or years each one, as the questions have them."""
    several = str(value).split(", ") if kind in ("day", "year") else [str(value)]
    yield from ((kind, one) for one in several)


@pytest.mark.parametrize("name", NOW)
def test_what_is_meant_is_understood_and_nothing_else(name: str) -> None:
    right, extra, missed, wrong = 0, 0, 0, []
    for asked in questions(name):
        found = understood(asked)
        wanted: Pairs = Counter((one["kind"], str(one["value"])) for one in asked["understood"])
        right += (found & wanted).total()
        extra += (found - wanted).total()
        missed += (wanted - found).total()
        if found != wanted:
            wrong.append((asked["question"], dict(found - wanted), dict(wanted - found)))
    assert right / (right + extra) >= PRECISION, wrong
    assert right / (right + missed) >= RECALL, wrong


def test_there_are_questions_enough() -> None:
    assert sum(len(questions(name)) for name in NOW) >= 300
