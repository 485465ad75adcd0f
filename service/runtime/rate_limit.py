"""How many requests of one client are answered a minute, counted over all workers of a machine."""

import hashlib
import mmap
import os
import struct
import threading
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

WINDOW_SECONDS = 60
_SLOTS = 65_536
_COUNTS = struct.Struct("=II")
_OF_A_SITE = 64
"""Bits of an IPv6 address that all addresses of one connection to the internet share."""


class RateLimit:
    """Counts requests by client and minute in memory that this process shares with those it starts.

    Two clients in 65,536 share a count. Where two processes count one client at the same instant a request may
    go uncounted: a limit that is a little too high now and then is worth no lock between processes.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.time) -> None:
        """Allow `per_minute` requests of each client, any number for 0; make this before what shares it."""
        self.per_minute = per_minute
        self._clock = clock
        self._memory = mmap.mmap(-1, _SLOTS * _COUNTS.size)
        self._secret = os.urandom(16)  # or clients could choose whose count they share
        self._mutex = threading.Lock()

    def count(self, client: str) -> tuple[int, int]:
        """Count a request; return the client's number of this minute, and how many seconds are left of that."""
        now = int(self._clock())
        minute, left = now // WINDOW_SECONDS, WINDOW_SECONDS - now % WINDOW_SECONDS
        digest = hashlib.blake2b(client.encode(), key=self._secret, digest_size=4).digest()
        place = int.from_bytes(digest) % _SLOTS * _COUNTS.size
        with self._mutex:
            counted_in, counted = _COUNTS.unpack_from(self._memory, place)
            counted = min(counted + 1, 2**32 - 1) if counted_in == minute else 1
            _COUNTS.pack_into(self._memory, place, minute, counted)
        return counted, left


def name_client(address: str) -> str:
    """Return what stands for the client at an address: itself, or for IPv6 the network that it is of."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> 128 - _OF_A_SITE:x}"
