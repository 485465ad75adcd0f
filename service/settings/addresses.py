"""Types of settings that are addresses: of servers, of the page, of other sites and of proxies."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, SecretStr
from pydantic_settings import NoDecode

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen: an address and a port, or a path of a socket."""

    host: str = ""
    port: int = 0
    path: Path | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return str(self.path) if self.path else f"{host}:{self.port}"


def _check_addresses(text: str) -> str:
    addresses = [part.strip() for part in text.split(",")]
    if not all(re.match(r"https?://[^\s/]", address) for address in addresses):
        raise ValueError("start it with http:// or https://, as in https://host:6333")
    return ",".join(addresses)


def _check_public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("start it with http:// or https://, as in https://ask.example.org")
    if parts.query or parts.fragment or parts.username or re.search(r"[\s<>\"]", text):
        raise ValueError(
            "give an address without spaces, ?, # or a user, as in https://example.org/ask"
        )
    return text.rstrip("/")


def _check_link(text: str) -> str:
    if text.startswith("/") and not text.startswith("//") and not re.search(r"[\s<>\"\\]", text):
        return text
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("give a path or an address, as in /imprint or https://example.org/imprint")
    return text


def _check_contact(text: str) -> str:
    parts = urlsplit(text)
    known = re.fullmatch(r"[^@]+@[^@]+", parts.path) if parts.scheme == "mailto" else parts.hostname
    if parts.scheme not in ("mailto", "https") or not known or re.search(r"[\s<>\"]", text):
        raise ValueError(
            "give mailto: and an address, or a page that begins with https://, "
            "as in mailto:security@example.org"
        )
    return text


def _check_origin(text: str) -> str:
    if not re.fullmatch(
        r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-fA-F:]+\](:\d{1,5})?", text
    ):
        raise ValueError(
            f"{text!r} is no origin: give scheme and host alone, as in https://conference.example.org"
        )
    return text.lower()


def _check_redis_url(secret: SecretStr) -> SecretStr:
    text = re.sub("^valkey", "redis", secret.get_secret_value())
    if not re.fullmatch(r"rediss?://[^/\s?#]+(/\d*)?", text) or not _has_port(text):
        raise ValueError(
            "give the address of a Redis or Valkey server, as in redis://host:6379 or "
            "rediss://:password@host:6379/0, with %3F, %23 and %2F for ?, # and / in a password"
        )
    return SecretStr(text)


def _has_port(url: str) -> bool:
    """Return whether the port of an address is one, or none is given: the error may quote a password."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(
            f"{text!r} is no address of a proxy: give one such as 10.0.0.2 or 10.0.0.0/24"
        ) from error


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine for itself alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    if given.startswith("/"):
        return Listen(path=Path(given))
    host, _, port = given.rpartition(":")
    try:
        address = str(ip_address(host.strip("[]")))
        if not 0 <= int(port) < 65536:
            raise ValueError(port)
    except ValueError as error:
        raise ValueError(
            f"{given!r} is no place to listen on: give an address and a port, as in 127.0.0.1:9100, "
            "or the path of a socket, as in /run/conference-helper/metrics.sock"
        ) from error
    return Listen(address, int(port))


def _check_host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]", text):
        raise ValueError(f"{text!r} is no host: give a name without a port, as in ask.example.org")
    return text.lower()


def split_at_commas(given: Any) -> Any:
    """Return the parts of a text, without white space around them; another value as it is."""
    return (
        [part.strip() for part in given.split(",") if part.strip()]
        if isinstance(given, str)
        else given
    )


Addresses = Annotated[str, AfterValidator(_check_addresses)]
"""The address of a server, or those of a cluster's nodes, separated by commas."""
PublicUrl = Annotated[str, AfterValidator(_check_public_url)]
"""The address that people reach the page by, without a slash at its end."""
RedisUrl = Annotated[SecretStr, AfterValidator(_check_redis_url)]
"""The address of a Redis or Valkey server, password included; valkey: is redis:, which it speaks."""
Link = Annotated[str, AfterValidator(_check_link)]
"""A path of this site, or an address."""
Contact = Annotated[str, AfterValidator(_check_contact)]
"""Where a report is sent: mailto: or https:."""
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(_check_origin)], ...],
    NoDecode,
    BeforeValidator(split_at_commas),
]
"""Origins of other sites, separated by commas."""
ListenAt = Annotated[Listen, NoDecode, BeforeValidator(_listen), PlainSerializer(str)]
"""An address and a port, or the path of a socket."""
Hosts = Annotated[
    tuple[Annotated[str, AfterValidator(_check_host)], ...],
    NoDecode,
    BeforeValidator(split_at_commas),
]
"""Names of hosts, separated by commas."""
Networks = Annotated[
    tuple[Annotated[Network, BeforeValidator(_network), PlainSerializer(str)], ...],
    NoDecode,
    BeforeValidator(split_at_commas),
]
"""Addresses or networks of proxies, separated by commas."""
