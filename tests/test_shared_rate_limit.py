"""Several machines count the requests of a client together; one that has nobody to count with counts alone."""

import contextlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.processes import free_port, wait_until

from service.errors import SettingsError
from service.runtime import shared_rate_limit
from service.runtime.shared_rate_limit import SharedRateLimit
from service.settings import load_settings

AT = 1_800_000_020.0
STALLED_SECONDS = 10.0


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def url(port: int) -> str:
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def start(port: int, tmp_path: Path) -> Iterator[Iterator["subprocess.Popen[bytes]"]]:
    """Start a server each time it is asked for one; skips where there is no program of one."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        pytest.skip("no valkey-server and no redis-server")
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(tmp_path),
    ]
    started: list[subprocess.Popen[bytes]] = []

    def servers() -> Iterator["subprocess.Popen[bytes]"]:
        while True:
            started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
            yield started[-1]

    yield servers()
    for one in started:
        one.kill()
        one.wait()


def limit_of(url: str, name: str = "client") -> SharedRateLimit:
    return SharedRateLimit(3, url, name, clock=lambda: AT)


def test_a_machine_without_threads_to_spare_counts_alone(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    limit = limit_of(url)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert [limit.count("192.0.2.1")[0] for _ in range(2)] == [1, 2]


def test_machines_count_together(
    url: str, start: Iterator["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_rate_limit, "_TIMEOUT_SECONDS", 60.0)  # a slow machine is no outage
    next(start)
    one, another = limit_of(url), limit_of(url)
    wait_until(lambda: _answers(one))
    assert one.count("192.0.2.1") == (1, 40)
    assert another.count("192.0.2.1") == (2, 40)
    assert one.count("192.0.2.2") == (1, 40)
    assert limit_of(url, "key").count("192.0.2.1") == (1, 40)
    assert [one.count("192.0.2.1")[0] for _ in range(2)] == [3, 4]
    for name in one._server.scan_iter():
        assert b"192.0.2" not in name
        assert 60 < one._server.ttl(name) <= 120


def test_a_machine_counts_alone_while_the_server_is_away_and_says_so_once(
    url: str,
    start: Iterator["subprocess.Popen[bytes]"],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(shared_rate_limit, "_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(shared_rate_limit, "_TIMEOUT_SECONDS", 60.0)
    limit = limit_of(url)
    assert [limit.count("192.0.2.1")[0] for _ in range(4)] == [1, 2, 3, 4]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "127.0.0.1" not in caplog.text
    next(start)
    wait_until(lambda: _answers(limit))
    assert limit.count("192.0.2.1") == (1, 40)
    assert caplog.messages[-1] == "The server of RATE_LIMIT_URL counts again."


def test_a_server_that_is_away_is_not_asked_for_a_while(url: str) -> None:
    limit = limit_of(url)
    asked = []
    limit._ask = lambda place: asked.append(place)  # type: ignore[method-assign]  # a spy
    limit.count("192.0.2.1")
    limit._again_at = float("inf")
    limit.count("192.0.2.1")
    assert len(asked) == 1


def test_one_request_finds_out_whether_a_server_is_back(url: str) -> None:
    limit = limit_of(url)
    asked = []
    limit._ask = lambda place: asked.append(place)  # type: ignore[method-assign]  # a spy
    limit._is_away = True
    limit.count("192.0.2.1")  # it waits for its answer
    limit.count("192.0.2.1")
    assert len(asked) == 1


def test_a_name_that_nobody_looks_up_in_time_holds_no_request_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = threading.Event()

    def wait(*_: object) -> None:
        over.wait(STALLED_SECONDS)
        over.set()

    limit = limit_of("redis://cache.example")
    monkeypatch.setattr(socket, "getaddrinfo", wait)
    assert limit.count("192.0.2.1") == (1, 40)
    assert not over.is_set(), "it waited for the name"
    over.set()


def test_a_server_that_drips_holds_no_request_up(url: str, port: int) -> None:
    over = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            for _ in range(int(STALLED_SECONDS / 0.02)):
                connection.send(b"0")
                if over.wait(0.02):
                    return
        over.set()

    with socket.create_server(("127.0.0.1", port)) as listener:
        server = threading.Thread(target=drip)
        server.start()
        assert limit_of(url).count("192.0.2.1") == (1, 40)
        assert not over.is_set(), "it waited for the answer"
        over.set()
        server.join()


@pytest.mark.parametrize(
    ("one", "another", "together"),
    [
        ("redis://cache", "rediss://10.0.0.7:6380/1", True),
        ("redis://:secret@cache:6379/0", "redis://reader:secret@CACHE", True),
        ("redis://:secret@cache", "redis://:other@cache", False),
    ],
)
def test_machines_may_write_the_address_differently(one: str, another: str, together: bool) -> None:
    assert (places(one) == places(another)) is together


def places(url: str) -> list[str]:
    limit = limit_of(url)
    asked: list[str] = []
    limit._ask = lambda place: asked.append(place)  # type: ignore[method-assign]  # a spy
    limit.count("192.0.2.1")
    return asked


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1",
        "redis://",
        "127.0.0.1:6379",
        "redis://127.0.0.1:6379?protocol=3",
        "redis://:sec#ret@127.0.0.1:6379",
        "redis://127.0.0.1:sec-ret",
        "redis://127.0.0.1:99999/0",
    ],
)
def test_what_is_no_address_of_such_a_server_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"RATE_LIMIT_URL: .*redis://host:6379") as refused:
        load_settings(rate_limit_url=url)
    assert "ret" not in str(refused.value)


def test_valkey_is_spoken_to_as_redis() -> None:
    found = load_settings(rate_limit_url="valkeys://:secret@cache.example:6380/1")
    assert found.rate_limit_url is not None
    assert found.rate_limit_url.get_secret_value() == "rediss://:secret@cache.example:6380/1"
    assert "secret" not in repr(found)


def _answers(limit: SharedRateLimit) -> bool:
    return isinstance(limit._increase("another"), int)
