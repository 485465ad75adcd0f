"""hypothesis finds no message that /mcp does not answer as the protocol has it.

CONFERENCE_HELPER_TEST_LONG=1 sends over 20,000 messages.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.assistants import Values, encoded, headers, older, request
from support.web_fixtures import SESSIONS

from service.mcp.messages import INTERNAL_ERROR
from service.mcp.prompts import PROMPTS
from service.mcp.server import TOOLS
from service.search.searcher import Searcher
from service.web import create_app

pytestmark = pytest.mark.slow

IS_LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
EXAMPLES = 20_000 if IS_LONG else 400
STATUSES = {200, 202, 400, 404}
METHODS = (
    "initialize",
    "ping",
    "server/discover",
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
    "prompts/get",
)
DESCRIBED = {tool.name: tool.as_dict() for tool in TOOLS}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda some: (
        st.lists(some, max_size=4) | st.dictionaries(st.text(max_size=10), some, max_size=4)
    ),
    max_leaves=8,
)
ids = st.integers(0, 2**53) | st.text(max_size=20)
known = st.sampled_from(
    [
        *(str(one.id) for one in SESSIONS),
        *(f"session://{one.id}" for one in SESSIONS),
        "health",
        "Anna Kowalska on Tuesday after 14:00",
        "2026-05-12",
        "2026-05-12T09:00:00+02:00",
        "10:00",
        "a" * 2_001,
        "\x00",
        "٣",
        "%00/../..",
    ]
)


def fitting(schema: Values) -> st.SearchStrategy[Any]:
    """Values that a schema may allow, so that more than its first check is reached."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*map(fitting, schema["anyOf"]))
    kinds: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "string": lambda: known | st.text(max_size=30),
        "integer": lambda: st.integers(-2, 60) | st.integers(),
        "number": lambda: st.floats() | st.integers(),
        "boolean": st.booleans,
        "null": st.none,
        "array": lambda: st.lists(fitting(schema.get("items", {})), max_size=5),
        "object": lambda: arguments(schema),
    }
    allowed = schema.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    return st.one_of(*(kinds[kind]() for kind in allowed)) if allowed else values


def arguments(schema: Values) -> st.SearchStrategy[Values]:
    properties = schema.get("properties", {})
    wanted = {name: fitting(properties[name]) for name in schema.get("required", ())}
    others = {name: fitting(one) for name, one in properties.items() if name not in wanted}
    return st.fixed_dictionaries(wanted, optional=others)


def calls(name: str) -> st.SearchStrategy[Values]:
    schema = DESCRIBED[name]["inputSchema"]
    odd = st.dictionaries(st.sampled_from([*schema["properties"], "more"]), values, max_size=4)
    return st.fixed_dictionaries({"name": st.just(name), "arguments": arguments(schema) | odd})


sound = st.one_of(
    st.tuples(st.just("tools/call"), st.sampled_from(list(DESCRIBED)).flatmap(calls)),
    st.tuples(
        st.sampled_from(METHODS) | st.text(max_size=20),
        st.dictionaries(
            st.sampled_from(["name", "uri", "cursor", "arguments", "protocolVersion", "_meta"])
            | st.text(max_size=10),
            known | st.sampled_from([one.name for one in PROMPTS]) | values,
            max_size=4,
        ),
    ),
)
damaged = st.dictionaries(
    st.sampled_from(["jsonrpc", "id", "method", "params", "result", "error"]), values
)


def test_whatever_is_sent_is_answered_as_the_protocol_has_it(searcher: Searcher) -> None:
    client = create_app(searcher, deadline=600).test_client()
    answered = Counter[int]()

    def send(body: bytes, head: dict[str, str]) -> None:
        answer = client.post("/mcp", data=body, headers=head, content_type="application/json")
        answered[answer.status_code] += 1
        assert answer.status_code in STATUSES, answer.text
        if answer.status_code == 202:
            assert not answer.data
            return
        reply = answer.get_json()
        assert reply["jsonrpc"] == "2.0"
        assert ("result" in reply) != ("error" in reply)
        assert reply.get("error", {}).get("code") != INTERNAL_ERROR, reply
        told = reply.get("result", {})
        if "structuredContent" in told:
            name = json.loads(body)["params"]["name"]
            Draft202012Validator(DESCRIBED[name]["outputSchema"]).validate(
                told["structuredContent"]
            )

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not IS_LONG,
        suppress_health_check=list(HealthCheck),
    )
    @given(sound, ids, st.booleans())
    def send_requests(said: tuple[str, Values], id: str | int, is_older: bool) -> None:
        method, params = said
        message = (older if is_older else request)(method, id, **params)
        send(encoded(message), {} if is_older else _sendable(headers(message)))

    @settings(max_examples=EXAMPLES // 4, deadline=None, database=None, derandomize=not IS_LONG)
    @given(damaged.map(encoded) | values.map(encoded) | st.binary(min_size=1, max_size=60))
    def send_anything(body: bytes) -> None:
        send(body, {})

    send_requests()
    send_anything()
    sys.stdout.write(f"{sum(answered.values())} messages: {dict(answered)}\n")
    assert sum(answered.values()) > EXAMPLES
    assert answered[200] > EXAMPLES // 4


def _sendable(given: dict[str, str]) -> dict[str, str]:
    """Leave out of headers what no client can send in one."""
    return {
        name: text
        for name, text in given.items()
        if isinstance(text, str) and text.isascii() and text.isprintable()
    }
