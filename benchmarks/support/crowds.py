"""Crowds of clients that hold connections and do nothing good with them.

    python -m benchmarks.support.crowds PORT [--idle N] [--dripping N] [--unread N] [--page PATH]

    python -m benchmarks.support.crowds --compute SHARE

The first holds its connections until it is killed; one that the server closes is opened again. They come from
an address of this machine that no other client has, and this process gives way to others: on the internet its
work would be done elsewhere. Prints each second how many are open, and how many were opened, as a line of
JSON. The second holds none, and takes that share of a core.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import NoReturn

_DRIP_SECONDS = 1.0
_OWN_ADDRESS = "127.0.0.2"
_NICENESS = 10
"""Added to the nice value of the process that starts the crowd."""
_SLICE_SECONDS = 0.01
_SMALL_BUFFER = 4096
"""Bytes that the system takes in for a client that does not read."""
_HEAD = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@dataclass(slots=True)
class Crowd:
    """Connection counts of one kind of client: `opened` in total, `open` at present."""

    open: int = 0
    opened: int = 0


@dataclass(slots=True)
class Crowds:
    """Hostile clients of three kinds, all of one process and one address."""

    port: int
    page: str
    idle: Crowd = field(default_factory=Crowd)
    dripping: Crowd = field(default_factory=Crowd)
    unread: Crowd = field(default_factory=Crowd)

    async def stay_idle(self) -> None:
        """Open a connection and send nothing."""
        async with self._connected(self.idle) as connection:
            await _until_closed(connection)

    async def drip(self) -> None:
        """Send a request's head a line a second, and never its end."""
        async with self._connected(self.dripping) as connection:
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(connection, _HEAD.format(path="/livez").encode())
            while True:
                try:
                    await asyncio.wait_for(_until_closed(connection), _DRIP_SECONDS)
                except TimeoutError:
                    await loop.sock_sendall(connection, b"X-More: please\r\n")
                else:
                    return

    async def leave_unread(self) -> None:
        """Ask for a large page and read none of it; what the server closed is seen when writing."""
        async with self._connected(self.unread) as connection:
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(connection, (_HEAD.format(path=self.page) + "\r\n").encode())
            while not _is_reset(connection):
                await asyncio.sleep(_DRIP_SECONDS)

    @contextlib.asynccontextmanager
    async def _connected(self, crowd: Crowd) -> AsyncIterator[socket.socket]:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
        connection.setblocking(False)
        with connection:
            connection.bind((_OWN_ADDRESS, 0))
            await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self.port))
            crowd.open += 1
            crowd.opened += 1
            try:
                yield connection
            finally:
                crowd.open -= 1


async def _until_closed(connection: socket.socket) -> None:
    while await asyncio.get_running_loop().sock_recv(connection, _SMALL_BUFFER):
        pass


def _is_reset(connection: socket.socket) -> bool:
    return bool(connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)) or not _is_established(
        connection
    )


def _is_established(connection: socket.socket) -> bool:
    established = 1
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == established


async def _again_and_again(act: Callable[[], Awaitable[None]]) -> None:
    while True:
        with contextlib.suppress(OSError):
            await act()
        await asyncio.sleep(0.2)


async def hold(crowds: Crowds, idle: int, dripping: int, unread: int) -> None:
    """Hold so many connections of each kind for ever."""
    acts = [crowds.stay_idle] * idle + [crowds.drip] * dripping + [crowds.leave_unread] * unread
    tasks = set()  # or they would be collected
    for number, act in enumerate(acts):
        tasks.add(asyncio.create_task(_again_and_again(act)))
        if number % 20 == 19:  # no faster than the backlog takes them
            await asyncio.sleep(0.01)
    while True:
        kinds = {"idle": crowds.idle, "dripping": crowds.dripping, "unread": crowds.unread}
        print(json.dumps({name: asdict(crowd) for name, crowd in kinds.items()}), flush=True)
        await asyncio.sleep(1)


def compute(share: float) -> NoReturn:
    """Spin at a given share of one core until killed."""
    while True:
        began = time.process_time()
        while time.process_time() - began < share * _SLICE_SECONDS:
            pass
        time.sleep(max(0.0, 1 - share) * _SLICE_SECONDS)


def main() -> None:
    """Parse the arguments and hold the connections."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("port", type=int, nargs="?")
    parser.add_argument("--compute", type=float)
    parser.add_argument("--idle", type=int, default=1000)
    parser.add_argument("--dripping", type=int, default=1000)
    parser.add_argument("--unread", type=int, default=200)
    parser.add_argument("--page", default="/")
    args = parser.parse_args()
    os.nice(_NICENESS)
    if args.compute is not None:
        compute(args.compute)
    asyncio.run(hold(Crowds(args.port, args.page), args.idle, args.dripping, args.unread))


if __name__ == "__main__":
    main()
