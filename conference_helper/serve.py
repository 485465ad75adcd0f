"""The command that serves the page and the API: serve."""

import click

from conference_helper.wiring import searcher_for
from service.settings import load_settings
from service.stores import open_store


@click.command()
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (8000).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (the cores, at most 4).")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the page and the API until told to stop."""
    settings = load_settings(host=host, port=port, workers=workers)
    from service.web.server import run

    run(settings, lambda: searcher_for(settings, open_store(settings), serving=True))
