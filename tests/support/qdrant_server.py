"""A pytest plugin: `--qdrant-url` names a real Qdrant server for the tests that need one."""

import os
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from service.settings import Settings, load_settings
from service.stores.server.client import address_of
from service.stores.server.connection import Connection

_API_KEY = os.environ.get("CONFERENCE_HELPER_TEST_QDRANT_API_KEY")
VARIABLE = "CONFERENCE_HELPER_TEST_QDRANT_URL"
SKIPPED = f"no Qdrant server: name one with --qdrant-url or {VARIABLE}"
_ANSWERS_WITHIN = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--qdrant-url",
        default=os.environ.get(VARIABLE),
        help="Qdrant server or cluster to run the server tests against; they skip without one",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    url = config.getoption("--qdrant-url")
    if not url:
        return
    host = urlsplit(url).hostname or ""
    config.option.allow_hosts = ",".join(filter(None, (config.option.allow_hosts, host)))
    try:
        with urllib.request.urlopen(address_of(url), timeout=_ANSWERS_WITHIN) as answer:  # noqa: S310  # the caller's own server
            answer.read()
    except urllib.error.HTTPError as error:
        error.close()  # it wants a key for this, but it is there
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        pytest.exit(f"--qdrant-url {url}: no Qdrant server answers there ({reason})", returncode=4)


@pytest.fixture
def qdrant_url(request: pytest.FixtureRequest) -> str:
    url = request.config.getoption("--qdrant-url")
    if not url:
        pytest.skip(SKIPPED)
    return str(url)


@pytest.fixture
def server_settings(qdrant_url: str) -> Iterator[Settings]:
    """Settings of a catalogue of its own on the real server, removed afterwards."""
    settings = load_settings(
        qdrant={"url": qdrant_url, "api_key": _API_KEY, "in_place_from": 0},
        catalogue=f"test-{uuid.uuid4().hex[:12]}",
    )
    yield settings
    connection = Connection(settings.qdrant)
    answer = connection.call("list collections", lambda client: client.get_collections())
    for collection in answer.collections:
        if collection.name.startswith(settings.catalogue):
            _remove(connection, collection.name)
    connection.close()


def _remove(connection: Connection, name: str) -> None:
    connection.call("clean up", lambda client: client.delete_collection(name))
