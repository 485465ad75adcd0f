"""Records the conversation of assistants.md with the sample summit: `python docs/record_conversation.py`.

Each call is sent to the server as a client sends it, and what it answers is written down as it is.
"""

import json
import re
from pathlib import Path
from typing import Any

from conference_helper.wiring import searcher_for
from service.mcp.server import Server
from service.mcp.versions import REQUEST_META
from service.search.searcher import Searcher
from service.settings import load_settings
from service.stores import open_store

PAGE = Path(__file__).parent / "assistants.md"
PART = re.compile(r"(<!-- recorded -->\n\n```text\n)(.*?)(\n```\n\n<!-- end -->)", re.DOTALL)
NOW = "2026-05-12T10:00+02:00"
CALLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "Is there anything on childcare?",
        "search_sessions",
        {"query": "childcare", "limit": 1, "now": NOW},
    ),
    (
        "Then which workshops are there on databases on Tuesday afternoon?",
        "search_sessions",
        {"query": "workshops on Tuesday afternoon about databases", "limit": 2, "now": NOW},
    ),
    (
        "Can I hear both?",
        "check_plan",
        {"ids": "of the answer before", "now": NOW},
    ),
)


def record(searcher: Searcher) -> str:
    """Return the conversation: what a person asks, the calls, and the text of the answers."""
    server, lines, ids = Server(searcher, str), list[str](), list[str]()
    for asked, tool, arguments in CALLS:
        given = {**arguments, "ids": ids} if "ids" in arguments else arguments
        params = {"name": tool, "arguments": given, "_meta": REQUEST_META}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        reply = server.answer(json.dumps(message).encode())
        result = (reply.body or {})["result"]
        ids = [one["id"] for one in result["structuredContent"].get("results", ())]
        lines += [f"# {asked}", f"> {tool} {json.dumps(given)}", result["content"][0]["text"], ""]
    return "\n".join(lines).strip()


def recorded() -> str:
    """Return the conversation that the page has."""
    ((_, text, _),) = PART.findall(PAGE.read_text("utf-8"))
    return str(text)


if __name__ == "__main__":
    settings = load_settings()
    made = record(searcher_for(settings, open_store(settings)))
    page = PAGE.read_text("utf-8")
    PAGE.write_text(PART.sub(lambda found: f"{found[1]}{made}{found[3]}", page), "utf-8")
