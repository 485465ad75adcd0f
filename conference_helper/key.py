"""The `key` command group: create, list and revoke API keys."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conference_helper.printing import print_json
from service.errors import InputError, SettingsError
from service.settings import load_settings

if TYPE_CHECKING:
    from service.keys.key import Key, Scope


@click.group()
def key() -> None:
    """Make, list and revoke the API keys of programs."""


@key.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(["search", "ops"]),
    default=["search"],
    show_default=True,
    help="What it is for; may be repeated.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Last day on which it is accepted (UTC); without an end when unset.",
)
@click.option(
    "--rate-limit",
    type=click.IntRange(0, 2**31 - 1),
    metavar="REQUESTS",
    help="Most requests with it a minute, 0 for any number; API_KEYS_RATE_LIMIT when unset.",
)
def new(
    name: str, scopes: tuple["Scope", ...], until: datetime | None, rate_limit: int | None
) -> None:
    """Make a key and print it, this once: only its hash is kept. NAME tells it from others."""
    from service.keys.changes import add_key
    from service.keys.key import NAME_PATTERN

    if not re.match(NAME_PATTERN, name):
        raise InputError(
            f"{name!r} is no name of a key: give up to 64 letters, digits, ., _ and -, as in travel-app."
        )
    last_day = until.date() if until else None
    if last_day and last_day < _today():
        raise InputError(f"{last_day} is over. Name today or a day to come with --until.")
    path = _path()
    click.echo(add_key(path, name, tuple(dict.fromkeys(scopes)), last_day, rate_limit))
    click.echo(f"This is shown once: {path} keeps only its hash.", err=True)


@key.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_(as_json: bool) -> None:
    """List the keys by name, with their scopes, last days and limits of their own."""
    from service.keys.key_file import read_keys

    keys = read_keys(_path())
    if as_json:
        print_json({"keys": [_as_dict(one) for one in keys]})
        return
    width = max((len(one.name) for one in keys), default=0)
    for one in keys:
        click.echo(
            f"{one.name:<{width}}  {'+'.join(one.scopes):<10}  {_tell_end(one)}{_tell_limit(one)}"
        )


@key.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Revoke the key of that NAME: from its next request on it is refused."""
    from service.keys.changes import revoke_key

    revoke_key(_path(), name)
    click.echo(f"Revoked {name}.")


def _path() -> Path:
    path = load_settings().api_keys_file
    if path is None:
        raise SettingsError(
            "There is no file of API keys. Name one with CONFERENCE_HELPER_API_KEYS_FILE, for `serve` too."
        )
    return path


def _as_dict(one: "Key") -> dict[str, Any]:
    until = one.until.isoformat() if one.until else None
    ended = one.has_ended(_today())
    return {
        "name": one.name,
        "scopes": list(one.scopes),
        "until": until,
        "ended": ended,
        "rate_limit": one.rate_limit,
    }


def _tell_end(one: "Key") -> str:
    if one.until is None:
        return "without an end"
    return f"{'ended after' if one.has_ended(_today()) else 'until'} {one.until}"


def _tell_limit(one: "Key") -> str:
    if one.rate_limit is None:
        return ""
    return f", {one.rate_limit or 'any number of'} requests a minute"


def _today() -> date:
    return datetime.now(UTC).date()
