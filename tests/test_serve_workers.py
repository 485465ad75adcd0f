"""Where and with how many processes may be served."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from conference_helper.cli import main
from service.settings import load_settings


@pytest.mark.parametrize(("there", "started"), [(1, 1), (3, 3), (64, 4)])
def test_as_many_serve_as_there_are_cores_at_most_four(
    monkeypatch: pytest.MonkeyPatch, there: int, started: int
) -> None:
    monkeypatch.setattr("service.settings.cores", lambda: there)
    assert load_settings().workers == started


def test_an_address_that_is_taken_is_said_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "--port", str(port)])
    assert result.exit_code == 2
    assert f"127.0.0.1 port {port} cannot be listened on: Address already in use" in result.output
    assert "--port" in result.output
