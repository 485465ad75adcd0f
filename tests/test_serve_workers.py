"""Where and with how many processes may be served, and where several count together."""

import os
import socket
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from conference_helper.cli import main
from service.settings import Settings, load_settings


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


@pytest.mark.parametrize("workers", [1, 2])
def test_several_count_in_a_folder_that_is_gone_after_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    seen: list[str] = []

    def serve(settings: Settings, open_searcher: object) -> None:
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        assert (folder is not None) == (workers > 1)
        seen.extend(path.name for path in tmp_path.iterdir())
        assert folder is None or tmp_path / seen[0] == Path(folder)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("service.web.server.run", serve)
    result = CliRunner().invoke(main, ["serve", "--workers", str(workers)])
    assert result.exit_code == 0, result.output
    assert len(seen) == workers - 1
    assert list(tmp_path.iterdir()) == []
    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ
