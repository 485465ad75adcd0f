"""What to train on: sessions of the served catalogue or of sources that `load` reads, and what sets ask."""

from collections.abc import Callable, Sequence
from pathlib import Path

from evaluation.datasets import read_corpus, read_questions
from loaders.records.record import Options
from loaders.report import Report
from loaders.sources.find import find_sources
from loaders.staging.database import Staging
from loaders.staging.read import stage
from service.session import Session
from service.stores.protocol import SessionStore


def read_sources(
    sources: Sequence[str], options: Options, say: Callable[[str], None]
) -> list[Session]:
    """Return the sessions of sources, as `load` reads them. Raises InputError if there are none."""
    staging, report = Staging(), Report()
    try:
        stage(find_sources(sources), options, staging, report)
        for line in report.lines():
            say(line)
        return [session for batch in staging.sessions(everything=True) for session in batch]
    finally:
        staging.close()


def read_catalogue(store: SessionStore) -> list[Session]:
    """Return the sessions of the served catalogue. Raises NothingLoadedError if there is none."""
    with store.reading() as generation:
        return [session for batch, _ in generation.scan() for session in batch]


def read_asked(folders: Sequence[Path]) -> list[str]:
    """Return the questions of the given sets: titles and topics that are not to be learned from."""
    asked: list[str] = []
    for folder in folders:
        documents = {session.source_id for session in read_corpus(folder)}
        asked += read_questions(folder, documents).questions.values()
    return asked
