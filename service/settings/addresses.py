"""Types of settings that are addresses: of servers, of the page, of other sites and of proxies."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, PlainSerializer
from pydantic_settings import NoDecode

Network = IPv4Network | IPv6Network


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


def _check_origin(text: str) -> str:
    if not re.fullmatch(
        r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-fA-F:]+\](:\d{1,5})?", text
    ):
        raise ValueError(
            f"{text!r} is no origin: give scheme and host alone, as in https://conference.example.org"
        )
    return text.lower()


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(
            f"{text!r} is no address of a proxy: give one such as 10.0.0.2 or 10.0.0.0/24"
        ) from error


def _split(given: Any) -> Any:
    return (
        [part.strip() for part in given.split(",") if part.strip()]
        if isinstance(given, str)
        else given
    )


Addresses = Annotated[str, AfterValidator(_check_addresses)]
"""The address of a server, or those of a cluster's nodes, separated by commas."""
PublicUrl = Annotated[str, AfterValidator(_check_public_url)]
"""The address that people reach the page by, without a slash at its end."""
Link = Annotated[str, AfterValidator(_check_link)]
"""A path of this site, or an address."""
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(_check_origin)], ...], NoDecode, BeforeValidator(_split)
]
"""Origins of other sites, separated by commas."""
Networks = Annotated[
    tuple[Annotated[Network, BeforeValidator(_network), PlainSerializer(str)], ...],
    NoDecode,
    BeforeValidator(_split),
]
"""Addresses or networks of proxies, separated by commas."""
