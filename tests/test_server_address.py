"""Where a server is and what lets one in: its URL and its key."""

from pathlib import Path

import pytest

from service.errors import SettingsError
from service.settings import QdrantSettings, load_settings
from service.stores import open_store
from service.stores.server.client import address_of, api_key
from service.stores.server.store import ServerStore


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://qdrant.example.org", "https://qdrant.example.org:443"),
        ("https://qdrant.example.org:6333/", "https://qdrant.example.org:6333"),
        ("http://qdrant", "http://qdrant:6333"),
        ("http://[::1]:7000", "http://[::1]:7000"),
        ("https://example.org/qdrant/", "https://example.org:443/qdrant"),
    ],
)
def test_a_url_without_a_port_gets_the_right_one(given: str, address: str) -> None:
    assert address_of(given) == address


@pytest.mark.parametrize("url", ["http://user:secret@host", "http://host:port", "http://host?a=b"])
def test_urls_that_cannot_be_used_are_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="CONFERENCE_HELPER_QDRANT_URL"):
        address_of(url)


def test_url_without_a_scheme_is_refused() -> None:
    with pytest.raises(SettingsError, match="CONFERENCE_HELPER_QDRANT_URL"):
        load_settings(qdrant={"url": "localhost:6333"})


def test_api_key_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("secret\n", "utf-8")
    assert api_key(QdrantSettings(api_key_file=file)) == "secret"
    with pytest.raises(SettingsError, match="cannot be read"):
        api_key(QdrantSettings(api_key_file=tmp_path / "none"))


def test_the_url_picks_the_server_store() -> None:
    store = open_store(load_settings(qdrant={"url": "http://127.0.0.1:1"}))
    assert isinstance(store, ServerStore)
    store.close()
