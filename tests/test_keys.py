"""The file of API keys: what is kept, what is refused, and that it is read again when it changes."""

import errno
import json
import stat
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from unittest import mock

import pytest

from service.errors import InputError, NotReadyError, SettingsError
from service.keys.changes import add_key, revoke_key
from service.keys.key import Key, digest_of
from service.keys.key_file import MAX_KEYS, KeyFile, read_keys

ENTRY = {"name": "app", "sha256": "0" * 64, "scopes": ["search"], "until": None}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


def test_a_hash_is_kept_and_the_key_is_not(path: Path) -> None:
    secret = add_key(path, "travel-app", ["search"], date(2027, 6, 30))
    other = add_key(path, "prometheus", ["ops"], None)
    assert secret != other
    assert len(secret) == len("chk_") + 43
    assert secret not in path.read_text()
    assert read_keys(path) == (
        Key(
            name="travel-app",
            sha256=digest_of(secret),
            scopes=("search",),
            until=date(2027, 6, 30),
        ),
        Key(name="prometheus", sha256=digest_of(other), scopes=("ops",)),
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert digest_of(secret) not in repr(read_keys(path))


def test_a_key_is_found_until_it_is_revoked(path: Path) -> None:
    first, second = (add_key(path, name, ["search"], None) for name in ("first", "second"))
    keys = KeyFile(path)
    for secret, name in ((first, "first"), (second, "second")):
        found = keys.find(secret)
        assert found is not None
        assert found.name == name
    for unknown in ("", "chk_", first[:-1], first + "a", digest_of(first), "\udcff", "ключ"):
        assert keys.find(unknown) is None
    revoke_key(path, "first")
    assert keys.find(first) is None
    assert keys.find(second) is not None
    added = add_key(path, "third", ["search"], None)
    assert keys.find(added) is not None


@pytest.mark.parametrize(
    ("until", "ended"),
    [(None, False), (date(2026, 5, 11), True), (date(2026, 5, 12), False)],
)
def test_the_last_day_is_one_on_which_it_is_accepted(until: date | None, ended: bool) -> None:
    key = Key(name="app", sha256="0" * 64, scopes=("search",), until=until)
    assert key.has_ended(date(2026, 5, 12)) is ended


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Invalid JSON"),
        ("{}", "keys: Field required"),
        ('{"keys": ' + "[" * 10_000 + "]" * 10_000 + "}", "recursion limit exceeded"),
        (json.dumps({"keys": [ENTRY | {"scopes": []}]}), "keys.0.scopes: "),
        (json.dumps({"keys": [ENTRY | {"scopes": ["root"]}]}), "keys.0.scopes.0: "),
        (json.dumps({"keys": [ENTRY | {"sha256": "0"}]}), "keys.0.sha256: "),
        (json.dumps({"keys": [ENTRY | {"name": 'a"} 1\nb'}]}), "keys.0.name: "),
        (json.dumps({"keys": [ENTRY | {"until": "soon"}]}), "keys.0.until: "),
        (json.dumps({"keys": [ENTRY | {"untill": None}]}), "keys.0.untill: "),
        (json.dumps({"keys": [ENTRY | {"rate_limit": -1}]}), "keys.0.rate_limit: "),
        (json.dumps({"keys": [ENTRY | {"rate_limit": 2**31}]}), "keys.0.rate_limit: "),
        (json.dumps({"keys": [ENTRY, ENTRY]}), "several keys of the name app"),
        (json.dumps({"keys": [ENTRY] * (MAX_KEYS + 1)}), "at most 200 items"),
        (" " * 200_001, "it has over 200,000 bytes"),
    ],
)
def test_a_damaged_file_is_refused_with_the_reason(path: Path, text: str, reason: str) -> None:
    write(path, text)
    with pytest.raises(SettingsError) as refused:
        KeyFile(path)
    assert f"{path}, the file of API keys, is damaged: " in str(refused.value)
    assert reason in str(refused.value)
    with pytest.raises(SettingsError):  # and never written over
        add_key(path, "new", ["search"], None)
    assert path.read_text() == text


def test_bytes_that_are_no_text_are_refused(path: Path) -> None:
    write(path, "")
    path.write_bytes(b'{"keys": ["\xff"]}')
    with pytest.raises(SettingsError, match="is damaged"):
        read_keys(path)


@pytest.mark.parametrize(
    ("mode", "accepted"),
    [(0o600, True), (0o400, True), (0o440, True), (0o644, False), (0o604, False), (0o660, False)],
)
def test_a_file_that_others_can_read_is_refused(path: Path, mode: int, accepted: bool) -> None:
    add_key(path, "app", ["search"], None)
    path.chmod(mode)
    if accepted:
        assert len(read_keys(path)) == 1
    else:
        with pytest.raises(SettingsError, match=rf"\(mode {mode:o}\).*chmod 600 {path}"):
            read_keys(path)


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir])
def test_no_file_is_refused(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    with pytest.raises(SettingsError, match=r"is no file\. Make a first key"):
        KeyFile(path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text("{"),
        lambda path: path.chmod(0o644),
        lambda path: path.unlink(),
        lambda path: write(path, " " * 300_000),
    ],
)
def test_the_last_keys_stay_while_the_file_cannot_be_used(
    path: Path, damage: Callable[[Path], None]
) -> None:
    secret = add_key(path, "app", ["search"], None)
    keys, whole = KeyFile(path), path.read_text()
    damage(path)
    assert keys.find(secret) is not None
    assert str(path) in keys.problem
    write(path, whole)
    assert keys.find(secret) is not None
    assert keys.problem == ""
    revoke_key(path, "app")
    assert keys.find(secret) is None


def test_a_file_is_tried_again_where_it_could_not_be_read_though_it_did_not_change(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = add_key(path, "app", ["search"], None)
    keys = KeyFile(path)
    revoke_key(path, "app")
    with monkeypatch.context() as now:
        now.setattr(Path, "open", mock.Mock(side_effect=OSError(errno.EMFILE, "Too many files")))
        assert keys.find(secret) is not None
    assert keys.find(secret) is None


def test_a_process_that_starts_over_knows_no_key_until_it_has_read_the_file(path: Path) -> None:
    revoked, other = (add_key(path, name, ["search"], None) for name in ("revoked", "other"))
    keys = KeyFile(path)
    revoke_key(path, "revoked")
    path.chmod(0o644)
    keys.start_over()
    for secret in (revoked, other):
        with pytest.raises(NotReadyError, match="cannot be checked just now"):
            keys.find(secret)
    assert "chmod 600" in keys.problem
    path.chmod(0o600)
    assert keys.find(revoked) is None
    assert keys.find(other) is not None


def test_two_programs_that_add_keys_lose_none(path: Path) -> None:
    names = [f"app-{number}" for number in range(8)]
    threads = [
        threading.Thread(target=add_key, args=(path, name, ["search"], None)) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(key.name for key in read_keys(path)) == names


def test_names_are_told_apart(path: Path) -> None:
    add_key(path, "app", ["search"], None)
    with pytest.raises(InputError, match="There is a key app already"):
        add_key(path, "app", ["ops"], None)
    with pytest.raises(InputError, match="There is no key other"):
        revoke_key(path, "other")


def test_a_link_to_the_file_stays_one(path: Path, tmp_path: Path) -> None:
    add_key(path, "app", ["search"], None)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    add_key(link, "other", ["search"], None)
    assert link.is_symlink()
    assert len(read_keys(path)) == 2


def test_as_many_keys_as_there_may_be(path: Path) -> None:
    write(path, json.dumps({"keys": [ENTRY | {"name": f"a{n}"} for n in range(MAX_KEYS)]}))
    with pytest.raises(InputError, match="There are 200 keys already"):
        add_key(path, "app", ["search"], None)


def test_a_place_where_no_file_can_be_is_told(path: Path) -> None:
    path.write_text("")
    with pytest.raises(SettingsError, match="cannot be written: File exists"):
        add_key(path / "keys.json", "app", ["search"], None)
