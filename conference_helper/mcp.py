"""The command that answers assistants: mcp."""

import sys
from contextlib import closing, redirect_stdout
from typing import TYPE_CHECKING, BinaryIO

import click

from conference_helper.wiring import searcher_for
from service.runtime import deadline
from service.settings import load_settings
from service.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.mcp.server import Server

_SECONDS = 60.0
"""For one answer: the first has to load the model."""


@click.command()
def mcp() -> None:
    """Answer an assistant (MCP) on standard input and output until the input ends."""
    from service.mcp.server import Server

    settings, lines, out = load_settings(), sys.stdin.buffer, sys.stdout.buffer
    # What a library prints must not get between the answers.
    with closing(open_store(settings)) as store, redirect_stdout(sys.stderr):
        searcher = searcher_for(settings, store, serving=True)
        server = Server(searcher, str, public_url=settings.public_url or "")
        answer_lines(server, lines, out, _SECONDS)


def answer_lines(server: "Server", lines: BinaryIO, out: BinaryIO, seconds: float) -> None:
    """Answer each line, within `seconds`, until there are no more or nobody reads the answers."""
    from service.mcp.texts import as_json

    for line in _read_lines(lines):
        with deadline.within(seconds):
            body = server.answer(line).body
        if body is None:
            continue
        try:
            out.write(as_json(body).encode("utf-8", "replace") + b"\n")
            out.flush()
        except (BrokenPipeError, ValueError):  # ValueError: it was closed here
            return


def _read_lines(lines: BinaryIO) -> "Iterator[bytes]":
    """Yield the lines that say something; of one that is too long, just too much of it."""
    from service.mcp.messages import MAX_BYTES

    while line := lines.readline(MAX_BYTES + 2):
        end = line
        while not end.endswith(b"\n") and len(end) > MAX_BYTES:
            end = lines.readline(MAX_BYTES + 2)
        if line.strip():
            yield line.rstrip(b"\r\n")
