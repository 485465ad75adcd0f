"""The command line, and the only place that wires settings, encoder, store, loaders and web together."""

import logging
import os
import signal
import sys
import threading
from functools import partial
from importlib.metadata import version
from typing import Any, NoReturn

import click

from conference_helper.catalogue import (
    backup,
    generations,
    migrate,
    restore,
    rollback,
    status,
    verify,
)
from conference_helper.evaluate import evaluate
from conference_helper.export import export
from conference_helper.export_model import export_model
from conference_helper.key import key
from conference_helper.load import load
from conference_helper.mcp import mcp
from conference_helper.printing import escaped
from conference_helper.remove import remove
from conference_helper.search import search, similar
from conference_helper.serve import serve
from conference_helper.train import train
from service import errors

EXIT_CODES: tuple[tuple[type[errors.ConferenceHelperError], int], ...] = (
    (errors.LockedError, 6),
    (errors.VerificationError, 5),
    (errors.RefusedError, 4),
    (errors.StoreError, 3),
    (errors.InputError, 2),
    (errors.NotFoundError, 2),
    (errors.NothingLoadedError, 2),
    (errors.ConferenceHelperError, 1),
)
"""Exit codes by error class; the first class that matches applies."""


class _Commands(click.Group):
    """A click.Group that reports ConferenceHelperError as a message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except errors.ConferenceHelperError as error:
            click.echo(f"Error: {escaped(str(error))}", err=True)
            ctx.exit(next(code for kind, code in EXIT_CODES if isinstance(error, kind)))


_PRIVATE = 0o077
"""Folders and files of the program are their owner's alone, whatever the user's own umask."""


def _end(number: int, frame: object) -> NoReturn:
    """Exit on a signal by an exception, so that locks are released and temporary folders removed."""
    sys.exit(128 + number)


@click.group(cls=_Commands)
@click.version_option(version("conference-helper"), message="%(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Ask in plain words, get the three sessions of a conference that answer."""
    if context.invoked_subcommand != export.name:  # its file is made for others
        context.call_on_close(partial(os.umask, os.umask(_PRIVATE)))
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end)  # `serve` has its own way to end
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


_COMMANDS = (
    load,
    search,
    similar,
    evaluate,
    status,
    rollback,
    generations,
    verify,
    backup,
    restore,
    export,
    remove,
    migrate,
    train,
    export_model,
    serve,
    mcp,
    key,
)
for _command in _COMMANDS:
    main.add_command(_command)
