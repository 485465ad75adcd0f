"""How many connections a client may hold to a worker; those beyond are closed, the longest silent ones first.

The server that holds them knows no clients, but its files are this process's own (on Linux).
"""

import os
import socket
import struct
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from service.runtime.rate_limit import name_client
from service.settings.addresses import Network

_FILES = "/proc/self/fd"
_LOOK_SECONDS = 1.0
_INFO = struct.Struct("=B51xI")
"""Of TCP_INFO the fields tcpi_state and tcpi_last_data_recv: milliseconds since the client sent anything."""
_ESTABLISHED = 1


@dataclass(frozen=True, slots=True)
class _Connection:
    """A connection of this process, by the number of its file; `silent` are milliseconds."""

    file: int
    peer: object
    silent: int


class Connections:
    """The connections to one port of this process."""

    def __init__(self, port: int, most: int, trusted: Sequence[Network] = ()) -> None:
        """Let each client hold `most`; proxies that are trusted hold those of many clients, and any number."""
        self._port = port
        self._most = most
        self._trusted = trusted

    def watch(self) -> None:
        """Close what is too much each second, from a thread of its own."""
        stopped = threading.Event()

        def close() -> None:
            while not stopped.wait(_LOOK_SECONDS):
                self.close_surplus()

        threading.Thread(target=close, name="connections", daemon=True).start()

    def close_surplus(self) -> int:
        """Close what clients hold beyond what they may; return how many connections that were."""
        if not os.path.isdir(_FILES) or len(os.listdir(_FILES)) <= self._most:  # noqa: PTH112, PTH208  # often
            return 0
        clients = defaultdict[str, list[_Connection]](list)
        for one in self._list():
            clients[name_client(str(one.peer[0]))].append(one)  # type: ignore[index]  # a tuple
        closed = 0
        for held in clients.values():
            held.sort(key=lambda one: one.silent)
            closed += sum(map(self._close, held[self._most :]))
        return closed

    def _list(self) -> Iterator[_Connection]:
        """Yield the connections of clients that may hold only so many."""
        for name in os.listdir(_FILES):  # noqa: PTH208  # names are all that is wanted
            connection = self._open(int(name))
            if connection is None:
                continue
            with connection:
                try:
                    peer = connection.getpeername()
                    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size)
                except OSError:  # it listens, or is closed already
                    continue
                state, silent = _INFO.unpack(info)
                is_ours = state == _ESTABLISHED and connection.getsockname()[1] == self._port
                if is_ours and not self._is_trusted(peer[0]):
                    yield _Connection(int(name), peer, silent)

    def _close(self, one: _Connection) -> bool:
        """Close a connection, unless its file is another one by now."""
        connection = self._open(one.file)
        if connection is None:
            return False
        with connection:
            try:
                if connection.getpeername() != one.peer:
                    return False
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # it went meanwhile
                return False
        return True

    @staticmethod
    def _open(file: int) -> socket.socket | None:
        """Return another handle on a connection, None for a file that is none; closing it closes that alone."""
        try:
            copy = os.dup(file)
        except OSError:  # it was closed meanwhile
            return None
        try:
            found = socket.socket(fileno=copy)
        except OSError:  # no socket
            os.close(copy)
            return None
        if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
            return found
        found.close()
        return None

    def _is_trusted(self, address: str) -> bool:
        return any(ip_address(address) in network for network in self._trusted)
