"""A client holds so many connections, and those that were silent longest are closed; others stay."""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_network

import pytest

from service.settings import load_settings
from service.web.connections import Connections

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a process has /proc on Linux")

MOST = 40
"""More files than the tests' process has open beside them would not do: it is looked at first."""


class Server:
    """A socket that listens, and both ends of the connections to it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port = self._listener.getsockname()[1]

    def connect(self, address: str) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), source_address=(address, 0))
        self._stack.enter_context(client)
        self._stack.enter_context(self._listener.accept()[0])
        return client


@pytest.fixture
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        yield Server(stack)


def is_open(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True


def test_what_is_beyond_is_closed_the_longest_silent_first(server: Server) -> None:
    held = [server.connect("127.0.0.1") for _ in range(MOST)]
    other = server.connect("127.0.0.2")
    assert Connections(server.port, MOST).close_surplus() == 0
    time.sleep(0.05)
    late = [server.connect("127.0.0.1") for _ in range(3)]
    for client in held[:10]:
        client.send(b"GET")
    time.sleep(0.01)
    assert Connections(server.port, MOST).close_surplus() == 3
    assert all(map(is_open, [*held[:10], *late, other]))
    assert sum(map(is_open, held)) == MOST - 3
    assert Connections(server.port, MOST).close_surplus() == 0


def test_proxies_that_are_trusted_hold_any_number_and_other_ports_do_not_count(
    server: Server,
) -> None:
    held = [server.connect("127.0.0.1") for _ in range(MOST + 5)]
    proxies = [ip_network("127.0.0.0/30")]
    assert Connections(server.port, MOST, proxies).close_surplus() == 0
    assert Connections(server.port + 1, MOST).close_surplus() == 0
    assert all(map(is_open, held))


def test_a_hall_of_two_thousand_with_six_connections_each_is_not_locked_out() -> None:
    assert load_settings(host="0.0.0.0").client_connections >= 2_000 * 6  # noqa: S104  # what it is asked about
