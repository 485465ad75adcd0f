"""Keys made and revoked by the command while a service runs, which reads their file again."""

import os
import signal
import threading
from functools import partial
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from support.processes import STUCK_SECONDS, free_port, running, wait_until
from support.web_fixtures import open_loaded

from benchmarks.support.serving import process_tree
from conference_helper.cli import main

pytestmark = pytest.mark.slow

SERVING = Path(__file__).parent / "support/serving.py"


def key(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["key", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def asks(port: int, secret: str, path: str = "/api/status") -> int:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    try:
        return httpx.get(
            f"http://127.0.0.1:{port}{path}", headers=headers, timeout=STUCK_SECONDS
        ).status_code
    except httpx.TransportError:
        return 0


def test_a_worker_that_is_replaced_accepts_no_key_before_it_has_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, data, port = tmp_path / "keys.json", tmp_path / "data", free_port()
    env = {"CONFERENCE_HELPER_API_KEYS_FILE": str(file)}
    monkeypatch.setenv(*env.copy().popitem())
    open_loaded(data)[0].close()
    revoked, other = key("new", "revoked"), key("new", "other")
    with running(SERVING, "serve", data, str(port), env=env) as service:
        ask = partial(asks, port)
        wait_until(lambda: ask(revoked) == HTTPStatus.OK, process=service)
        key("revoke", "revoked")
        file.chmod(0o644)  # which is refused
        _, worker = process_tree(service.pid)
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: worker not in process_tree(service.pid), process=service)
        wait_until(lambda: ask("", "/livez") == HTTPStatus.OK, process=service)
        assert ask(revoked) == ask(other) == HTTPStatus.SERVICE_UNAVAILABLE
        file.chmod(0o600)
        assert ask(revoked) == HTTPStatus.UNAUTHORIZED
        assert ask(other) == HTTPStatus.OK


def test_a_service_that_runs_knows_keys_as_they_are_made_and_revoked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_API_KEYS_FILE", str(tmp_path / "keys.json"))
    data, port = tmp_path / "data", free_port()
    open_loaded(data)[0].close()

    ask = partial(asks, port)
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
