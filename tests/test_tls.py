"""Connections by TLS, to a Qdrant server and to web addresses: certificates are verified, always."""

import http.server
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.odd_server import response

from loaders.sources.find import find_sources
from service.errors import InputError, StoreError
from service.settings import QdrantSettings
from service.stores.server.connection import Connection

BODY = b'{"title": "qdrant", "version": "1.20.0"}'


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.wfile.write(response(BODY, "Content-Type: application/json"))

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(http.server.HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that end the handshake: that is what is tested."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("tls")
    made = (
        "req -x509 -nodes -days 1 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout key.pem"
    )
    names = "-out cert.pem -subj /CN=here -addext subjectAltName=IP:127.0.0.1"
    usage = "-addext keyUsage=critical,keyCertSign,digitalSignature"
    command = ["openssl", *made.split(), *names.split(), *usage.split()]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem"


@pytest.fixture(scope="module")
def url(authority: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, authority.with_name("key.pem"))
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def ask_version(url: str, ca_file: Path | None = None) -> str:
    settings = QdrantSettings(url=url, ca_file=ca_file, retry_seconds=0)
    with closing(Connection(settings)) as connection:
        return str(connection.call("say its version", lambda client: client.info()).version)


def test_a_server_whose_authority_is_unknown_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="certificate verify failed"):
        ask_version(url)


def test_an_authority_of_ones_own_can_be_trusted(url: str, authority: Path) -> None:
    assert ask_version(url, authority) == "1.20.0"


def test_a_certificate_counts_for_its_own_host_alone(url: str, authority: Path) -> None:
    with pytest.raises(StoreError, match="certificate"):
        ask_version(url.replace("127.0.0.1", "localhost"), authority)


def test_a_web_address_whose_authority_is_unknown_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="certificate"):
        list(find_sources([f"{url}/talks.json"], allow_private=True))
