"""Fetching web addresses: what is fetched, from where, and what is refused with advice."""

import gzip
import itertools
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpcore
import pytest
from support.odd_server import odd_server, response
from support.reading_sources import Reading

from loaders.records.record import Options
from loaders.sources import fetch as fetching
from loaders.sources.fetch import fetch, is_public
from loaders.sources.find import find_sources
from loaders.sources.source_file import SourceFile
from service.errors import InputError
from service.runtime.network import DeadlineNetwork

TALKS = b"title,event,year\nSails,Summit,2026\n"


def get(url: str) -> SourceFile:
    (source,) = find_sources([url], allow_private=True)
    return source


def moved(location: str) -> list[bytes]:
    return [response(b"", f"Location: {location}", status="302 Found")]


def test_an_address_is_a_source_with_its_address_as_origin() -> None:
    with odd_server({"/a/talks.csv": [response(TALKS)]}) as server:
        source = get(f"{server.url}/a/talks.csv?key=1#top")
    assert source.read() == source.read() == TALKS
    assert (source.path, source.is_named) == ("talks.csv", True)
    assert source.name == f"{server.url}/a/talks.csv?key=1"
    reading = Reading()
    reading.take(source, Options())
    assert reading.titles == ["Sails"]
    (request,) = server.seen
    assert "\r\nUser-Agent: conference-helper/" in request
    assert not {"cookie", "referer"} & {line.split(":")[0].lower() for line in request.splitlines()}


def test_packed_files_are_unpacked_as_any_other() -> None:
    packed = gzip.compress(TALKS)
    answers = {
        "/a.csv.gz": [response(packed)],
        "/b.csv": [response(packed, "Content-Encoding: gzip")],
    }
    with odd_server(answers) as server:
        assert get(f"{server.url}/a.csv.gz").read() == TALKS
        assert get(f"{server.url}/b.csv").read() == TALKS


def test_a_charset_of_the_server_counts_where_the_text_is_not_utf_8() -> None:
    text = "title\nУзлы\n"
    kind = "Content-Type: text/csv; charset="
    answers = {
        "/koi": [response(text.encode("koi8-r"), kind + "koi8-r")],
        "/wrong": [response(text.encode(), kind + "koi8-r")],
        "/unknown": [response(text.encode(), kind + "x-rot26")],
    }
    with odd_server(answers) as server:
        for path in answers:
            assert get(server.url + path).text() == text


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://example.org/a.csv",
        "data:text/csv,title",
        "http://",
        "gopher://x",
    ],
)
def test_only_http_and_https_are_fetched(address: str) -> None:
    with pytest.raises(InputError, match="no address of http or https"):
        fetch(address)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0.0.0.0",  # noqa: S104  # refused, not bound
     "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "[fe80::1]", "[fd00::1]",
     "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::7f00:1]", "localhost"],
)  # fmt: skip
def test_private_addresses_need_the_option(host: str) -> None:
    with pytest.raises(
        InputError, match=r"private network.*--allow-private-addresses|no valid address"
    ):
        fetch(f"http://{host}:9/a.csv")


def test_public_addresses_are_public() -> None:
    for address in ("1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"):
        assert is_public(address)


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to these addresses, at each question to the next, and note who is connected to."""
    connected: list[str] = []
    given = itertools.chain(answers, itertools.repeat(answers[-1]))

    def getaddrinfo(host: str, port: int, **more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in next(given)]

    def connect(self: Any, host: str, *rest: Any) -> Any:
        connected.append(host)
        raise httpcore.ConnectError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(DeadlineNetwork, "connect_tcp", connect)
    return connected


def test_a_name_with_a_public_and_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected = resolving(monkeypatch, ["1.1.1.1", "10.0.0.1"])
    with pytest.raises(InputError, match=r"leads to 10\.0\.0\.1"):
        fetch("http://both.example.org/a.csv")
    assert connected == []


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected = resolving(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
    with pytest.raises(InputError, match="cannot be reached"):
        fetch("http://rebinding.example.org/a.csv")
    assert connected == ["1.1.1.1"]


def test_a_redirect_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with odd_server({"/": moved("http://10.0.0.1/a.csv")}) as server:
        monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
        with pytest.raises(InputError, match=r"leads to 10\.0\.0\.1"):
            fetch(server.url)


def test_redirects_are_followed_a_few_times() -> None:
    answers = {
        "/a": moved("/b"),
        "/b": moved("c"),
        "/c": [response(TALKS)],
        "/loop": moved("/loop"),
    }
    with odd_server(answers) as server:
        assert get(f"{server.url}/a").name == f"{server.url}/c"
        with pytest.raises(InputError, match="redirects more than 5 times"):
            get(f"{server.url}/loop")
    assert len(server.seen) == 3 + 6


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://[", "", "http://x\ry: z", "ftp://x/"]
)
def test_redirects_to_elsewhere_are_refused(location: str) -> None:
    with odd_server({"/": moved(location)}) as server, pytest.raises(InputError):
        get(server.url)


def test_a_location_adds_no_header() -> None:
    answers = {"/": moved("/a%0d%0aX-Evil:%201"), "/a%0d%0aX-Evil:%201": [response(TALKS)]}
    with odd_server(answers) as server:
        assert get(server.url).read() == TALKS
    assert not any("\nX-Evil" in request for request in server.seen)


def test_a_password_is_sent_to_its_host_alone_and_never_printed() -> None:
    with (
        odd_server({}) as other,
        odd_server({"/": moved(f"{other.url}/x")}) as server,
        pytest.raises(InputError) as refused,
    ):
        get(f"http://jo:s3cret@{server.host}/")
    assert "s3cret" not in str(refused.value)
    assert "Authorization: Basic am86czNjcmV0" in server.seen[0]
    assert "Authorization" not in other.seen[0]
    with pytest.raises(InputError) as refused:
        fetch("ftp://jo:s3cret@example.org/")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("status", "remedy"), [(404, "Check the address"), (403, "login"), (503, "later")]
)
def test_errors_come_with_what_to_do(status: int, remedy: str) -> None:
    answers = {"/": [response(b"x", status=f"{status} No")]}
    told = pytest.raises(InputError, match=f"answers {status}.*{remedy}")
    with odd_server(answers) as server, told:
        get(server.url)


def test_a_body_that_is_cut_off_is_refused() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ntitle\r\n"
    answers = {"/short": [response(TALKS, length=1000)], "/chunked": [chunked],
               "/gzip": [response(gzip.compress(TALKS * 99)[:-9], "Content-Encoding: gzip")]}  # fmt: skip
    with odd_server(answers) as server:
        for path in answers:
            with pytest.raises(InputError, match=r"ended early|cut off"):
                get(server.url + path)


def test_a_body_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 2**20)
    endless = itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(b"x" * 65_536))
    with odd_server({"/": endless}) as server, pytest.raises(InputError, match="larger than 1 MiB"):
        get(server.url)


def drops(*first: bytes) -> Iterator[bytes]:
    yield from first
    while True:
        time.sleep(0.05)
        yield b"x"


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_what_comes_in_drops_is_refused_in_time(
    monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(fetching, "MAX_SECONDS", 0.5)
    started = time.monotonic()
    with (
        odd_server({"/": drops(start)}) as server,
        pytest.raises(InputError, match="not all within"),
    ):
        get(server.url)
    assert time.monotonic() - started < 60, "the drops never end"


def test_a_bomb_is_refused() -> None:
    bomb = gzip.compress(b"\0" * 2**25)
    answers = {"/a": [response(bomb, "Content-Encoding: gzip")], "/b.csv.gz": [response(bomb)]}
    with odd_server(answers) as server:
        for path in answers:
            with pytest.raises(InputError, match="as bombs do"):
                get(server.url + path)


def test_what_is_no_programme_is_refused() -> None:
    answers = {
        "/pdf": [response(b"%PDF", "Content-Type: application/pdf")],
        "/br": [response(b"x", "Content-Encoding: br")],
        "/empty": [response(b"")],
    }
    with odd_server(answers) as server:
        for path in answers:
            with pytest.raises(InputError):
                get(server.url + path)


def test_a_network_without_a_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: Any, **more: Any) -> Any:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(InputError, match=r"name resolution.*docker-compose.fetch.yml"):
        fetch("https://example.org/a.csv")


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://10.0.0.1:1")
    with odd_server({"/": [response(TALKS)]}) as server:
        assert get(server.url).read() == TALKS
