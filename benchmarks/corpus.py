"""Real sessions for benchmarks: read from sources, each text once."""

from collections.abc import Sequence

from loaders.readers import find_reader
from loaders.records.cleaning import to_session
from loaders.records.record import Diagnostic, Options, Skip
from loaders.sources.find import find_sources
from service.session import Session

QUESTIONS = (
    "health analytics",
    "how do I find out why my query is slow",
    "what's new in Python packaging",
    "testing microservices without mocks",
    "an introduction to machine learning for beginners",
    "memory safety in systems programming",
    "who maintains the maintainers",
    "deploying Django on Kubernetes",
    "accessible data visualisation",
    "parsing large XML files fast",
    "writing a compiler in a weekend",
    "real-time maps of public transport",
)
"""Short questions, as people type them; a number after one makes it a question never asked before."""


def new_question(number: int) -> str:
    """Return a question that no other number gives."""
    return f"{QUESTIONS[number % len(QUESTIONS)]} {number}"


def read_sessions(sources: Sequence[str], most: int) -> list[Session]:
    """Return up to `most` sessions of the sources whose texts differ, in the order they stand there."""
    options = Options(event="Benchmark", year=2026)
    found: dict[str, Session] = {}
    for source in find_sources(sources):
        reader = find_reader(source)
        for item in reader.read(source, options) if reader else ():
            if isinstance(item, Diagnostic):
                continue
            try:
                session = to_session(item, options)
            except Skip:
                continue
            found.setdefault(session.text_hash, session)
            if len(found) == most:
                return list(found.values())
    return list(found.values())
