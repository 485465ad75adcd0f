"""A load generator: concurrent HTTP clients in a separate process.

    python -m benchmarks.support.clients PORT [--clients N] [--seconds S] [--first NUMBER]

Each client keeps a connection open, and asks its next question as soon as the last one is answered. No question
is asked twice: `--first` is the number of the first. Prints answers a second, failures, those that were told to
come again (503, "shed"), and milliseconds (JSON).
"""

import argparse
import http.client
import json
import threading
import time
from http import HTTPStatus
from itertools import count
from urllib.parse import urlencode

import numpy as np

from benchmarks.support.corpus import new_question

_TIMEOUT_SECONDS = 30.0  # longer than any service lets a request wait
_PAUSE_SECONDS = 0.05
"""Before a client asks again that was not answered."""


class Client(threading.Thread):
    """A client that sends requests until a deadline; `times` are latencies in ms, `failed` the failures.

    `shed` are the latencies of those that were answered 503.
    """

    def __init__(self, port: int, numbers: "count[int]", until: float) -> None:
        super().__init__()
        self.times: list[float] = []
        self.shed: list[float] = []
        self.failed = 0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
        self._numbers = numbers
        self._until = until

    def run(self) -> None:
        """Send requests one after the other until the deadline."""
        while (started := time.perf_counter()) < self._until:
            status = self._ask(new_question(next(self._numbers)))
            took = 1000 * (time.perf_counter() - started)
            if status == HTTPStatus.OK:
                self.times.append(took)
            elif status == HTTPStatus.SERVICE_UNAVAILABLE:
                self.shed.append(took)
                time.sleep(_PAUSE_SECONDS)
            else:
                self.failed += 1
        self._connection.close()

    def _ask(self, question: str) -> int:
        """Return the response's status code, 0 if there was no response."""
        try:
            self._connection.request("GET", "/api/search?" + urlencode({"q": question}))
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next question opens it again
            time.sleep(_PAUSE_SECONDS)
            return 0
        return response.status


def generate_load(port: int, clients: int, seconds: float, first: int) -> dict[str, float]:
    """Generate load for `seconds`; return requests per second, successes, failures, p50 and p99 in ms.

    `slowest` is the longest that anybody waited for an answer or a 503, `growth` how many times as long the
    second half of each client's answers took as the first.
    """
    started = time.perf_counter()
    numbers = count(first)
    threads = [Client(port, numbers, started + seconds) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    times = [one for thread in threads for one in thread.times]
    shed = [one for thread in threads for one in thread.shed]
    first_half = [one for thread in threads for one in thread.times[: len(thread.times) // 2]]
    second_half = [one for thread in threads for one in thread.times[len(thread.times) // 2 :]]
    p50, p99 = np.quantile(times, (0.5, 0.99)) if times else (0.0, 0.0)
    return {
        "rate": len(times) / took,
        "answered": len(times),
        "failed": sum(thread.failed for thread in threads),
        "shed": len(shed),
        "slowest": max([*times, *shed], default=0.0),
        "growth": float(np.median(second_half) / np.median(first_half)) if first_half else 0.0,
        "p50": float(p50),
        "p99": float(p99),
    }


def main() -> None:
    """Parse the arguments, generate the load and print the measurements as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--first", type=int, default=0)
    args = parser.parse_args()
    print(json.dumps(generate_load(args.port, args.clients, args.seconds, args.first)))


if __name__ == "__main__":
    main()
