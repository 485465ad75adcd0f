"""Commands that manage a catalogue: status, generations, rollback, verify, backup, restore, migrate."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from conference_helper.printing import print_events, print_json
from conference_helper.waiting import longest_wait, wait_option
from conference_helper.wiring import catalogue_encoder, open_searcher
from service import errors
from service.settings import Settings, load_settings
from service.stores import open_embedded, open_store
from service.stores.generations import Kept, list_kept
from service.stores.waiting import rollback_to

if TYPE_CHECKING:
    from service.stores.deep_check import DeepCheck
    from service.stores.protocol import SessionStore

EVENTS_SHOWN = 10
"""The number of events that `status` lists without `--events`."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--events", "every", is_flag=True, help="List all events, not the latest alone.")
def status(as_json: bool, every: bool) -> None:
    """Print what is loaded: totals, and the latest events."""
    settings = load_settings()
    with open_searcher(settings) as searcher:
        found = searcher.status()
    if as_json:
        print_json(found)
        return
    encoder = found["encoder"]
    click.echo(f"{found['sessions']} sessions in generation {found['generation']}")
    click.echo(f"Store:   {found['store']}, catalogue {settings.catalogue}")
    click.echo(f"Encoder: {encoder['model']}, window {encoder['window']}")
    print_events(found["events"], shown=None if every else EVENTS_SHOWN)


@click.command()
@click.option("--to", metavar="NAME", help="Serve this one, which may be newer: see `generations`.")
@wait_option
def rollback(to: str | None, wait: bool) -> None:
    """Serve the generation before the present one again, or another that is kept."""
    settings = load_settings()
    with closing(open_store(settings)) as store:
        manifest = rollback_to(store, to, wait=longest_wait(settings, wait))
        kept = list_kept(manifest.generation, store.generations())
    click.echo(f"Serving generation {manifest.generation} with {manifest.sessions} sessions again.")
    for one in kept:
        if one.place == "forward":
            name = one.manifest.generation
            click.echo(
                f"Forward again, until the next load: conference-helper rollback --to {name}"
            )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def generations(as_json: bool) -> None:
    """List retained generations, newest first, with how long `rollback --to` can restore each."""
    with closing(open_store(load_settings())) as store:
        served = store.manifest().generation
        kept = list_kept(served, store.generations())
    if as_json:
        print_json({"served": served, "generations": [one.as_dict() for one in kept]})
        return
    for one in kept:
        mark = "*" if one.place == "served" else " "
        manifest = one.manifest
        sessions = f"{manifest.sessions:>8} sessions"
        click.echo(
            f"{mark} {manifest.generation}  {sessions}  {manifest.created_at}  {_tell_place(one)}"
        )


def _tell_place(one: Kept) -> str:
    if one.place == "served":
        return "served"
    loads = "1 more load" if one.loads == 1 else f"{one.loads} more loads"
    return f"{one.place}, {f'for {loads}' if one.loads else 'until the next load'}"


@click.command()
@click.option("--deep", is_flag=True, help="Embed every session anew too, and compare.")
def verify(deep: bool) -> None:
    """Read everything that is served and check it: files, counts, vectors, payloads, the catalogue's name."""
    from service.stores.verification import verify as check

    settings = load_settings()
    with closing(open_store(settings)) as store:
        manifest = check(store, _deep_check(settings, store) if deep else None)
    click.echo(f"Generation {manifest.generation} is sound: {manifest.sessions} sessions.")
    if not manifest.is_recorded:
        click.echo(
            "It has no digests of what was written, as an older version wrote it. The next load writes it "
            "anew, with them."
        )


def _deep_check(settings: Settings, store: "SessionStore") -> "DeepCheck":
    from loaders.progress import show_progress
    from service.stores.deep_check import DeepCheck

    encoder = catalogue_encoder(settings, store.manifest().encoder)
    return DeepCheck(encoder, partial(show_progress, Console(stderr=True)))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@wait_option
def backup(folder: Path, wait: bool) -> None:
    """Write what is served to FOLDER, which must be new or empty; serving goes on."""
    from service.stores.backup import write_backup

    settings = load_settings()
    with closing(open_store(settings)) as store:
        manifest = write_backup(store, folder, wait=longest_wait(settings, wait))
    click.echo(f"Wrote {manifest.sessions} sessions of {manifest.generation} to {folder}.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@wait_option
def restore(folder: Path, wait: bool) -> None:
    """Load the backup in FOLDER into a new generation and serve it; `rollback` undoes it."""
    from service.stores.backup import restore_backup

    settings = load_settings()
    with closing(open_store(settings)) as store:
        manifest = restore_backup(folder, store, wait=longest_wait(settings, wait))
    click.echo(f"Serving {manifest.sessions} sessions in generation {manifest.generation}.")


@click.command()
@click.argument("target", type=click.Choice(["server", "embedded"]))
@wait_option
def migrate(target: str, wait: bool) -> None:
    """Copy the catalogue to TARGET from the other store, vectors and all; nothing is embedded again."""
    from service.stores.copying import copy_catalogue

    settings = load_settings()
    if not settings.qdrant.url:
        raise errors.SettingsError(
            "migrate needs both stores. Set CONFERENCE_HELPER_QDRANT_URL to the server's address."
        )
    with closing(open_embedded(settings)) as embedded, closing(open_store(settings)) as server:
        stores = (embedded, server) if target == "server" else (server, embedded)
        manifest = copy_catalogue(*stores, wait=longest_wait(settings, wait))
    click.echo(f"Copied {manifest.sessions} sessions to {manifest.generation} ({target}).")
