"""An assistant without a language model: sends messages to the MCP server, and counts tokens as models do."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from service.mcp.messages import Message
from service.mcp.server import Server
from service.search.searcher import Searcher

VERSION = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientCapabilities": {},
}
Values = dict[str, Any]


def request(method: str, id: str | int | None = 1, /, **params: Any) -> Values:
    """Return a request of the stateless version; a notification for no id."""
    message: Values = {"jsonrpc": "2.0", "method": method, "params": {"_meta": META, **params}}
    return message if id is None else {**message, "id": id}


def encoded(message: object) -> bytes:
    return json.dumps(message).encode()


def headers(message: Values, **others: str) -> dict[str, str]:
    """Return the headers that a request over HTTP has beside it."""
    params = message["params"]
    name = params.get("name", params.get("uri"))
    given = {"MCP-Protocol-Version": VERSION, "Mcp-Method": message["method"]}
    return {**given, **({"Mcp-Name": name} if name else {}), **others}


def older(method: str, id: str | int | None = 1, /, **params: Any) -> Values:
    """Return a request of the versions before, as a message."""
    message: Values = {"jsonrpc": "2.0", "method": method, "params": params}
    return message if id is None else {**message, "id": id}


def message(method: str, params: Values) -> Message:
    return Message(7, method, params)


def tokens(text: str) -> int:
    """Return how many tokens of cl100k_base a text has."""
    return len(_encoding().encode(text))


@cache
def _encoding() -> Any:
    from bpe_openai import get_encoding  # reads its vocabularies when it is imported

    return get_encoding("cl100k_base")


class Assistant:
    """Asks a server, as a client over standard input does; counts its calls and the tokens of what it reads."""

    def __init__(self, searcher: Searcher, *, now: str = "", public_url: str = "") -> None:
        """Say `now` in every call of a tool that takes it."""
        self.server = Server(searcher, str, public_url=public_url)
        self.now = now
        self.calls = self.tokens = 0
        tools = self.ask("tools/list")["tools"]
        self.tools: dict[str, Values] = {tool["name"]: tool for tool in tools}

    def reply(self, method: str, **params: Any) -> Values:
        body = self.server.answer(encoded(request(method, **params))).body
        assert body is not None
        return body

    def ask(self, method: str, **params: Any) -> Values:
        body = self.reply(method, **params)
        assert "error" not in body, body["error"]
        result: Values = body["result"]
        assert result["resultType"] == "complete"
        return result

    def call(self, name: str, /, **arguments: Any) -> Values:
        """Return a tool's answer, which is no error, as JSON values."""
        result = self.try_call(name, **arguments)
        assert not result["isError"], result["content"]
        values: Values = result["structuredContent"]
        return values

    def fail(self, name: str, /, **arguments: Any) -> str:
        """Return what a tool's error says."""
        result = self.try_call(name, **arguments)
        assert result["isError"], result
        assert "structuredContent" not in result
        return str(result["content"][0]["text"])

    def try_call(self, name: str, /, **arguments: Any) -> Values:
        takes = self.tools[name]["inputSchema"]["properties"]
        if self.now and "now" in takes:
            arguments = {"now": self.now, **arguments}
        result = self.ask("tools/call", name=name, arguments=arguments)
        self.calls += 1
        self.tokens += cost(result)
        return result


def cost(result: Mapping[str, Any]) -> int:
    """Return the tokens of an answer: its texts, its files and its JSON values."""
    parts = [
        part["text"] if part["type"] == "text" else json.dumps(part) for part in result["content"]
    ]
    if "structuredContent" in result:
        values = result["structuredContent"]
        parts.append(json.dumps(values, ensure_ascii=False, separators=(",", ":")))
    return sum(map(tokens, parts))
