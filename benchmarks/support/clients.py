"""A load generator: concurrent HTTP clients in a separate process.

    python -m benchmarks.support.clients PORT [--clients N] [--seconds S] [--first NUMBER]

Each client keeps a connection open, and asks its next question as soon as the last one is answered. No question
is asked twice: `--first` is the number of the first. Prints answers a second, failures and milliseconds (JSON).
"""

import argparse
import http.client
import json
import threading
import time
from itertools import count
from urllib.parse import urlencode

import numpy as np

from benchmarks.support.corpus import new_question

_TIMEOUT_SECONDS = 30.0  # longer than any service lets a request wait


class Client(threading.Thread):
    """A client that sends requests until a deadline; `times` are latencies in ms, `failed` the failures."""

    def __init__(self, port: int, numbers: "count[int]", until: float) -> None:
        super().__init__()
        self.times: list[float] = []
        self.failed = 0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
        self._numbers = numbers
        self._until = until

    def run(self) -> None:
        """Send requests one after the other until the deadline."""
        while (started := time.perf_counter()) < self._until:
            if self._ask(new_question(next(self._numbers))):
                self.times.append(1000 * (time.perf_counter() - started))
            else:
                self.failed += 1
        self._connection.close()

    def _ask(self, question: str) -> bool:
        try:
            self._connection.request("GET", "/api/search?" + urlencode({"q": question}))
            response = self._connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next question opens it again
            time.sleep(0.05)
            return False
        return response.status == 200


def generate_load(port: int, clients: int, seconds: float, first: int) -> dict[str, float]:
    """Generate load for `seconds`; return requests per second, successes, failures, p50 and p99 in ms."""
    started = time.perf_counter()
    numbers = count(first)
    threads = [Client(port, numbers, started + seconds) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    times = [one for thread in threads for one in thread.times]
    p50, p99 = np.quantile(times, (0.5, 0.99)) if times else (0.0, 0.0)
    return {
        "rate": len(times) / took,
        "answered": len(times),
        "failed": sum(thread.failed for thread in threads),
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
