"""The command that makes, lists and revokes API keys, and that `serve` refuses a file that it cannot use."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conference_helper import cli
from conference_helper.key import new
from service.keys.key import MAX_RATE, SCOPES
from service.keys.key_file import KeyFile


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys.json"
    monkeypatch.setenv("CONFERENCE_HELPER_API_KEYS_FILE", str(path))
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, list(arguments))


def test_a_key_is_shown_once(path: Path) -> None:
    made = run("key", "new", "app", "--until", "2999-06-30")
    assert made.exit_code == 0
    secret = made.stdout.strip()
    assert f"{path} keeps only its hash" in made.stderr
    found = KeyFile(path).find(secret)
    assert found is not None
    assert (found.name, found.scopes, str(found.until)) == ("app", ("search",), "2999-06-30")
    run("key", "new", "both", "--scope", "search", "--scope", "ops", "--scope", "ops")
    run("key", "new", "sync", "--rate-limit", "600")
    listed = run("key", "list")
    assert listed.stdout.splitlines() == [
        "app   search      until 2999-06-30",
        "both  search+ops  without an end",
        "sync  search      without an end, 600 requests a minute",
    ]
    printed = json.loads(run("key", "list", "--json").stdout)["keys"]
    assert printed[0] == {
        "name": "app",
        "scopes": ["search"],
        "until": "2999-06-30",
        "ended": False,
        "rate_limit": None,
    }
    assert printed[2]["rate_limit"] == 600
    assert run("key", "revoke", "app").stdout == "Revoked app.\n"
    assert KeyFile(path).find(secret) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("new", "a b"), "'a b' is no name of a key"),
        (("new", ""), "'' is no name of a key"),
        (("new", "app", "--until", "2020-01-01"), "2020-01-01 is over"),
        (("new", "app", "--until", "soon"), "does not match the format"),
        (("new", "app", "--scope", "root"), "is not one of"),
        (("new", "app", "--rate-limit", "-1"), "is not in the range"),
        (("list",), "is no file. Make a first key"),
        (("revoke", "app"), "There is no key app"),
    ],
)
def test_what_cannot_be_used_is_told(path: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run("key", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert not path.exists() or json.loads(path.read_text()) == {"keys": []}


def test_without_the_setting_it_is_asked_for() -> None:
    done = run("key", "new", "app")
    assert done.exit_code == 2
    assert "Name one with CONFERENCE_HELPER_API_KEYS_FILE" in done.stderr


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        (None, 0o600, "is no file. Make a first key: conference-helper key new NAME."),
        ("{", 0o600, "is damaged: Invalid JSON"),
        ('{"keys": []}', 0o644, "may be read or changed by others than its owner (mode 644)"),
    ],
)
def test_serve_does_not_start_with_a_file_that_it_cannot_use(
    path: Path, text: str | None, mode: int, reason: str
) -> None:
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    done = run("serve", "--port", "0")
    assert done.exit_code == 2
    assert reason in done.stderr


def test_the_options_are_what_a_file_allows() -> None:
    types = {one.name: one.type for one in new.params}
    assert tuple(types["scopes"].choices) == SCOPES  # type: ignore[attr-defined]  # it is a Choice
    assert types["rate_limit"].max == MAX_RATE  # type: ignore[attr-defined]  # it is an IntRange
