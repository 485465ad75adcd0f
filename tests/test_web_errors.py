import logging
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from support.fakes import BagOfWords

from service.errors import (
    ConferenceHelperError,
    EncoderError,
    MismatchError,
    ModelError,
    NotFoundError,
    QueryError,
    RemovedError,
    ServiceError,
    StorageFullError,
    StoreError,
)
from service.runtime import deadline, request_id
from service.search.searcher import Searcher
from service.web import create_app
from service.web.errors import STATUS

JSON_PATHS = ("/api", "/api/", "/api/nothing", "/api/search/more", "/livez/x", "/openapi.json/x")


def raising(error: BaseException) -> object:
    def fail(*args: object, **options: object) -> None:
        raise error

    return fail


def descendants(kind: type[ConferenceHelperError]) -> Iterator[type[ConferenceHelperError]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def test_every_error_has_a_status() -> None:
    kinds = [
        kind
        for kind in descendants(ConferenceHelperError)
        if kind.__module__.startswith(("service.", "loaders."))
        and kind is not ServiceError  # a client's
    ]
    assert len(kinds) >= 13
    assert ConferenceHelperError not in STATUS
    unmapped = [kind.__name__ for kind in kinds if not STATUS.keys() & set(kind.__mro__)]
    assert unmapped == []


@pytest.mark.parametrize(
    ("error", "status", "code", "told"),
    [
        (QueryError("Ask again."), 400, "bad_query", "Ask again."),
        (NotFoundError("None."), 404, "not_found", "None."),
        (RemovedError("Taken out."), 410, "removed", "Taken out."),
        (MismatchError("Other encoder."), 503, "mismatch", "Other encoder."),
        (
            ModelError("No /srv/model."),
            503,
            "model_unavailable",
            "This cannot be answered just now.",
        ),
        (EncoderError("/srv: NaN."), 500, "encoder_failed", "This cannot be answered just now."),
        (
            StoreError("http://a is away."),
            503,
            "store_unavailable",
            "This cannot be answered just now.",
        ),
        (
            StorageFullError("/srv is full."),
            503,
            "store_unavailable",
            "This cannot be answered just now.",
        ),
    ],
)
def test_errors_of_the_program(
    client: FlaskClient,
    searcher: Searcher,
    monkeypatch: pytest.MonkeyPatch,
    error: ConferenceHelperError,
    status: int,
    code: str,
    told: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(searcher, "search", raising(error))
    monkeypatch.setattr(searcher, "search_with_facets", raising(error))
    answer = client.get("/api/search?q=health")
    assert answer.status_code == status
    assert answer.json
    assert answer.json["error"]["code"] == code
    assert answer.json["error"]["message"].startswith(told)
    assert ("Retry-After" in answer.headers) == (status == 503)

    page = client.get("/?q=health")
    assert page.status_code == status
    assert page.content_type.startswith("text/html")
    assert told in page.text
    for text in (answer.text, page.text):
        assert (str(error) in text) == (str(error) == told)
    assert 'value="health"' in page.text
    assert ("Retry-After" in page.headers) == (status == 503)

    logged = [record.getMessage() for record in caplog.records]
    begun = f"/api/search failed ({code}): {error} Until that is over, failures are counted once a minute."
    assert logged == ([begun] if status >= 500 else [])  # the second failure is of the same outage


def test_a_hook_that_refuses_is_answered_like_every_error(client: FlaskClient) -> None:
    @client.application.before_request
    def refuse() -> None:
        assert deadline.remaining()
        raise NotFoundError("No such key.")

    answer = client.get("/api/status", headers={"X-Request-ID": "mine"})
    assert answer.status_code == 404
    assert answer.get_json()["error"] == {"code": "not_found", "message": "No such key."}
    assert answer.headers["X-Request-ID"] == "mine"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert (deadline.remaining(), request_id.current.get()) == (None, "")


def test_another_encoder_is_refused(searcher: Searcher) -> None:
    other = Searcher(searcher.store, lambda fingerprint: BagOfWords(weights="other"))
    answer = create_app(other).test_client().get("/api/search?q=health")
    assert answer.status_code == 503
    assert answer.get_json()["error"]["code"] == "mismatch"


def test_the_unexpected_is_logged_and_not_shown(
    client: FlaskClient,
    searcher: Searcher,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(searcher, "search", raising(RuntimeError("secret")))
    monkeypatch.setattr(searcher, "search_with_facets", raising(RuntimeError("secret")))
    for path in ("/api/search?q=health", "/?q=health"):
        caplog.clear()
        answer = client.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
        (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert "builtins.RuntimeError" in record.getMessage()
        assert "in fail" in record.getMessage()
        assert "secret" not in record.getMessage()
    assert client.get("/api/search?q=health").get_json()["error"]["code"] == "unexpected"


@pytest.mark.parametrize("path", JSON_PATHS)
def test_unknown_addresses_of_programs(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("path", ["/nothing", "/favicon.ico", "/apis", "/static/nothing.css"])
def test_unknown_addresses_of_people(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.content_type.startswith("text/html")
    assert "There is nothing at this address." in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/api/search?q=health", "/livez", "/readyz", "/openapi.json"])
def test_only_reading_is_allowed(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert answer.get_json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/", "/static/page.css"])
def test_only_reading_is_allowed_on_pages(client: FlaskClient, path: str) -> None:
    answer = client.post(path)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert answer.content_type.startswith("text/html")


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/?q=health", "/?q=a&limit=0", "/nothing", "/static/page.css"),
        *("/api/search?q=a", "/api/search", "/api/nothing", "/livez", "/readyz", "/openapi.json"),
    ],
)
def test_security_headers_are_everywhere(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "style-src 'self'", "script-src 'self'"} <= set(policy)
    assert {"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
