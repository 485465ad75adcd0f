"""Creates the client of a Qdrant server: address, API key and certificate authorities."""

import logging
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qdrant_client import QdrantClient

from service.errors import SettingsError
from service.settings import QdrantSettings
from service.stores.server.grpc_channel import GRPC_OPTIONS, obey_deadline
from service.stores.server.transport import DeadlineTransport

_DEFAULT_PORTS = {"https": 443, "http": 6333}
_CONNECTIONS = 64

log = logging.getLogger(__name__)


def make_client(settings: QdrantSettings, url: str) -> QdrantClient:
    """Return a client of one address with the settings' timeout, which the deadline shortens.

    Raises SettingsError for an address, a key or an authority that cannot be used.
    """
    address = address_of(url)
    sent = {"accept-encoding": "identity"}
    if key := api_key(settings):
        sent["api-key"] = key
        if address.startswith("http://") and not _is_local(address):
            log.warning("The API key goes to %s unencrypted. Use https outside one host.", address)
    options: dict[str, Any] = dict(GRPC_OPTIONS)
    if settings.grpc and settings.ca_file:
        options["root_certificates"] = _read(settings.ca_file)
    trusted = settings.ca_file or address.startswith("https://")
    context = _trusting(settings.ca_file) if trusted else None
    client = QdrantClient(
        url=address,
        grpc_port=settings.grpc_port,
        prefer_grpc=settings.grpc,
        timeout=max(1, int(settings.timeout)),
        headers=sent,
        grpc_options=options,
        check_compatibility=False,  # `check` does it, and raises
        transport=DeadlineTransport(context=context, connections=_CONNECTIONS),
    )
    if settings.grpc:
        obey_deadline(client)
    return client


def address_of(url: str) -> str:
    """Return the URL with a port: 443 for https and 6333 for http where it names none.

    Raises SettingsError for a URL with a user name, a query or a port that is none.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise SettingsError(
            f"CONFERENCE_HELPER_QDRANT_URL {url!r} cannot be used: {error}. Give it as https://host:port"
        ) from error
    if parts.username or parts.query or parts.fragment or not parts.hostname:
        raise SettingsError(
            "CONFERENCE_HELPER_QDRANT_URL takes a scheme, a host, a port and a path, no more; "
            "the key belongs in CONFERENCE_HELPER_QDRANT_API_KEY."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"


def api_key(settings: QdrantSettings) -> str | None:
    """Return the API key from its setting or its file. Raises SettingsError if the file cannot be read."""
    if settings.api_key:
        return settings.api_key.get_secret_value()
    if settings.api_key_file:
        return _read(settings.api_key_file).decode("utf-8").strip() or None
    return None


@lru_cache
def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Return what trusts these authorities, or the system's; reading those takes tenths of a second."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise SettingsError(
            f"CONFERENCE_HELPER_QDRANT_CA_FILE {ca_file} cannot be used: {error}."
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Check the path.") from error


def _is_local(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "::1", "localhost")
