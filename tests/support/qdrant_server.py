"""A pytest plugin: real Qdrant servers for the tests that need one.

CONFERENCE_HELPER_TEST_QDRANT_BINARY names the program; nodes are then started when the first test needs them,
once a session. `--qdrant-url` names a server that exists instead.
"""

import contextlib
import os
import socket
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from service.settings import Settings, load_settings
from service.stores.server.client import address_of
from service.stores.server.connection import Connection
from support import qdrant_nodes
from support.qdrant_nodes import Cluster, Node

BINARY = os.environ.get(qdrant_nodes.VARIABLE)
_API_KEY = os.environ.get("CONFERENCE_HELPER_TEST_QDRANT_API_KEY")
VARIABLE = "CONFERENCE_HELPER_TEST_QDRANT_URL"
GRPC_VARIABLE = "CONFERENCE_HELPER_TEST_QDRANT_GRPC_PORT"
SKIPPED = (
    f"no Qdrant server: name its program with {qdrant_nodes.VARIABLE}, "
    f"or one that runs with --qdrant-url or {VARIABLE}"
)
_ANSWERS_WITHIN = 3
_HTTP_PORT, _GRPC_PORT = 6333, 6334


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--qdrant-url",
        default=os.environ.get(VARIABLE),
        help="Qdrant server or cluster to run the server tests against; without it "
        f"{qdrant_nodes.VARIABLE} names the program to start, else they skip",
    )
    parser.addoption(
        "--qdrant-grpc-port",
        type=int,
        default=os.environ.get(GRPC_VARIABLE),
        help=f"its gRPC port, {_GRPC_PORT} where the URL's port is {_HTTP_PORT}; else gRPC tests skip",
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


@pytest.fixture(scope="session")
def qdrant_binary() -> str:
    if not BINARY:
        pytest.skip(f"no Qdrant program: name one with {qdrant_nodes.VARIABLE}")
    return BINARY


@pytest.fixture(scope="session")
def qdrant_node(qdrant_binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with qdrant_nodes.one(qdrant_binary, tmp_path_factory.mktemp("qdrant")) as node:
        yield node


@pytest.fixture(scope="session")
def qdrant_node_with_keys(
    qdrant_binary: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    with qdrant_nodes.one(qdrant_binary, tmp_path_factory.mktemp("qdrant"), keys=True) as node:
        yield node


@pytest.fixture(scope="session")
def qdrant_cluster(
    qdrant_binary: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Three nodes behind haproxy. Tests leave them as they were: all there."""
    with qdrant_nodes.three(qdrant_binary, tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def server_settings(request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of a catalogue of its own on a real server, removed afterwards."""
    options = server_options(request)
    if options is None:
        pytest.skip(SKIPPED)
    with own_catalogue(**options) as settings:
        yield settings


def server_options(request: pytest.FixtureRequest) -> dict[str, Any] | None:
    """Return the settings that lead to a real server, which is started if need be; None where there is none."""
    if url := request.config.getoption("--qdrant-url"):
        return {"url": url, "api_key": _API_KEY}
    if not BINARY:
        return None
    node = request.getfixturevalue("qdrant_node")
    return {"url": node.url, "grpc_port": node.grpc_port}


@pytest.fixture
def cluster_settings(request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of a catalogue of its own on a cluster of three nodes, removed afterwards."""
    if request.config.getoption("--qdrant-url") or not BINARY:
        yield request.getfixturevalue("server_settings")
        return
    with own_catalogue(url=request.getfixturevalue("qdrant_cluster").url) as settings:
        yield settings


@pytest.fixture
def grpc_settings(request: pytest.FixtureRequest, server_settings: Settings) -> Settings:
    """The settings of the same catalogue by gRPC; skips where its port is not known or closed."""
    return by_grpc(request.config, server_settings)


def by_grpc(config: pytest.Config, server_settings: Settings) -> Settings:
    """Return the settings with gRPC; skips where its port is not known or closed."""
    url = config.getoption("--qdrant-url")
    port = config.getoption("--qdrant-grpc-port")
    if not url or urlsplit(address_of(url)).port == _HTTP_PORT:
        port = port or server_settings.qdrant.grpc_port
    if port is None:
        pytest.skip("the Qdrant server's gRPC port is not known: name it with --qdrant-grpc-port")
    place = (urlsplit(server_settings.qdrant.url or "").hostname or "", port)
    try:
        socket.create_connection(place, timeout=_ANSWERS_WITHIN).close()
    except OSError as error:
        pytest.skip(f"the Qdrant server has no gRPC at {place[0]}:{port} ({error})")
    options = {"grpc": True, "grpc_port": port}
    return server_settings.model_copy(
        update={"qdrant": server_settings.qdrant.model_copy(update=options)}
    )


@contextlib.contextmanager
def own_catalogue(**options: Any) -> Iterator[Settings]:
    """Give settings of a catalogue that no other test has; remove all of it afterwards."""
    settings = load_settings(
        qdrant={"in_place_from": 0, **options}, catalogue=f"test-{uuid.uuid4().hex[:12]}"
    )
    yield settings
    with contextlib.closing(Connection(settings.qdrant)) as connection:
        answer = connection.call("list collections", lambda client: client.get_collections())
        for collection in answer.collections:
            if collection.name.startswith(settings.catalogue):
                _remove(connection, collection.name)


def _remove(connection: Connection, name: str) -> None:
    connection.call("clean up", lambda client: client.delete_collection(name))
