"""Real sessions and questions for benchmarks."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

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
"""Short queries; a number is appended to make each one unique, so that no cache has it."""

MIN_SESSIONS = 3
"""Results per query, as the service returns by default."""


def new_question(number: int) -> str:
    """Return a query that is unique to `number`."""
    return f"{QUESTIONS[number % len(QUESTIONS)]} {number}"


def iter_sessions(sources: Sequence[str], options: Options) -> Iterator[Session]:
    """Yield the sessions of the sources in order, skipping records that cannot be read."""
    for source in find_sources(sources):
        reader = find_reader(source)
        for item in reader.read(source, options) if reader else ():
            if not isinstance(item, Diagnostic):
                with suppress(Skip):
                    yield to_session(item, options)


def read_sessions(sources: Sequence[str], limit: int) -> list[Session]:
    """Return up to `limit` sessions of the sources with distinct texts.

    Ends the program with a message if there are too few to fill an answer.
    """
    by_text: dict[str, Session] = {}
    for session in iter_sessions(sources, Options(event="Benchmark", year=2026)):
        by_text.setdefault(session.text_hash, session)
        if len(by_text) == limit:
            break
    if len(by_text) < MIN_SESSIONS:
        named = ", ".join(sources)
        sys.exit(f"{named}: {len(by_text)} different sessions; a benchmark needs {MIN_SESSIONS}.")
    return list(by_text.values())
