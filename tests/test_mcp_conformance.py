"""The official conformance suite of the Model Context Protocol, over HTTP, in both kinds of versions.

Scenarios of what this server does not do, and says that it does not, are listed with the reason.
"""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser import serving_app

from service.errors import QueryError
from service.mcp import schemas
from service.mcp.server import TOOLS, Server
from service.mcp.tools import Call, Result, Tool
from service.search.searcher import Searcher
from service.web import create_app

HERE = Path(__file__).parent
SUITE = HERE / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NODE is None, reason="needs Node.js"),
    pytest.mark.skipif(not SUITE.exists(), reason="needs the suite: run npm ci in tests/"),
]

APPLICABLE = {
    "2026-07-28": (
        "server-stateless tools-list tools-call-simple-text tools-call-error tools-call-embedded-resource "
        "resources-list sep-2164-resource-not-found prompts-list dns-rebinding-protection caching "
        "http-header-validation server-sse-multiple-streams input-required-result-unsupported-methods"
    ),
    "2025-11-25": (
        "server-initialize server-session-lifecycle ping tools-list tools-call-simple-text tools-call-error "
        "tools-call-embedded-resource resources-list prompts-list dns-rebinding-protection"
    ),
}
NOT_APPLICABLE = {
    r"completion-complete": "arguments are not completed, and the capability is not declared",
    r"logging-set-level|tools-call-with-logging": "nothing is logged to clients; not declared",
    r"tools-call-(image|audio|mixed-content)": "answers have no images and no sound",
    r"tools-call-with-progress": "answers take milliseconds; progress is optional",
    r"tools-call-(sampling|elicitation)|elicitation-.+": "nothing is asked of the client",
    r"input-required-result-.+": "nothing is asked of the client",
    r"json-schema-2020-12|http-custom-header-server-validation": "no tool has such a schema or headers",
    r"server-sse-.+": "replies are plain JSON",
    r"resources-read-.+|resources-templates-read": "reads resources of the suite's own",
    r"resources-(un)?subscribe": "resources are read, not subscribed to; not declared",
    r"prompts-get-.+": "gets prompts of the suite's own",
    r"tasks-.+": "an extension, not declared",
}


def fixture_tool(name: str, answer: Result | QueryError) -> Tool:
    """Return a tool that the suite calls by its name."""

    def run(call: Call) -> Result:
        if isinstance(answer, QueryError):
            raise answer
        return answer

    return replace(
        TOOLS[0], name=name, arguments=schemas.arguments(()), result=schemas.result(), run=run
    )


_TEXT = Result("This is a simple text response for testing.", {})
_FILE = {"uri": "test://embedded-resource", "mimeType": "text/plain", "text": "A file."}
FIXTURES = (
    fixture_tool("test_simple_text", _TEXT),
    fixture_tool("test_logging_tool", _TEXT),
    fixture_tool("test_streaming_elicitation", _TEXT),
    fixture_tool("test_error_handling", QueryError("This tool intentionally returns an error")),
    fixture_tool(
        "test_embedded_resource", Result("", {}, ({"type": "resource", "resource": _FILE},))
    ),
)


def run_suite(searcher: Searcher, folder: Path, *options: str) -> dict[str, list[dict[str, Any]]]:
    """Return the checks of each scenario that the suite ran."""
    app = create_app(searcher)
    app.extensions["mcp"] = Server(searcher, str, tools=(*TOOLS, *FIXTURES))
    with serving_app(app) as address:
        subprocess.run(
            [
                *(str(NODE), "--import", str(HERE / "support" / "node20.mjs"), str(SUITE)),
                *("server", "--url", f"{address}/mcp", "--output-dir", str(folder), *options),
            ],
            capture_output=True,
            cwd=folder,
        )
    found = {}
    for file in folder.glob("**/checks.json"):
        name = re.fullmatch(r"server-(.+)-\d{4}-\d\d-\d\dT.+", file.parent.name)
        assert name, file
        found[name[1]] = json.loads(file.read_text("utf-8"))
    return found


@pytest.mark.parametrize("version", APPLICABLE)
def test_all_scenarios_that_apply_pass(version: str, searcher: Searcher, tmp_path: Path) -> None:
    suite = ("--suite", "all", "--spec-version", version)
    ran = run_suite(searcher, tmp_path, *suite)
    applicable = set(APPLICABLE[version].split())
    assert applicable <= ran.keys()
    failed = {
        (name, check["id"], check.get("errorMessage"))
        for name in applicable
        for check in ran[name]
        if check["status"] == "FAILURE"
        # It calls a tool that needs a capability of the client: there is none.
        and "test_missing_capability" not in check.get("errorMessage", "")
    }
    assert failed == set()
    assert [name for name in applicable if not ran[name]] == []
    others = ran.keys() - applicable
    unknown = [
        name for name in others if not any(re.fullmatch(one, name) for one in NOT_APPLICABLE)
    ]
    assert unknown == []
