"""How many requests are let in at a time, how many wait, and that others are told to come again."""

import threading
from contextlib import ExitStack

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.processes import wait_until
from support.web_fixtures import complaint

from service.errors import BusyError
from service.runtime import admission
from service.runtime.admission import Admission
from service.search.searcher import Searcher
from service.web import create_app


def test_so_many_are_let_in_and_the_next_one_is_refused_after_its_time() -> None:
    some = Admission(2, 0.01)
    with some.turn("a"), some.turn("a"), pytest.raises(BusyError), some.turn("a"):
        pass
    with some.turn("a"), some.turn("a"):
        pass


def test_one_that_waits_gets_the_turn_that_is_given_back() -> None:
    some = Admission(1, 60)
    waiting = threading.Event()

    def wait() -> None:
        with some.turn("a"):
            waiting.set()

    with some.turn("a"):
        thread = threading.Thread(target=wait)
        thread.start()
        assert not waiting.is_set()
    thread.join()
    assert waiting.is_set()


def test_only_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "_WAITING", 0)
    some = Admission(1, 60)
    with (
        some.turn("a"),
        pytest.raises(BusyError),
        some.turn("a"),
    ):  # at once: 60 seconds would be noticed
        pass


class Crowd:
    """Requests that wait for a turn, each in a thread of its own; `let_in` are their clients, in order."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._threads: list[threading.Thread] = []
        self.let_in: list[str] = []
        self.refused: list[str] = []
        self.go_on = threading.Event()

    def ask(self, client: str) -> None:
        """Have a request take its turn, or stand in line for it, before this returns."""
        before = self._waiting()
        thread = threading.Thread(target=self._ask, args=(client,))
        thread.start()
        self._threads.append(thread)
        wait_until(lambda: self._waiting() != before or bool(self.let_in or self.refused))

    def _ask(self, client: str) -> None:
        try:
            with self._admission.turn(client):
                self.let_in.append(client)
                self.go_on.wait()
        except BusyError:
            self.refused.append(client)

    def join(self) -> None:
        self.go_on.set()
        for thread in self._threads:
            thread.join()

    def _waiting(self) -> int:
        return sum(map(len, self._admission._lines.values()))


def test_clients_have_their_turns_one_after_the_other() -> None:
    some = Admission(1, 60)
    crowd = Crowd(some)
    with some.turn("a"):
        for client in ("a", "a", "a", "b", "c", "b"):
            crowd.ask(client)
        crowd.go_on.set()
    crowd.join()
    assert crowd.let_in == ["a", "b", "c", "a", "b", "a"]


def test_a_client_with_a_full_line_makes_room_for_another_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "_WAITING", 3)
    some = Admission(1, 60)
    crowd = Crowd(some)
    with some.turn("a"):
        for client in ("a", "a", "a"):
            crowd.ask(client)
        with pytest.raises(BusyError), some.turn("a"):
            pass
        crowd.ask("b")
        wait_until(lambda: crowd.refused == ["a"])
    crowd.join()
    assert sorted(crowd.let_in) == ["a", "a", "b"]


def test_a_client_has_all_turns_alone_and_a_quarter_while_others_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "_GONE_SECONDS", 3_600.0)
    some = Admission(8, 0.01)
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(some.turn("a"))
        with pytest.raises(BusyError), some.turn("b"):
            pass
    with some.turn("a"), some.turn("a"):
        with pytest.raises(BusyError), some.turn("a"):
            pass
        with some.turn("b"), some.turn("c"):
            pass
    monkeypatch.setattr(admission, "_GONE_SECONDS", -1.0)
    with some.turn("a"), some.turn("a"), some.turn("a"):
        pass


def test_streams_are_counted_apart() -> None:
    some = Admission(1, 0.01)
    with some.turn("a"):
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
            stack.enter_context(turns(crowded.application).turn("a"))
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
