"""The command that serves the page and the API: serve."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import click

from conference_helper.wiring import searcher_for
from service.errors import SettingsError
from service.settings import load_settings
from service.stores import open_store

_SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client's variable for the folder through which processes share metrics; read on import."""


@click.command()
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (8000).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (the cores, at most 4).")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the page and the API until told to stop."""
    settings = load_settings(host=host, port=port, workers=workers)
    with _counting_together() if settings.workers > 1 else nullcontext():
        from service.web.server import run

        run(settings, lambda: searcher_for(settings, open_store(settings), serving=True))


@contextmanager
def _counting_together() -> Iterator[None]:
    """Create the folder through which worker processes share metrics, unless one is configured."""
    if _SHARED_METRICS in os.environ:
        yield
        return
    try:
        folder, first = tempfile.mkdtemp(prefix="metrics-"), os.getpid()
    except OSError as error:
        raise SettingsError(
            f"No folder can be created for the numbers that processes count together ({error.strerror}). "
            "Name one that can be written with TMPDIR, or serve with --workers 1."
        ) from error
    os.environ[_SHARED_METRICS] = folder
    try:
        yield
    finally:
        if os.getpid() == first:  # the others are forks of it, and end here too
            del os.environ[_SHARED_METRICS]
            shutil.rmtree(folder)
