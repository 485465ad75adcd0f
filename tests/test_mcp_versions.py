"""Which version a request speaks, and whether its headers agree with it."""

from typing import Any

import pytest
from support.assistants import META, VERSION, message

from service.mcp.messages import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    UNSUPPORTED_VERSION,
    ProtocolError,
)
from service.mcp.versions import Headers, agree, is_stateless

CALL = {"name": "get_session", "_meta": META}
VERSION_KEY, CAPABILITIES_KEY = META


def refusal(method: str, params: dict[str, Any], headers: Headers | None) -> ProtocolError:
    with pytest.raises(ProtocolError) as raised:
        is_stateless(message(method, params), headers)
    assert raised.value.id == 7
    return raised.value


@pytest.mark.parametrize(
    "name", ["get_session", "=?base64?Z2V0X3Nlc3Npb24=?="], ids=["plain", "encoded"]
)
def test_headers_that_agree_are_taken(name: str) -> None:
    assert is_stateless(message("tools/call", CALL), Headers(VERSION, "tools/call", name))


def test_without_http_there_are_no_headers() -> None:
    assert is_stateless(message("tools/call", CALL), None)
    assert not is_stateless(message("initialize", {}), None)


@pytest.mark.parametrize(
    "headers",
    [
        Headers(None, "tools/call", "get_session"),
        Headers("2025-11-25", "tools/call", "get_session"),
        Headers(VERSION, None, "get_session"),
        Headers(VERSION, "TOOLS/CALL", "get_session"),
        Headers(VERSION, "tools/call", None),
        Headers(VERSION, "tools/call", "other"),
        Headers(VERSION, "tools/call", "=?base64?Z2V0X3Nlc3Npb24?="),
        Headers(VERSION, "tools/call", "=?base64?!!!?="),
        Headers(VERSION, "tools/call", "=?base64?/w==?="),
    ],
)
def test_headers_that_say_something_else_are_refused(headers: Headers) -> None:
    assert refusal("tools/call", CALL, headers).code == HEADER_MISMATCH


@pytest.mark.parametrize(
    "meta",
    [{}, {VERSION_KEY: VERSION}, {CAPABILITIES_KEY: {}}, {**META, CAPABILITIES_KEY: []}, 5],
)
def test_a_request_says_its_version_and_capabilities(meta: Any) -> None:
    error = refusal("tools/list", {"_meta": meta}, Headers(VERSION, "tools/list"))
    assert error.code == INVALID_PARAMS


@pytest.mark.parametrize("asked", ["1900-01-01", "x" * 500, 5])
def test_an_unknown_version_is_told_the_known_ones(asked: Any) -> None:
    error = refusal("tools/list", {"_meta": {**META, VERSION_KEY: asked}}, None)
    assert error.code == UNSUPPORTED_VERSION
    assert error.data == {"supported": [VERSION], "requested": str(asked)[:80]}


def test_a_header_of_an_unknown_older_version_is_refused() -> None:
    assert refusal("tools/list", {}, Headers("2024-11-05")).code == UNSUPPORTED_VERSION


@pytest.mark.parametrize("version", [None, "2025-11-25", "2025-06-18"])
def test_older_versions_are_spoken(version: str | None) -> None:
    assert not is_stateless(message("tools/list", {}), Headers(version))


def test_a_client_that_initializes_gets_the_version_that_it_asks_for_or_the_newest_of_its_kind() -> (
    None
):
    assert agree("2025-06-18") == "2025-06-18"
    assert agree("2024-11-05") == agree(VERSION) == agree(None) == "2025-11-25"
