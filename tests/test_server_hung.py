"""A server or node that takes connections and does not answer: what is asked of it is asked again elsewhere."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from support.processes import wait_until
from support.qdrant_nodes import Cluster
from support.qdrant_server import own_catalogue
from support.stores import ENCODER, server_store, talk, write
from support.tcp_proxy import Answer, Proxy, Stub, ok, stub
from test_server_faults import connection_to, count

from service.errors import SettingsError, StoreError
from service.runtime import deadline, events
from service.search.searcher import Searcher
from service.settings import QdrantSettings, Settings, load_settings
from service.stores.server import connection as connection_module
from service.stores.server.budget import Budget
from service.stores.server.connection import Connection
from service.stores.server.store import ServerStore
from service.web import create_app

LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
QUESTIONS = 10_000 if LONG else 200
PER_HANG = 1_000 if LONG else 100
ASKERS = 4
PATIENT = 12.0
LONGEST = 60.0
DEADLINE = 2.0 if LONG else PATIENT
"""Of a question while nodes hang: the service's own where the machine has nothing else to do."""


def seven(method: str, path: str, body: bytes) -> Answer:
    return ok({"count": 7})


@pytest.fixture
def healthy() -> Iterator[Stub]:
    with stub(seven) as server:
        yield server


@pytest.fixture
def hung(healthy: Stub) -> Iterator[Proxy]:
    with closing(Proxy(("127.0.0.1", healthy.server_address[1]))) as proxy:
        proxy.turn("blackhole")
        yield proxy


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    listener = lambda event, value, labels: seen.append(event)  # noqa: E731  # a spy
    monkeypatch.setattr(events, "_listeners", [listener])
    return seen


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again after a third of a second of LONGEST, so that much is left on a slow machine."""
    monkeypatch.setattr(connection_module, "_SHARE", 0.3 / LONGEST)


def starting_with(first: str, *others: str) -> str:
    """Order addresses so that this process asks the first one first."""
    addresses = [first, *others]
    turns = os.getpid() % len(addresses)
    return ",".join(addresses[(at - turns) % len(addresses)] for at in range(len(addresses)))


@pytest.mark.slow
def test_the_next_address_is_asked_after_a_third_of_the_deadline(
    healthy: Stub, hung: Proxy, recorded: list[str]
) -> None:
    with closing(connection_to(starting_with(hung.url, healthy.url))) as connection:
        connection._second_tries._left = 1.0  # the next one has all the time that is left
        started = time.monotonic()
        with deadline.within(PATIENT):
            assert count(connection) == 7
        assert time.monotonic() - started > 0.9 * PATIENT / 3
        assert recorded == ["store_left", "store_retry"]
        with deadline.within(PATIENT):
            assert count(connection) == 7
    assert recorded == ["store_left", "store_retry"]  # the other address is not asked any more


def test_an_address_where_nobody_is_is_left_at_once(healthy: Stub) -> None:
    with closing(connection_to(starting_with("http://127.0.0.1:1", healthy.url))) as connection:
        began = time.monotonic()
        with deadline.within(10 * PATIENT):
            assert count(connection) == 7
        assert time.monotonic() - began < 10 * PATIENT / 3
        assert count(connection) == 7  # a load, which has no deadline


@pytest.mark.usefixtures("soon")
def test_many_that_wait_at_once_are_all_answered_elsewhere(healthy: Stub, hung: Proxy) -> None:
    """More than it takes to open the breaker, which counts what got no answer anywhere."""
    with (
        closing(connection_to(starting_with(hung.url, healthy.url))) as connection,
        ThreadPoolExecutor(10) as pool,
    ):

        def ask(_: int) -> int:
            with deadline.within(LONGEST):
                return count(connection)

        assert list(pool.map(ask, range(10))) == [7] * 10


@pytest.mark.usefixtures("soon")
def test_through_a_balancer_a_new_connection_is_made(healthy: Stub, recorded: list[str]) -> None:
    stuck, ended = threading.Event(), threading.Event()

    def respond(method: str, path: str, body: bytes) -> Answer:
        if stuck.is_set():
            stuck.clear()  # the next one is answered
            ended.wait()
        return ok({"count": 7})

    healthy.respond = respond
    with closing(connection_to(healthy.url)) as connection, deadline.within(LONGEST):
        assert count(connection) == 7
        stuck.set()
        assert count(connection) == 7
    ended.set()
    assert recorded[:2] == ["store_left", "store_retry"]  # a slow machine may ask once more


@pytest.mark.usefixtures("soon")
def test_a_second_try_that_waits_is_given_up_too(healthy: Stub) -> None:
    """A balancer that takes a node for well, which the others do not reach, may lead there twice."""
    ended = threading.Event()

    def respond(method: str, path: str, body: bytes) -> Answer:
        if len(healthy.seen) <= 2:
            ended.wait()
        return ok({"count": 7})

    healthy.respond = respond
    with closing(connection_to(healthy.url)) as connection, deadline.within(LONGEST):
        assert count(connection) == 7
    ended.set()
    assert len(healthy.seen) == 3


@pytest.mark.usefixtures("soon")
def test_a_server_that_is_slow_for_all_is_not_asked_twice_for_long(healthy: Stub) -> None:
    def slowly(method: str, path: str, body: bytes) -> Answer:
        wait_until(lambda: len(healthy.seen) > 1)  # or the first one's caller might be slower still
        time.sleep(0.5)
        return ok({"count": 7})

    healthy.respond = slowly
    with closing(connection_to(healthy.url)) as connection:
        connection._second_tries._left = 1.5
        for _ in range(3):
            with deadline.within(LONGEST):
                assert count(connection) == 7
    assert len(healthy.seen) == 3 + 1


def test_the_budget_grows_with_answers_up_to_a_bound() -> None:
    budget = Budget()
    for _ in range(50):
        budget.spend()
    assert not budget.is_left
    for _ in range(11):
        budget.earn()
    assert budget.is_left
    budget.spend()
    assert not budget.is_left


def test_all_addresses_away_is_one_plain_error() -> None:
    with (
        closing(connection_to("http://127.0.0.1:1,http://127.0.0.1:2")) as connection,
        deadline.within(PATIENT),
        pytest.raises(StoreError, match="could not count"),
    ):
        count(connection)


def test_each_address_of_a_list_is_checked() -> None:
    settings = load_settings(qdrant={"url": "http://one:6333 , https://two"})
    assert settings.qdrant.addresses == ("http://one:6333", "https://two")
    with pytest.raises(SettingsError, match="CONFERENCE_HELPER_QDRANT_URL"):
        load_settings(qdrant={"url": "http://one:6333,two:6333"})
    assert QdrantSettings().addresses == ()


def test_a_client_that_was_left_is_closed_after_its_last_user(healthy: Stub) -> None:
    connection = Connection(QdrantSettings(url=healthy.url))
    with connection._clients.lease() as first:
        with connection._clients.lease() as second:
            assert second is first
            assert connection._clients.leave(first)
            assert not connection._clients.leave(first)
        assert first.client.count("sessions").count == 7  # the other user goes on with it
    with connection._clients.lease() as other:
        assert other is not first
    connection.close()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["balancer", "addresses"])
def test_no_question_fails_while_a_node_hangs(
    qdrant_cluster: Cluster, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not LONG:
        monkeypatch.setattr(connection_module, "_SHARE", 0.1)  # a longer deadline, no longer waits
    nodes = ",".join(node.url for node in qdrant_cluster.nodes)
    url = qdrant_cluster.url if way == "balancer" else nodes
    with own_catalogue(url=url, shards=6, replicas=2) as settings:
        with closing(server_store(settings)) as store:
            write(store, [talk(number) for number in range(100)])
        failed, slowest = ask_while_nodes_hang(settings, qdrant_cluster)
    sys.stderr.write(
        f"{way}: {len(failed)} of {QUESTIONS} failed; the slowest took {slowest:.2f} s\n"
    )
    assert failed == []


def ask_while_nodes_hang(settings: Settings, cluster: Cluster) -> tuple[list[str], float]:
    """Ask while one node after the other hangs; return what failed, and the longest wait."""
    with (
        closing(ServerStore(settings.qdrant, settings.catalogue)) as store,
        ThreadPoolExecutor(ASKERS) as pool,
    ):
        app = create_app(Searcher(store, lambda fingerprint: ENCODER), deadline=DEADLINE)

        def ask(number: int) -> tuple[str, float]:
            began = time.monotonic()
            answer = app.test_client().get(f"/api/search?q=talk number{number % 100}")
            seconds = time.monotonic() - began
            return "" if answer.status_code == 200 else f"{number}: {answer.text}", seconds

        answers = list(pool.map(ask, range(20)))
        for hang in range(QUESTIONS // PER_HANG):
            node = cluster.nodes[hang % len(cluster.nodes)]
            node.hang()
            answers += pool.map(ask, range(PER_HANG))
            node.go_on()
            cluster.wait_until_ready()
    return [told for told, _ in answers if told], max(seconds for _, seconds in answers)
