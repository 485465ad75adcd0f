"""Fetch a URL once into a temporary file.

Nothing that the caller did not name is asked: no proxy of the environment, no cookie, no referrer. Names are
resolved here, every address is checked, and the connection goes to the one that was checked, so that a name
cannot lead elsewhere a moment later. Each redirect is treated alike.
"""

import base64
import gzip
import ipaddress
import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, BinaryIO, cast
from urllib.parse import unquote_to_bytes

import httpcore
import httpx

from loaders.sources.addresses import without_user
from loaders.sources.archives import DAMAGE, Spool
from loaders.sources.budget import Budget
from loaders.sources.source_file import MAX_FILE_BYTES, SourceFile
from service.errors import InputError, is_disk_full
from service.runtime import deadline
from service.runtime.network import DeadlineNetwork

MAX_BYTES = MAX_FILE_BYTES
MAX_SECONDS = 300.0
MAX_SILENCE = 30.0
MAX_REDIRECTS = 5
_MAX_TRIED = 4  # addresses of one name
_BLOCK_SIZE = 2**20
_NO_DATA = ("image/", "audio/", "video/", "font/", "application/pdf")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_REMEDIES = {
    401: "It needs a login: download it with a browser, and load the file",
    403: "It needs a login, or refuses programs: download it with a browser, and load the file",
    404: "Check the address",
    410: "Check the address",
    429: "It is asked too often: wait, then load again",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: where it was in the end, without a password, and its content."""

    address: str
    spool: Spool
    offset: int
    size: int

    def open(self) -> BinaryIO:
        """Return the content as a stream."""
        return self.spool.open(self.offset, self.size)


def fetch(address: str, *, allow_private: bool = False, same_host: bool = False) -> Fetched:
    """Fetch a URL; with `same_host`, redirects to other hosts are refused.

    Raises InputError, with what to do, for an address that is none of http or https, that leads to a private
    network without `allow_private`, that cannot be reached, answers with an error, is too large or too slow.
    """
    url = first = _parse(address)
    with deadline.within(MAX_SECONDS):
        for _ in range(MAX_REDIRECTS + 1):
            user = (
                first.userinfo if url.netloc == first.netloc and url.scheme == first.scheme else b""
            )
            found = _get(url, user, allow_private)
            if isinstance(found, Fetched):
                return found
            if same_host and found.netloc != first.netloc:
                raise InputError(f"{_shown(url)} leads to another host.")
            url = found
    raise InputError(
        f"{_shown(first)} redirects more than {MAX_REDIRECTS} times. Give the address where it ends."
    )


def is_public(address: str) -> bool:
    """Return whether an IP address is globally routable, unwrapping IPv4 addresses embedded in IPv6."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if wrapped is None and (ip in _NAT64 or int(ip) >> 32 == 0):
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast


def _parse(address: str) -> httpx.URL:
    """Return an address that can be fetched. Raises InputError for another."""
    shown = without_user(address)[:200]
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise InputError(f"{shown} is no valid address. Check it.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise InputError(
            f"{shown} is no address of http or https. Download it first, then load the file by its path."
        )
    return url


def _shown(url: httpx.URL) -> str:
    return without_user(str(url)).partition("#")[0]


def _get(url: httpx.URL, user: bytes, allow_private: bool) -> Fetched | httpx.URL:
    """Send one request; return the content or the redirect target."""
    shown = _shown(url)
    headers = [
        (b"Host", url.netloc),
        (b"User-Agent", f"conference-helper/{version('conference-helper')}".encode()),
        (b"Accept", b"*/*"),
        (b"Accept-Encoding", b"gzip"),
    ]
    if user:
        headers.append((b"Authorization", b"Basic " + base64.b64encode(unquote_to_bytes(user))))
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    network = _CheckedNetwork(shown, allow_private)
    times = dict.fromkeys(("connect", "read", "write", "pool"), MAX_SILENCE)
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=httpx.create_ssl_context(), network_backend=network
            ) as pool,
            pool.stream("GET", target, headers=headers, extensions={"timeout": times}) as answer,
        ):
            return _redirect(url, answer) or _store(shown, answer)
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise InputError(
            f"{shown} sent nothing for {MAX_SILENCE:.0f} s, or not all within {MAX_SECONDS:.0f} s. "
            "Load again later, or download it first."
        ) from error
    except (httpcore.NetworkError, httpcore.ConnectError) as error:
        raise _unreachable(shown, error) from error
    except httpcore.ProtocolError as error:
        raise InputError(
            f"{shown} ended early or sent what is no HTTP ({error}). Load again, or download it first."
        ) from error


def _redirect(url: httpx.URL, answer: httpcore.Response) -> httpx.URL | None:
    """Return where an answer redirects to, None if it is no redirect. Raises InputError for an error."""
    if answer.status in (301, 302, 303, 307, 308):
        location = _header(answer, b"location")
        try:
            found = url.copy_with(fragment=None).join(location)
        except (httpx.InvalidURL, ValueError) as error:
            raise InputError(f"{_shown(url)} redirects to no valid address.") from error
        if not location:
            raise InputError(f"{_shown(url)} redirects to nowhere. Check the address.")
        if url.scheme == "https" and found.scheme == "http":
            raise InputError(f"{_shown(url)} redirects from https to http. Give the https address.")
        return _parse(str(found))
    if answer.status != 200:
        remedy = _REMEDIES.get(answer.status, "Load again later, or download it first")
        raise InputError(f"{_shown(url)} answers {answer.status}. {remedy}.")
    return None


def _store(shown: str, answer: httpcore.Response) -> Fetched:
    """Write the body to a temporary file, unpacked, as UTF-8 if it is text in another charset."""
    kind = _header(answer, b"content-type").lower()
    if kind.startswith(_NO_DATA):
        raise InputError(f"{shown} is {kind.partition(';')[0]}, no programme. Look for an export.")
    spool = Spool()
    stored = (spool, *spool.add(_bounded(shown, answer)))
    coding = _header(answer, b"content-encoding").strip().lower()
    if coding in ("gzip", "x-gzip"):
        stored = _unpacked(shown, *stored)
    elif coding not in ("", "identity"):
        raise InputError(f"{shown} is packed as {coding[:20]}, unasked. Download it first.")
    fetched = Fetched(shown, *stored)
    charset = _CHARSET.search(kind)
    return _as_utf8(fetched, charset[1]) if charset and "xml" not in kind else fetched


def _bounded(shown: str, answer: httpcore.Response) -> Iterator[bytes]:
    size = 0
    for block in cast(Iterable[bytes], answer.iter_stream()):
        size += len(block)
        if size > MAX_BYTES:
            raise InputError(
                f"{shown} is larger than {MAX_BYTES // 2**20} MiB. Download it, and load it in parts."
            )
        yield block


def _unpacked(shown: str, spool: Spool, offset: int, size: int) -> tuple[Spool, int, int]:
    """Return a new temporary file with what gzip holds: one is read while the other is written."""
    blocks = Budget(shown, size).blocks
    unpacked = Spool()
    try:
        with gzip.GzipFile(fileobj=spool.open(offset, size)) as stream:
            return unpacked, *unpacked.add(blocks(cast(BinaryIO, stream)))
    except DAMAGE as error:
        if is_disk_full(error):
            raise
        raise InputError(f"{shown} is damaged or cut off ({error}). Load it again.") from error


def _as_utf8(fetched: Fetched, charset: str) -> Fetched:
    """Return a text in UTF-8 whose charset the server names, unless it is UTF-8 already."""
    try:
        is_known = "x".encode(charset) == b"x"
    except (LookupError, UnicodeError):
        return fetched
    source = SourceFile(fetched.address, "", fetched.open, fetched.size)
    if not is_known or source.detect_encoding(charset) != charset:
        return fetched
    with fetched.open() as stream:
        text = stream.read(MAX_BYTES).decode(charset, "replace")
    return Fetched(fetched.address, fetched.spool, *fetched.spool.add([text.encode()]))


def _header(answer: httpcore.Response, name: bytes) -> str:
    values = (value for key, value in answer.headers if key.lower() == name)
    return next(values, b"").decode("latin-1")


def _unreachable(shown: str, error: Exception) -> InputError:
    return InputError(
        f"{shown} cannot be reached ({error}). Check the address, and that this machine is online: proxies of "
        "the environment are not used, and in docker-compose.yml the loader has no way out without --file "
        "docker-compose.fetch.yml. Otherwise download it, and load the file."
    )


class _CheckedNetwork(httpcore.NetworkBackend):
    """Connects to addresses of the public internet, and to those that were checked, within the deadline."""

    def __init__(self, shown: str, allow_private: bool) -> None:
        self._shown, self._allow_private = shown, allow_private
        self._inner = DeadlineNetwork(httpcore.SyncBackend())

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve the host, check all of its addresses, and connect to one of them."""
        addresses = self._resolve(host, port)
        failure: Exception | None = None
        for address in addresses[:_MAX_TRIED]:
            try:
                return self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        private = [address for address in addresses if not is_public(address)]
        if private and not self._allow_private:
            raise InputError(
                f"{self._shown} leads to {private[0]}, an address of this machine or of a private network. "
                "If that is meant, add --allow-private-addresses."
            )
        return addresses
