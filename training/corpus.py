"""The sessions to train on: those of the served catalogue, or of any sources that `load` reads."""

from collections.abc import Callable, Sequence

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
