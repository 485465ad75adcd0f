"""The command that writes the catalogue to a file: export."""

from contextlib import closing
from pathlib import Path

import click

from service.settings import load_settings
from service.stores import open_store


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--vectors", is_flag=True, help="Write each session's vector too (JSON Lines).")
def export(file: Path, vectors: bool) -> None:
    """Write the catalogue to FILE: .jsonl, which load reads back, .csv, or .ics for calendars; or with .gz."""
    from loaders.export import write_export

    with closing(open_store(load_settings())) as store, store.reading() as generation:
        count = write_export(generation, file, vectors=vectors)
        left = generation.manifest.sessions - count
    click.echo(f"Wrote {count} sessions to {file}.")
    if left:
        click.echo(f"{left} sessions have no day yet and are not in it.")
