"""The processes that serve: granian's workers, replaced when they end, are silent, or do not end a request."""

import logging
import multiprocessing
import multiprocessing.connection
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer, WorkerProcess

from service.runtime.admission import Admission
from service.runtime.heartbeat import Heartbeat
from service.settings import Settings

GRACE_SECONDS = 30
"""For requests in progress, when told to stop."""
HEAD_SECONDS = 10
"""In which a request's head must be there; a connection without a request is kept so long too."""
MAX_HEAD = 65_536
"""Bytes of a request's head."""
BACKLOG = 2_048
LOOK_SECONDS = 5.0
"""Between two looks at the workers."""
SILENT_SECONDS = 30.0
"""After which a worker that gives no sign of life is killed: it is stopped, or stuck outside of Python."""
HUNG_SECONDS = 30.0
"""Past its deadline, after which a request is taken to never end."""
_BEAT_SECONDS = 1.0
_SWITCH_SECONDS = 0.001
_MAX_CONNECTIONS = 16_384
"""Connections of a worker, where the limit on open files allows them: a browser opens up to six."""
_OTHER_FILES = 512
"""Files that a worker opens beside its connections."""
_YOUNG_SECONDS = 5.0
"""A worker that ends sooner may end so again, each time: the next one is started after a pause."""
_PAUSE_SECONDS = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """What a worker is started with: its number, how many were started as that before it, and its heartbeat."""

    worker: int
    start: int
    heart: Heartbeat


class Workers(MPServer):
    """granian's workers, which share a socket that listens already, and end when this process does.

    A worker that gives no sign of life is killed, and granian starts another one. For one with a request
    that does not end another one is started first: it goes on with what it can. However often workers end,
    others are started, unless none has ever served: then the service cannot start, and ends.
    """

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        """Name the socket; nothing is started yet."""
        self._listener = listener
        self._longest = settings.deadline + HUNG_SECONDS
        self._beats: dict[int, Heartbeat] = {}
        self._started: Counter[int] = Counter()
        self._has_served = False
        self._silent: Counter[int] = Counter()
        super().__init__(
            "conference-helper",
            interface=Interfaces.WSGI,
            workers=settings.workers,
            blocking_threads=Admission.threads(settings.threads),
            backpressure=max_connections(),
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=1000 * HEAD_SECONDS, max_buffer_size=MAX_HEAD
            ),
            respawn_failed_workers=True,
            workers_kill_timeout=GRACE_SECONDS,
            rss_sample_interval=LOOK_SECONDS,  # type: ignore[arg-type]  # it sleeps for so long
            log_level=LogLevels.error,
            log_dictconfig={"handlers": {}, "formatters": {}, "loggers": {}},  # leave it to ours
        )

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        """Start the workers, and look at them every now and then."""
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # granian does not annotate it
        self._watch_workers_rss()  # type: ignore[no-untyped-call]  # nor this

    def _init_shared_socket(self) -> None:
        self._shd = SocketHolder(self._listener.fileno(), False, BACKLOG)  # type: ignore[call-arg, assignment]  # its stub has no arguments
        self._sso = self._listener

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> WorkerProcess:  # type: ignore[override]  # as in the class above
        self._beats[idx] = heart = Heartbeat()
        del self._silent[idx]
        place = Place(idx, self._started[idx], heart)
        self._started[idx] += 1
        return super()._spawn_worker(idx, target, partial(callback_loader, place))

    def _respawn_workers(
        self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        """Start workers in place of others, which have ended or are told to end."""
        self._has_served |= any(beat.has_begun() for beat in self._beats.values())
        if any(time.monotonic() - self.wrks[index].birth < _YOUNG_SECONDS for index in workers):
            time.sleep(_PAUSE_SECONDS)
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        if self._has_served:
            self.respawned_wrks.clear()  # by which granian would end the service at a worker's second death

    def _handle_rss_signal(self, spawn_target: Any, target_loader: Any) -> None:
        """Look at the workers: granian calls this where it would look at their memory."""
        for index, worker in enumerate(self.wrks):
            beat = self._beats[index]
            # Twice, or those would be killed that were stopped together with this process.
            self._silent[index] = self._silent[index] + 1 if beat.silence() > SILENT_SECONDS else 0
            if self._silent[index] > 1:
                log.error("A worker gave no sign of life for %.0f s: killed.", beat.silence())
                worker.inner.kill()
            elif beat.oldest_task() > self._longest and not self._silent[index]:
                log.error("A request has taken %.0f s: its worker is replaced.", beat.oldest_task())
                self._respawn_workers([index], spawn_target, target_loader, self.respawn_interval)


def max_connections() -> int:
    """Return how many connections a worker may hold."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return _MAX_CONNECTIONS
    return max(files // 2, min(_MAX_CONNECTIONS, files - _OTHER_FILES))


def allow_files() -> None:
    """Let this process, and its workers, open as many files as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_CONNECTIONS + _OTHER_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def end_with_parent() -> None:
    """Have this worker stop as if it was told to when the process that started it is gone."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def share_often() -> None:
    """Have threads hand Python on to each other five times as often as usual.

    A request that computes outside of Python asks for it several times, and waits each time for all that
    compute within. With two others at work a health check took 40 ms by the usual interval, and 10 by this one
    (medians); a question 368 and 283 ms, and with eight 1,146 and 409.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)


def keep_beating(heart: Heartbeat, oldest: Callable[[], float | None]) -> None:
    """Give signs of life from a thread of its own; `oldest` says when the oldest request began."""
    stopped = threading.Event()

    def beat() -> None:
        while True:
            heart.beat(oldest())
            stopped.wait(_BEAT_SECONDS)

    threading.Thread(target=beat, name="heartbeat", daemon=True).start()
