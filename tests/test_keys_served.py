"""Keys made and revoked by the command while a service runs, which reads their file again."""

import threading
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from support.processes import STUCK_SECONDS, free_port, running, wait_until
from support.web_fixtures import open_loaded

from conference_helper.cli import main

pytestmark = pytest.mark.slow

SERVING = Path(__file__).parent / "support/serving.py"


def key(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["key", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_a_service_that_runs_knows_keys_as_they_are_made_and_revoked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_API_KEYS_FILE", str(tmp_path / "keys.json"))
    data, port = tmp_path / "data", free_port()
    open_loaded(data)[0].close()

    def ask(secret: str, path: str = "/api/status") -> int:
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        try:
            return httpx.get(
                f"http://127.0.0.1:{port}{path}", headers=headers, timeout=STUCK_SECONDS
            ).status_code
        except httpx.ConnectError:
            return 0

    first = key("new", "first")
    env = {"CONFERENCE_HELPER_API_KEYS_FILE": str(tmp_path / "keys.json")}
    with running(SERVING, "serve", data, str(port), env=env) as service:
        wait_until(lambda: ask("", "/readyz") == HTTPStatus.OK, process=service)
        assert ask("") == HTTPStatus.UNAUTHORIZED
        assert ask(first) == HTTPStatus.OK
        second = key("new", "second")
        assert ask(second) == HTTPStatus.OK, "known at once"

        late: list[int] = []
        asking = threading.Thread(target=lambda: late.append(ask(first, "/api/search?q=slowly")))
        asking.start()
        wait_until((data / "encoding").exists, process=service)
        key("revoke", "first")
        assert ask(first) == HTTPStatus.UNAUTHORIZED
        (data / "go-on").touch()
        asking.join()
        assert late == [HTTPStatus.OK], "what runs is answered"
        assert ask(second) == HTTPStatus.OK
