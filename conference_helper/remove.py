"""The command that removes an event from the catalogue: remove."""

import sys
from contextlib import closing

import click

from conference_helper.waiting import longest_wait, wait_option
from service import errors
from service.settings import load_settings
from service.stores import open_store


@click.command()
@click.option("--event", required=True, help="Event to remove.")
@click.option("--year", type=click.IntRange(1900, 2199), help="Only its sessions of this year.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
def remove(event: str, year: int | None, yes: bool, wait: bool) -> None:
    """Remove the sessions of an event from the catalogue; rollback brings them back."""
    from loaders.sync import count_sessions, remove_event

    settings = load_settings()
    with closing(open_store(settings)) as store:
        what = f"{event} {year}" if year else event
        count = count_sessions(store, event, year)
        if not count:
            raise errors.InputError(
                f"The catalogue holds no session of {what}. conference-helper status lists events."
            )
        click.echo(f"This removes the {count} sessions of {what}.")
        if not yes and not (sys.stdin.isatty() and click.confirm("Go on?")):
            raise errors.RefusedError("Nothing was removed. Pass --yes to remove them.")
        manifest = remove_event(store, event, year, wait=longest_wait(settings, wait))
    click.echo(f"Serving {manifest.sessions} sessions in generation {manifest.generation}.")
