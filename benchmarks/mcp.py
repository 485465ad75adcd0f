"""What a question costs when an assistant asks it, against the same question to the API.

    python -m benchmarks.mcp [--turns 300] [--json FILE] QUESTION...

The catalogue is the one that the settings name. In a turn each question is asked of /api/search and by the
tool search_sessions over /mcp, in process and without a network, one after the other; the vectors of the
questions are cached. Times are of the processor: what else the machine does counts less.
"""

import argparse
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.support.results import Row, median, middle_half, report
from conference_helper.wiring import searcher_for
from service.errors import NothingLoadedError
from service.mcp.versions import REQUEST_META, STATELESS
from service.settings import load_settings
from service.stores import open_store
from service.web import create_app

QUESTIONS = ("health analytics", "workshops on Tuesday afternoon", "how do I find a slow query")
_HEADERS = {
    "MCP-Protocol-Version": STATELESS[0],
    "Mcp-Method": "tools/call",
    "Mcp-Name": "search_sessions",
}


def main() -> None:
    """Parse the arguments, run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("questions", nargs="*", default=QUESTIONS)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    settings = load_settings()
    with closing(open_store(settings)) as store:
        try:
            store.manifest()
        except NothingLoadedError as error:
            parser.error(str(error))
        client = create_app(searcher_for(settings, store, serving=True)).test_client()
        rows = [measure(client, question, args.turns) for question in args.questions]
    report(rows, f"python -m benchmarks.mcp --turns {args.turns}", args.json)


def measure(client: Any, question: str, turns: int) -> Row:
    """Compare the median latencies of the API and of the MCP tool, in milliseconds, measured in alternation."""

    def ask_api() -> None:
        assert client.get("/api/search", query_string={"q": question}).status_code == 200

    params = {"name": "search_sessions", "arguments": {"query": question}, "_meta": REQUEST_META}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}

    def ask_tool() -> None:
        assert client.post("/mcp", json=message, headers=_HEADERS).status_code == 200

    for ask in (ask_api, ask_tool):
        ask()
    api, tool = list[float](), list[float]()
    for _ in range(turns):
        api.append(_time(ask_api))
        tool.append(_time(ask_tool))
    more = [one - other for one, other in zip(tool, api, strict=True)]
    told = f"{median(more):+.2f} ms at the median; {middle_half(more)}"
    return Row(question, median(api), median(tool), "ms", median(api) / median(tool), told)


def _time(ask: Callable[[], None]) -> float:
    begun = time.process_time()
    ask()
    return 1000 * (time.process_time() - begun)


if __name__ == "__main__":
    main()
