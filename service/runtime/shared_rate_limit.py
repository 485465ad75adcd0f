"""How many requests of a client several machines answer a minute, counted together in Redis or Valkey."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from service.runtime.rate_limit import WINDOW_SECONDS, RateLimit

_TIMEOUT_SECONDS = 0.1
"""For which a request waits for its count at most."""
_AGAIN_SECONDS = 5.0
"""After which a server that did not answer is asked again."""

log = logging.getLogger(__name__)


class SharedRateLimit(RateLimit):
    """Counts requests on a server that several machines share.

    Each machine counts its own as well: while the server does not answer, those numbers are the limit.
    """

    def __init__(
        self, per_minute: int, url: str, name: str, clock: Callable[[], float] = time.time
    ) -> None:
        """Allow `per_minute` requests of each client; limits of another name count apart."""
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        super().__init__(per_minute, clock)
        self._server = Redis.from_url(
            url,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._name = name
        # The same on each machine, however it writes the address, and unknown to those who can only guess at
        # clients.
        password = self._server.connection_pool.connection_kwargs.get("password") or ""
        self._key = hashlib.blake2b(password.encode()).digest()
        self._again_at = 0.0
        self._is_away = False

    def count(self, client: str) -> tuple[int, int]:
        """Count a request; return the client's number of this minute, and how many seconds are left of that."""
        own, seconds = super().count(client)
        if not self._may_ask():
            return own, seconds
        minute = int(self._clock()) // WINDOW_SECONDS
        digest = hashlib.blake2b(client.encode(), key=self._key, digest_size=16).hexdigest()
        counted = self._ask(f"conference-helper:{self._name}:{minute}:{digest}")
        return own if counted is None else counted, seconds

    def _may_ask(self) -> bool:
        """Return whether to ask the server: one request finds out whether one that was away is back."""
        with self._mutex:
            now = time.monotonic()
            if now < self._again_at:
                return False
            if self._is_away:
                self._again_at = now + _AGAIN_SECONDS
            return True

    def _ask(self, place: str) -> int | None:
        """Return a number one higher than last time, None if the server does not tell it in time.

        A thread asks: nothing bounds the look-up of a name, nor the sum of all that a connection waits for.
        """
        answers: SimpleQueue[int | Exception] = SimpleQueue()
        thread = threading.Thread(
            target=lambda: answers.put(self._increase(place)), name="rate-limit", daemon=True
        )
        try:
            thread.start()
            answer = answers.get(timeout=_TIMEOUT_SECONDS)
        except Empty:
            answer = TimeoutError()
        except RuntimeError as error:  # no more threads can be started
            answer = error
        if isinstance(answer, Exception):
            self._note_outage(answer)
            return None
        if self._is_away:
            log.warning("The server of RATE_LIMIT_URL counts again.")
        self._again_at, self._is_away = 0.0, False
        return answer

    def _increase(self, place: str) -> int | Exception:
        """Return a number one higher than last time, or why the server does not tell it."""
        try:
            with self._server.pipeline(transaction=False) as calls:
                calls.incr(place)
                calls.expire(place, 2 * WINDOW_SECONDS)
                counted, _ = calls.execute()
            return int(counted)
        except Exception as error:  # whatever a server answers, this machine's own count stands
            return error

    def _note_outage(self, error: Exception) -> None:
        self._again_at = time.monotonic() + _AGAIN_SECONDS
        if not self._is_away:
            log.warning(
                "The server of RATE_LIMIT_URL does not count (%s): this machine counts for itself "
                "until it does.",
                type(error).__name__,
            )
        self._is_away = True
