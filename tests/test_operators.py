"""The port or socket of operators, and that strangers find no metrics."""

import http.client
import socket
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support.web_fixtures import complaint

from service.errors import InputError, SettingsError, StoreError
from service.search.searcher import Searcher
from service.settings import load_settings
from service.settings.addresses import Listen
from service.web import create_app, operators


def get(connection: http.client.HTTPConnection, path: str) -> tuple[int, str]:
    connection.request("GET", path, headers={"Connection": "close"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_operators_have_metrics_and_health_and_nothing_else(searcher: Searcher) -> None:
    app = create_app(searcher, public_metrics=False)
    listener = operators.listen(Listen("127.0.0.1", 0))
    operators.serve(listener, app)
    connection = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=60)
    status, text = get(connection, "/metrics")
    assert status == 200
    assert "conference_helper_requests" in text
    assert get(connection, "/livez")[0] == 200
    assert get(connection, "/")[0] == 404
    assert get(connection, "/api/status")[0] == 404


def test_a_socket_of_a_killed_service_is_taken_over(searcher: Searcher, tmp_path: Path) -> None:
    path = tmp_path / "metrics.sock"
    operators.listen(Listen(path=path)).close()  # the file stays
    listener = operators.listen(Listen(path=path))
    assert path.stat().st_mode & 0o777 == 0o660
    operators.serve(listener, create_app(searcher, public_metrics=False))
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(60)
    connection.sock.connect(str(path))
    assert get(connection, "/metrics")[0] == 200


def test_strangers_find_no_metrics(searcher: Searcher, client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 200
    others = create_app(searcher, public_metrics=False).test_client()
    answer = others.get("/metrics", headers={"Conference-Helper.Operator": "1"})
    assert answer.status_code == 404
    assert others.get("/livez").status_code == 200


def test_strangers_are_not_told_why_it_is_not_ready(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise StoreError("http://qdrant:6333 is away.")

    monkeypatch.setattr(searcher, "check_ready", fail)
    client = create_app(searcher, public_metrics=False).test_client()
    stranger = client.get("/readyz")
    operator = client.get("/readyz", environ_overrides={operators.OPERATOR: True})
    assert complaint(stranger, 503)["code"] == complaint(operator, 503)["code"]
    assert "qdrant" not in stranger.text
    assert "http://qdrant:6333 is away." in operator.text


def test_a_place_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = Listen("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(InputError, match=f"{at} cannot be listened on: Address already in use"):
            operators.listen(at)
    with pytest.raises(InputError, match="No such file"):
        operators.listen(Listen(path=tmp_path / "none" / "metrics.sock"))


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("127.0.0.1:9100", Listen("127.0.0.1", 9100)),
        ("[::1]:9100", Listen("::1", 9100)),
        ("/run/metrics.sock", Listen(path=Path("/run/metrics.sock"))),
    ],
)
def test_places_to_listen_at(given: str, at: Listen) -> None:
    found = load_settings(metrics_listen=given).metrics_listen
    assert found == at
    assert str(found) == given


@pytest.mark.parametrize(
    "given", ["9100", "somewhere:9100", "127.0.0.1:x", "127.0.0.1:70000", "a.sock"]
)
def test_other_places_are_refused(given: str) -> None:
    with pytest.raises(
        SettingsError, match=r"CONFERENCE_HELPER_METRICS_LISTEN: .* no place to listen"
    ):
        load_settings(metrics_listen=given)
