"""The option of commands that change the catalogue, and may wait while a loader is at work: --wait."""

import click

from service.settings import Settings

wait_option = click.option("--wait", is_flag=True, help="Wait while another loader is at work.")


def longest_wait(settings: Settings, wait: bool) -> float:
    """Return the seconds that a command waits for another loader at most."""
    return settings.wait_seconds if wait else 0
