"""How many requests are let in at a time, how many wait, and that others are told to come again."""

import threading
from contextlib import ExitStack

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.web_fixtures import complaint

from service.errors import BusyError
from service.runtime import admission
from service.runtime.admission import Admission
from service.search.searcher import Searcher
from service.web import create_app


def test_so_many_are_let_in_and_the_next_one_is_refused_after_its_time() -> None:
    some = Admission(2, 0.01)
    with some.turn(), some.turn(), pytest.raises(BusyError), some.turn():
        pass
    with some.turn(), some.turn():
        pass


def test_one_that_waits_gets_the_turn_that_is_given_back() -> None:
    some = Admission(1, 60)
    waiting = threading.Event()

    def wait() -> None:
        with some.turn():
            waiting.set()

    with some.turn():
        thread = threading.Thread(target=wait)
        thread.start()
        assert not waiting.is_set()
    thread.join()
    assert waiting.is_set()


def test_only_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "_WAITING", 0)
    some = Admission(1, 60)
    with some.turn(), pytest.raises(BusyError), some.turn():  # at once: 60 seconds would be noticed
        pass


def test_streams_are_counted_apart() -> None:
    some = Admission(1, 0.01)
    with some.turn():
        ends = [some.open_stream() for _ in range(4)]
        with pytest.raises(BusyError, match="calendars"):
            some.open_stream()
        ends[0]()
        some.open_stream()


@pytest.fixture
def crowded(searcher: Searcher) -> FlaskClient:
    """Two are let in at a time, and others wait for a moment only."""
    app = create_app(searcher, threads=2)
    turns(app)._seconds = 0.01
    return app.test_client()


def turns(app: Flask) -> Admission:
    found: Admission = app.extensions["admission"]
    return found


def test_what_finds_no_turn_is_answered_503_and_health_and_metrics_need_none(
    crowded: FlaskClient,
) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(turns(crowded.application).turn())
        answer = crowded.get("/api/status")
        assert complaint(answer, 503)["code"] == "busy"
        assert answer.headers["Retry-After"]
        assert crowded.get("/").status_code == 503
        for path in ("/livez", "/readyz", "/metrics", "/static/page.css"):
            with crowded.get(path) as other:
                assert other.status_code == 200 or b"not_ready" in other.get_data(), path
    assert crowded.get("/api/status").status_code == 200
    for _ in range(3):  # a request that fails gives its turn back too
        assert crowded.get("/api/nothing").status_code == 404
