"""The network between a cluster's nodes, which can be cut: each node's port lies behind a relay.

A node has one address for all others, so while there is a cut the relay looks up which process a connection
comes from. It looks only at the cluster's own: to look at all takes longer than nodes wait for each other.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.processes import STUCK_SECONDS

IsCut = Callable[[int, int], bool]
"""Whether nothing goes from a process, by its id, to a port."""


class Network:
    """Relays to ports; `cut` stops what some processes send to a port, or get from it, until `mend`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._cut: IsCut | None = None
        self._senders: list[int] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._thread.start()

    def reached_at(self, port: int) -> str:
        """Open a relay to a port and return its address."""

        async def listen() -> int:
            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await self._relay(reader, writer, port)

            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            self._servers.append(server)
            return int(server.sockets[0].getsockname()[1])

        return f"http://127.0.0.1:{self._run(listen())}"

    def cut(self, is_cut: IsCut, senders: Iterable[int]) -> None:
        """Let nothing through between one of these processes and a port where `is_cut` is true."""
        self._senders = [*senders]
        self._cut = is_cut

    def mend(self) -> None:
        self._cut = None

    def close(self) -> None:
        async def end() -> None:
            for server in self._servers:
                server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

        self._run(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=STUCK_SECONDS)

    async def _relay(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        upstream: asyncio.StreamWriter | None = None
        try:
            link = _Link(writer.get_extra_info("peername")[1], port)
            await self._wait_while_cut(link)
            there, upstream = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(
                self._pump(reader, upstream, link), self._pump(there, writer, link)
            )
        except (OSError, asyncio.CancelledError):
            pass  # either side went away, or the network ends
        finally:
            self._tasks.discard(task)
            for one in filter(None, (writer, upstream)):
                one.close()

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, link: "_Link"
    ) -> None:
        while data := await source.read(65_536):
            await self._wait_while_cut(link)
            target.write(data)
            await target.drain()
        with contextlib.suppress(OSError):
            target.write_eof()

    async def _wait_while_cut(self, link: "_Link") -> None:
        while (is_cut := self._cut) is not None:
            link.sender = link.sender or sender_of(link.origin, self._senders)
            if not is_cut(link.sender, link.port):
                return
            await asyncio.sleep(0.02)


@dataclass(slots=True)
class _Link:
    """A connection from the port `origin` to the relay of `port`, and who made it once that is known."""

    origin: int
    port: int
    sender: int = 0


def sender_of(port: int, processes: Iterable[int]) -> int:
    """Return which of the processes has a connection from that port, 0 if none has."""
    for row in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        fields = row.split()
        if int(fields[1].rpartition(":")[2], 16) == port:
            wanted = f"socket:[{fields[9]}]"
            for process in processes:
                for link in Path(f"/proc/{process}/fd").glob("*"):
                    with contextlib.suppress(OSError):  # closed meanwhile
                        if str(link.readlink()) == wanted:
                            return process
    return 0
