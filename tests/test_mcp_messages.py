"""Messages are read within limits; what is none is answered by a plain error."""

import json
from typing import Any

import pytest
from support.assistants import encoded, older

from service.mcp.messages import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    MAX_BYTES,
    MAX_DEPTH,
    PARSE_ERROR,
    ProtocolError,
    parse,
)


def refusal(body: bytes) -> ProtocolError:
    with pytest.raises(ProtocolError) as raised:
        parse(body)
    return raised.value


def test_a_request_is_read() -> None:
    read = parse(encoded(older("tools/list", 5, cursor='[]{}\\"')))
    assert (read.id, read.method, read.params) == (5, "tools/list", {"cursor": '[]{}\\"'})


def test_a_notification_has_no_id() -> None:
    assert parse(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}').id is None


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        (b"", PARSE_ERROR, "not valid JSON"),
        (b"{", PARSE_ERROR, "not valid JSON"),
        (b'"\xff"', PARSE_ERROR, "not valid JSON"),
        (b'{"jsonrpc": "2.0", "id": "\\ud800", "method": "ping"}', PARSE_ERROR, "not valid JSON"),
        (b"[" * 10_000, INVALID_REQUEST, "nested deeper"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, INVALID_REQUEST, "nested deeper"),
        (b" " * (MAX_BYTES + 1), INVALID_REQUEST, "longer than 262,144 bytes"),
        (b"[]", INVALID_REQUEST, "one message at a time"),
        (b"7", INVALID_REQUEST, "no JSON object"),
        (b"1" * 5_000, PARSE_ERROR, "not valid JSON"),
    ],
)
def test_what_is_no_message_is_refused(body: bytes, code: int, told: str) -> None:
    error = refusal(body)
    assert (error.code, error.id) == (code, None)
    assert told in str(error)


@pytest.mark.parametrize("id", [None, True, 1.5, [], "x" * 201, 2**70])
def test_an_id_is_a_short_text_or_a_number(id: Any) -> None:
    error = refusal(encoded({"jsonrpc": "2.0", "id": id, "method": "ping"}))
    assert (error.code, error.id) == (INVALID_REQUEST, None)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"id": 3, "method": "ping"}, INVALID_REQUEST),
        ({"jsonrpc": "1.0", "id": 3, "method": "ping"}, INVALID_REQUEST),
        ({"jsonrpc": "2.0", "id": 3}, INVALID_REQUEST),
        ({"jsonrpc": "2.0", "id": 3, "method": 4}, INVALID_REQUEST),
        ({"jsonrpc": "2.0", "id": 3, "method": "ping", "params": []}, INVALID_PARAMS),
    ],
)
def test_an_error_names_the_request(message: object, code: int) -> None:
    error = refusal(encoded(message))
    assert (error.code, error.id) == (code, 3)


def test_signs_in_texts_nest_nothing() -> None:
    text = '"[{' * 5_000 + "\\"
    assert parse(encoded(older("ping", 1, text=text))).params["text"] == text


def test_the_deepest_message_is_read() -> None:
    inner = MAX_DEPTH - 2
    body = encoded(older("ping", 1, deep=json.loads("[" * inner + "]" * inner)))
    assert parse(body).method == "ping"
