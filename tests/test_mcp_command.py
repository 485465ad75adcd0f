"""`conference-helper mcp`: a message a line, answered until there are no more or nobody reads."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.assistants import encoded, older, request
from support.processes import STUCK_SECONDS, running
from support.web_fixtures import open_loaded

from conference_helper.mcp import answer_lines
from service.mcp.messages import MAX_BYTES
from service.mcp.server import Server
from service.search.searcher import Searcher


def talk(searcher: Searcher, *lines: bytes) -> list[dict[str, Any]]:
    out = io.BytesIO()
    answer_lines(Server(searcher, str), io.BytesIO(b"\n".join(lines)), out, 60.0)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_line_is_answered(searcher: Searcher) -> None:
    asked = request("tools/call", 2, name="search_sessions", arguments={"query": "health"})
    first, second = talk(
        searcher,
        encoded(older("initialize", 1)),
        encoded(older("notifications/initialized", None)),
        b"",
        encoded(asked),
    )
    assert (first["id"], second["id"]) == (1, 2)
    assert second["result"]["structuredContent"]["results"]


def test_a_line_that_is_no_message_is_answered_and_the_next_one_too(searcher: Searcher) -> None:
    long = b'{"jsonrpc": "2.0", "id": 1, "x": "' + b"x" * 3 * MAX_BYTES + b'"}'
    answers = talk(searcher, b"{", long, b"[" * 10_000, encoded(older("ping", 4)))
    assert [answer.get("id") for answer in answers] == [None, None, None, 4]
    assert [answer["error"]["code"] for answer in answers[:3]] == [-32700, -32600, -32600]
    assert "longer than" in answers[1]["error"]["message"]


def test_it_ends_where_nobody_reads(searcher: Searcher) -> None:
    class Closed(io.BytesIO):
        def write(self, data: Any) -> int:
            raise BrokenPipeError

    rest = io.BytesIO(encoded(older("ping", 1)) + b"\n" + encoded(older("ping", 2)))
    answer_lines(Server(searcher, str), rest, Closed(), 60.0)
    assert b"ping" in rest.read()


SERVE = """
import sys
from conference_helper import cli
from support.fakes import BagOfWords
sys.modules["conference_helper.mcp"].searcher_for = lambda settings, store, serving: (
    print("said by a library"), Searcher(store, lambda fingerprint: BagOfWords()))[1]
from service.search.searcher import Searcher
cli.main(["mcp"])
"""


@pytest.mark.slow
def test_it_ends_when_its_input_does_in_the_middle_of_a_call(tmp_path: Path) -> None:
    open_loaded(tmp_path / "catalogue")[0].close()
    env = {"CONFERENCE_HELPER_DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}
    asked = request("tools/call", 2, name="search_sessions", arguments={"query": "health"})
    with running("-c", SERVE, env=env, stdin=subprocess.PIPE) as process:
        told, _ = process.communicate(json.dumps(asked) + "\n" + '{"jsonrpc', STUCK_SECONDS)
        assert process.returncode == 0
    first, second = map(json.loads, told.splitlines()[-2:])
    assert first["id"] == 2
    assert second["error"]["code"] == -32700
